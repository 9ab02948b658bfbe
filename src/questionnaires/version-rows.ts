import type { Snapshot } from '../domain/workflow/decide.js';
import type { LockedRow, Tx } from '../platform/database/database.js';
import { DomainError, NotFound, StaleVersion } from '../platform/database/errors.js';
import { type ChainHead, nextEvent } from '../platform/database/next-event.js';
import { json } from '../platform/database/write.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import type { DraftIdentity } from './draft-files.js';
import type { Proof } from './proof.js';
import type { LockedVersion } from './version.store.js';

/** The locked row, if this person may see it and decided on its present version. */
export function lockedVersion(locked: LockedRow | undefined, asked: Preconditions): LockedVersion {
  if (!locked) throw new NotFound('questionnaire');
  const record = locked as unknown as LockedVersion;
  if (asked.version !== undefined && asked.version !== record.version)
    throw new StaleVersion(asked.version, record.version);
  return record;
}

/** Plain: a questionnaire holds nobody's data, and its chain is to say what was done. */
export function eventOf(
  head: ChainHead,
  tx: Tx,
  actorId: string | null,
  type: string,
  state: Snapshot,
  facets: object,
): ReturnType<typeof nextEvent> {
  return nextEvent(head, undefined, {
    aggregateKind: 'questionnaire',
    caseId: null,
    type,
    actorId,
    at: tx.now,
    facets: { state, ...facets },
  });
}

/** What interviews are pinned to from now on. */
export function publishedRow(record: LockedVersion, { compiled }: Proof, now: Date) {
  if (!compiled || compiled.hash !== record.hash)
    throw new Error(`${record.code} does not compile to what was approved`);
  const { pack, code, number, purpose, countries, title } = record;
  const what = {
    hash: compiled.hash,
    pack,
    code,
    version: number,
    purpose,
    countries: [...countries],
    title: json(title),
  };
  return { ...what, body: json({ files: compiled.files }), status: 'published', published_at: now };
}

/** Two people may give the same number at once: the database lets one of them. */
export const taken =
  ({ code, number }: DraftIdentity) =>
  (error: unknown): never => {
    const { code: state, constraint } = error as { code?: string; constraint?: string };
    if (state === '23505' && constraint === 'questionnaire_version_once')
      throw new DomainError(
        'conflict',
        `Somebody has just made version ${number} of ${code}. Look at GET /api/questionnaires?stage=draft.`,
      );
    throw error;
  };
