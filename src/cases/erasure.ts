import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { recordOperatorAct } from '../audit/operator-act.js';
import { keptBecause } from '../domain/referral/erasure.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import { type ChainHead, nextEvent } from '../platform/database/next-event.js';
import { searchToken, sha256 } from '../platform/database/sealing.js';
import type { ErasureLedger } from '../platform/keys/erasure-ledger.js';
import type { KeyProvider } from '../platform/keys/keys.js';
import { nameTokens } from './name-tokens.js';

interface CaseRow extends ChainHead {
  readonly reference: string;
  readonly snapshot: unknown;
  readonly now: Date;
  readonly erased: boolean;
}

export interface ErasureStep {
  readonly reference: string;
  /** `asked`: a second account must ask for the same. */
  readonly outcome: 'asked' | 'erased';
}

interface AskedRow {
  readonly id: string;
  readonly basis: string;
  readonly asked_by: string;
  readonly asker: string;
}

const FIND_ASKED = `SELECT e.id, e.basis, e.asked_by, u.username AS asker FROM erasure e JOIN app_user u ON u.id = e.asked_by
  WHERE e.case_id = $1 AND e.ended_at IS NULL`;

/**
 * Destroys the data key of a case once a second account asks for it on the same basis; in the owner's transaction. What was sealed can
 * never be read again, hashes and chains stay. Throws DomainError while anything is awaited in the case, naming each and what is to be
 * done first.
 */
export async function eraseCase(
  owner: pg.ClientBase,
  { ledger, keys }: { readonly ledger: ErasureLedger; readonly keys: KeyProvider },
  {
    reference,
    basis: given,
    actorId,
  }: { readonly reference: string; readonly basis: string; readonly actorId: string },
): Promise<ErasureStep> {
  const basis = sameWords(given);
  const found = await lockCase(owner, 'reference', reference);
  if (!found) throw new NotFound(`case ${reference}`);
  if (found.erased) throw new DomainError('conflict', `The content of ${reference} is erased already.`);
  await refuseWhileKept(owner, found);
  const asked = (await owner.query<AskedRow>(FIND_ASKED, [found.id])).rows[0];
  if (!asked) {
    await refuseNames(owner, keys, found, basis);
    const id = randomUUID();
    const row = [id, found.id, basis, actorId, found.now];
    await owner.query('INSERT INTO erasure (id, case_id, basis, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5)', row);
    const detail = { erasure: id, at: found.now.toISOString(), basisSha256: sha256(basis).toString('hex') };
    await recordOperatorAct(owner, { actorId, action: 'ask Erasure', resource: `case/${found.id}`, detail });
    return { reference, outcome: 'asked' };
  }
  if (asked.asked_by === actorId)
    throw new DomainError(
      'conflict',
      `You asked for the erasure of ${reference} yourself: another account confirms it.`,
    );
  if (sameWords(asked.basis) !== basis)
    throw new DomainError(
      'conflict',
      `${asked.asker} asked for the erasure of ${reference} on another basis, "${asked.basis}". Nothing is erased. If theirs is right, give it with --basis in the same words; else end what was asked (f1 keys keep), and one of you asks anew.`,
    );
  await owner.query('UPDATE erasure SET confirmed_by = $2, confirmed_at = $3 WHERE id = $1', [
    asked.id,
    actorId,
    found.now,
  ]);
  await destroyKey(owner, found, { actorId, facets: { erasure: asked.id } });
  await lockLedger(owner);
  // Last before COMMIT: an entry without its erasure can be settled, an erasure without its entry would come back with a backup.
  ledger.append({ caseId: found.id, erasedAt: found.now.toISOString(), by: [asked.asked_by, actorId] });
  return { reference, outcome: 'erased' };
}

export interface WaitingErasure {
  readonly reference: string;
  readonly basis: string;
  readonly askedBy: string;
  readonly askedAt: Date;
}

/** Erasures that were asked for and wait for a second account, the oldest first. */
export async function waitingErasures(owner: pg.ClientBase): Promise<WaitingErasure[]> {
  const { rows } = await owner.query<WaitingErasure>(
    `SELECT c.reference, e.basis, u.username AS "askedBy", e.asked_at AS "askedAt"
     FROM erasure e JOIN case_file c ON c.id = e.case_id JOIN app_user u ON u.id = e.asked_by
       JOIN data_key k ON k.case_id = e.case_id AND k.wrapped IS NOT NULL
     WHERE e.confirmed_at IS NULL AND e.ended_at IS NULL ORDER BY e.asked_at, c.reference`,
  );
  return rows;
}

