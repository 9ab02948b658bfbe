import { ConfigError } from '../platform/config/config.js';
import { BeingRestored, TooMuchPrivilege } from '../platform/database/data-source.js';
import { DomainError } from '../platform/database/errors.js';
import { EmbeddedPostgresError } from '../platform/embedded/embedded-postgres.error.js';
import { MasterKeyAway } from '../platform/keys/master-key.js';
import { PacksRefused } from '../questionnaires/pack-files.js';
import { PublishedQuestionnaireChanged, VersionNumberTaken } from '../questionnaires/publish-questionnaires.js';
import { PublishedWorkflowChanged } from '../workflows/publish-workflows.js';
import { WorkflowsRefused } from '../workflows/workflow-files.js';
import { Told } from './told.js';

const TOLD = [
  Told,
  BeingRestored,
  ConfigError,
  DomainError,
  EmbeddedPostgresError,
  PacksRefused,
  PublishedQuestionnaireChanged,
  PublishedWorkflowChanged,
  TooMuchPrivilege,
  VersionNumberTaken,
  WorkflowsRefused,
];

/** Raised by the migration that needs it. */
const PORTAL_ROLE_MISSING = 'F1220';

/** An error as the terminal shows it. */
export function sentenceOf(error: unknown): string {
  if (error instanceof MasterKeyAway) return `The master key cannot be used: ${error.reason}.`;
  if (TOLD.some((type) => error instanceof type)) return (error as Error).message;
  const { code, message, stack } = error as Error & { code?: string };
  if (code === 'ECONNREFUSED')
    return `The database does not answer: ${message}. Check DATABASE_URL and MIGRATION_DATABASE_URL.`;
  if (code === PORTAL_ROLE_MISSING) return message;
  if (code === '42501' && message.includes('schema public')) return new BeingRestored().message;
  if (code === '28P01' || code === '28000') return `The database refused the login: ${message}.`;
  return stack ?? String(error);
}
