import type { QuestionnaireCommandType } from '../domain/workflow/vocabulary/questionnaire.js';
import type { Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import type { Actor } from '../platform/http/actor.js';
import { SETTLED } from './proof.js';
import type { Looked } from './proofs.service.js';
import type { Proposal } from './version-facts.js';
import type { LockedVersion, VersionFactsRow } from './version.store.js';

/** One locked version, what is known of it, and who acts on it. */
export interface Step {
  readonly tx: Tx;
  readonly actor: Actor;
  readonly record: LockedVersion;
  readonly row: VersionFactsRow;
  readonly looked: Looked;
  /** Of a proposal to move interviews: what it says of itself, and its row. */
  readonly proposal?: Proposal;
  readonly planned?: Readonly<Record<string, unknown>>;
  readonly command: { readonly type: QuestionnaireCommandType } & Partial<Said>;
}
interface Said {
  readonly reason: string;
  readonly differenceHash: string;
}

/** What was looked at before the version was locked: which files, and beside which published version. */
export interface LookedAt extends Looked {
  readonly bodyHash: string | undefined;
  readonly against: string | undefined;
}

/** Of what is published. */
export const PUBLISHED: LookedAt = { proof: SETTLED, difference: undefined, bodyHash: undefined, against: undefined };

export class ChangedMeanwhile extends DomainError {
  constructor({ code, number }: LockedVersion) {
    super(
      'conflict',
      `Version ${number} of ${code}, or what it is compared with, is being changed just now. Read it again, then repeat.`,
    );
  }
}

/** What its event says beside the state. */
export const saidIn = ({ command: { type, reason }, looked: { difference }, row: { migration } }: Step): object => ({
  ...(migration && ['MIGRATE', 'DROP_MIGRATION'].includes(type) ? { migration: migration.id } : {}),
  ...(reason === undefined ? {} : { reason }),
  ...(difference === undefined ? {} : { against: difference.against, differenceHash: difference.hash }),
});

/** What exactly is missing, beside the sentences of the guards. */
export function standingInTheWay({
  looked: { proof, difference },
  row,
  record,
}: Step): Readonly<Record<string, unknown>> {
  const failed = proof.scenarios.filter(({ passed }) => !passed);
  return {
    ...(proof.clean ? {} : { findings: proof.findings.filter(({ severity }) => severity !== 'advice').slice(0, 100) }),
    ...(proof.problems.length > 0 ? { problems: proof.problems.slice(0, 100) } : {}),
    ...(failed.length > 0 ? { failedScenarios: failed.slice(0, 100) } : {}),
    ...(row.rivals.length > 0 ? { servedBy: row.rivals } : {}),
    ...(difference ? { differenceAt: `/api/questionnaires/${record.id}/difference` } : {}),
  };
}