/** Ends what one account asked for and none confirmed, be it one's own: nothing is erased, and it may be asked for anew. */
export async function keepCase(
  owner: pg.ClientBase,
  { reference, actorId }: { readonly reference: string; readonly actorId: string },
): Promise<void> {
  const found = await lockCase(owner, 'reference', reference);
  if (!found) throw new NotFound(`case ${reference}`);
  if (found.erased) throw new DomainError('conflict', `The content of ${reference} is erased already.`);
  const { rows } = await owner.query<{ id: string }>(
    'UPDATE erasure SET ended_by = $2, ended_at = $3 WHERE case_id = $1 AND ended_at IS NULL RETURNING id',
    [found.id, actorId, found.now],
  );
  const [ended] = rows;
  if (!ended)
    throw new DomainError('conflict', `Nobody asked for the erasure of ${reference}: there is nothing to end.`);
  const detail = { erasure: ended.id, at: found.now.toISOString() };
  await recordOperatorAct(owner, { actorId, action: 'end Erasure', resource: `case/${found.id}`, detail });
}

/** Keeps the file of a case from being erased until another account releases it. */
export async function holdCase(
  owner: pg.ClientBase,
  keys: KeyProvider,
  { reference, basis, actorId }: { readonly reference: string; readonly basis: string; readonly actorId: string },
): Promise<void> {
  const found = await lockCase(owner, 'reference', reference);
  if (!found) throw new NotFound(`case ${reference}`);
  if (found.erased) throw new DomainError('conflict', `The content of ${reference} is erased already.`);
  await refuseNames(owner, keys, found, basis);
  const id = randomUUID();
  await owner.query('INSERT INTO legal_hold (id, case_id, basis, placed_by, placed_at) VALUES ($1, $2, $3, $4, $5)', [
    id,
    found.id,
    basis,
    actorId,
    found.now,
  ]);
  await addEvent(owner, found, { type: 'PLACE_LEGAL_HOLD', actorId, facets: { hold: id } });
}

/** Releases every hold on a case that somebody else placed. Throws DomainError when there is none, or an own one. */
export async function releaseCase(
  owner: pg.ClientBase,
  { reference, actorId }: { readonly reference: string; readonly actorId: string },
): Promise<void> {
  const found = await lockCase(owner, 'reference', reference);
  if (!found) throw new NotFound(`case ${reference}`);
  const { rows } = await owner.query<{ id: string; own: boolean }>(
    'SELECT id, placed_by = $2 AS own FROM legal_hold WHERE case_id = $1 AND released_at IS NULL',
    [found.id, actorId],
  );
  if (rows.length === 0) throw new DomainError('conflict', `There is no legal hold on ${reference}.`);
  if (rows.some(({ own }) => own))
    throw new DomainError('conflict', `You placed a legal hold on ${reference} yourself: another account releases it.`);
  await owner.query(
    'UPDATE legal_hold SET released_at = $2, released_by = $3 WHERE case_id = $1 AND released_at IS NULL',
    [found.id, found.now, actorId],
  );
  await addEvent(owner, found, {
    type: 'RELEASE_LEGAL_HOLD',
    actorId,
    facets: { holds: rows.map(({ id }) => id) },
  });
}

/**
 * In the house's order, and the key last: whoever appends to the case has one of these locks, so that what is decided here is decided
 * on everything that was committed.
 */
export async function lockCase(
  owner: pg.ClientBase,
  by: 'id' | 'reference',
  value: string,
): Promise<CaseRow | undefined> {
  const { rows } = await owner.query<Omit<CaseRow, 'erased' | 'now'>>(
    `SELECT id, reference, snapshot, event_seq, event_hash FROM case_file WHERE ${by} = $1 FOR NO KEY UPDATE`,
    [value],
  );
  const found = rows[0];
  if (!found) return undefined;
  for (const table of ['person', 'interview', 'referral'])
    await owner.query(`SELECT FROM ${table} WHERE case_id = $1 ORDER BY id FOR NO KEY UPDATE`, [found.id]);
  await owner.query('SELECT FROM data_key WHERE case_id = $1 FOR NO KEY UPDATE', [found.id]);
  // The time once everything is locked, not that of BEGIN: what others committed while a password was typed lies before it.
  const key = await owner.query<{ erased: boolean; now: Date }>(
    `SELECT wrapped IS NULL AS erased, date_trunc('milliseconds', f1_now() + (clock_timestamp() - now())) AS now
     FROM data_key WHERE case_id = $1`,
    [found.id],
  );
  return { ...found, ...key.rows[0]! };
}

/** Two at once would write the same line of the file: the second waits for the COMMIT of the first. */
export async function lockLedger(owner: pg.ClientBase): Promise<void> {
  await owner.query(`SELECT pg_advisory_xact_lock(hashtext('f1_erasure_ledger'))`);
}

async function refuseWhileKept(owner: pg.ClientBase, { id, reference }: CaseRow): Promise<void> {
  const { rows } = await owner.query<{ duty: string; subjectId: string }>(
    'SELECT duty, subject_id AS "subjectId" FROM f1_open_duties($1, NULL) ORDER BY 1, 2',
    [id],
  );
  const because = keptBecause(rows.map(({ duty }) => duty));
  if (because.length > 0)
    throw new DomainError('erasureRefused', `${reference} is not erased: ${because.join('; ')}.`, {
      because,
      duties: rows,
    });
}

/** Two mean the same basis whatever its spaces and the encoding of its letters are. */
const sameWords = (basis: string): string => basis.normalize('NFC').replace(/\s+/g, ' ').trim();

/** The basis outlives the key, so it lies in clear: it may hold no word by which the person is found. */
async function refuseNames(
  owner: pg.ClientBase,
  keys: KeyProvider,
  { id, reference }: CaseRow,
  basis: string,
): Promise<void> {
  const words = nameTokens({ familyName: basis, givenNames: '', aliases: [] }).normalised;
  const tokens = words.map((word) => searchToken(keys, 'normalised', word));
  const { rows } = await owner.query<{ token: Buffer }>(
    `SELECT token FROM person_token WHERE case_id = $1 AND kind = 'normalised' AND token = ANY ($2)`,
    [id, tokens],
  );
  const names = words.filter((_, index) => rows.some(({ token }) => token.equals(tokens[index]!)));
  if (names.length > 0)
    throw new DomainError(
      'conflict',
      `The basis names the person of ${reference} (${names.join(', ')}) and would outlive the file: give the provision or the order by its number.`,
    );
}

export async function destroyKey(
  owner: pg.ClientBase,
  found: CaseRow,
  { actorId, facets }: { readonly actorId: string | null; readonly facets: object },
): Promise<void> {
  await owner.query('UPDATE data_key SET wrapped = NULL, erased_at = $2 WHERE case_id = $1', [found.id, found.now]);
  await owner.query('DELETE FROM person_token WHERE case_id = $1', [found.id]);
  await owner.query(`UPDATE case_file SET external_reference = NULL, legacy_ids = '{}' WHERE id = $1`, [found.id]);
  await owner.query('UPDATE deadline SET ended_at = $2 WHERE case_id = $1 AND met_at IS NULL AND ended_at IS NULL', [
    found.id,
    found.now,
  ]);
  await addEvent(owner, found, { type: 'ERASE_CONTENT', actorId, facets });
}

async function addEvent(
  owner: pg.ClientBase,
  found: CaseRow,
  { type, actorId, facets }: { readonly type: string; readonly actorId: string | null; readonly facets: object },
): Promise<void> {
  const { row, head } = nextEvent(found, undefined, {
    aggregateKind: 'case',
    caseId: found.id,
    type,
    actorId,
    at: found.now,
    facets: { state: found.snapshot, ...facets },
  });
  const columns = Object.keys(row);
  await owner.query(
    `INSERT INTO event (${columns.join(', ')}) VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(row),
  );
  await owner.query('UPDATE case_file SET event_seq = $2, event_hash = $3 WHERE id = $1', [
    found.id,
    head.event_seq,
    head.event_hash,
  ]);
}
