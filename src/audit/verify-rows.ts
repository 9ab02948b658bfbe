import { canonical, sha256 } from '../platform/database/sealing.js';
import type { KeyProvider } from '../platform/keys/keys.js';
import { unprovenReceipts } from '../referrals/receipt-proofs.js';
import type { Ask, Findings } from './audit-findings.js';
import type { RowKind } from './row-kind.js';
import { ROW_KINDS } from './row-kinds.js';
import { verifyAttempts } from './verify-attempts.js';
import { verifyClocks } from './verify-clocks.js';
import { verifyColumns } from './verify-columns.js';
import { verifyTold } from './verify-told.js';
import { verifySealedRows } from './verify-sealed-rows.js';

/**
 * Holds the rows themselves against the chains: whatever an event tells of is there, once, by the same person at the same time,
 * and nothing is there of which no event tells. As the owner of the schema only: nobody else sees every row.
 */
export async function verifyRows(ask: Ask, findings: Findings, keys: KeyProvider, ownCountry?: string): Promise<void> {
  for (const kind of ROW_KINDS) await verifyKind(ask, findings, kind);
  await verifyAuthors(ask, findings);
  await verifyRevisions(ask, findings);
  await verifyQuashed(ask, findings);
  await verifyReceipts(ask, findings);
  await verifyProofs(ask, findings, keys);
  await verifyTold(ask, findings);
  await verifyAttempts(ask, findings);
  await verifyClocks(ask, findings);
  await verifyColumns(ask, findings);
  await verifyDefinitions(ask, findings);
  await verifySealedRows(ask, findings, keys, ownCountry);
}

interface Difference {
  event: string | null;
  id: string | null;
  optional: boolean | null;
}

/** Several events of one aggregate in one millisecond are told apart by who and what; an event that needs no row comes last. */
async function verifyKind(ask: Ask, findings: Findings, { table, rows, events }: RowKind): Promise<void> {
  const differences = await ask<Difference>(`
    WITH told AS (
      SELECT *, row_number() OVER (PARTITION BY "of", at ORDER BY optional, says, actor) AS nth FROM (
        SELECT aggregate_kind || '/' || aggregate_id || '#' || seq AS event, ${events.of ?? 'aggregate_id'} AS "of", at,
          ${events.actor ?? 'actor_id'} AS actor, ${events.says ?? `''`} AS says, ${events.optional ?? 'false'} AS optional
        FROM event WHERE ${events.which}) e),
    held AS (SELECT *, row_number() OVER (PARTITION BY "of", at ORDER BY says, actor) AS nth FROM (${rows}) r)
    SELECT told.event, held.id, told.optional FROM told FULL JOIN held USING ("of", at, nth)
    WHERE (held.id IS NULL AND NOT told.optional) OR (held.id IS NOT NULL
      AND (told.event IS NULL OR held.actor IS DISTINCT FROM told.actor OR held.says IS DISTINCT FROM told.says))
    LIMIT 5000`);
  for (const { event, id } of differences) {
    if (id === null) findings.add('rowMissing', event ?? table, `the ${table} of which it tells is not there`);
    else if (event === null) findings.add('rowInserted', `${table}/${id}`, 'no event tells of it at this time');
    else findings.add('rowChanged', `${table}/${id}`, `it is not what ${event} tells`);
  }
}

/** Whoever edited the analysis is its author, and nobody else. */
async function verifyAuthors(ask: Ask, findings: Findings): Promise<void> {
  const differences = await ask<{ case_id: string; user_id: string; gone: boolean }>(`
    SELECT case_id, user_id, a.there IS NULL AS gone
    FROM (SELECT DISTINCT case_id, actor_id AS user_id, true AS told FROM event
      WHERE aggregate_kind = 'case' AND type = 'EDIT_ANALYSIS') e
    FULL JOIN (SELECT case_id, user_id, true AS there FROM analysis_author) a USING (case_id, user_id)
    WHERE a.there IS NULL OR e.told IS NULL LIMIT 5000`);
  for (const { case_id, user_id, gone } of differences) {
    const where = `analysis_author/${case_id}:${user_id}`;
    if (gone) findings.add('rowMissing', where, 'this person edited the analysis and is not named as its author');
    else findings.add('rowInserted', where, 'no event tells that this person edited the analysis');
  }
}

const EDITS = (of: string, before = ''): string =>
  `(SELECT count(*) FROM event n WHERE n.aggregate_id = ${of} AND n.type IN ('EDIT_ANALYSIS', 'REOPEN_EXCLUSION') ${before})`;

/** The revision counts the edits, and what was reviewed, announced or decided names the revision of its moment. */
async function verifyRevisions(ask: Ask, findings: Findings): Promise<void> {
  const changed = await ask<{ place: string }>(`
    SELECT 'case_file/' || id AS place FROM case_file c WHERE analysis_revision <> ${EDITS('c.id')}
    UNION ALL
    SELECT r.place FROM (
      SELECT 'review/' || id AS place, case_id, at, analysis_revision, ARRAY['SIGN_OFF_LEGALLY', 'APPROVE_REVIEW', 'RETURN_REVIEW'] AS types
      FROM review
      UNION ALL SELECT 'notice/' || id, case_id, served_at, analysis_revision, ARRAY['SERVE_INTENTION'] FROM notice
      UNION ALL SELECT 'suspicion_decision/' || id, case_id, proposed_at, analysis_revision, ARRAY['PROPOSE_SUSPICION', 'PROPOSE_AFTER_CORRECTION']
      FROM suspicion_decision
      UNION ALL SELECT 'decision/' || id, case_id, decided_at, analysis_revision,
        ARRAY['DECIDE_EXCLUSION', 'DECIDE_NOT_EXCLUDED', 'REINSTATE'] FROM decision) r
    JOIN event e ON e.aggregate_id = r.case_id AND e.at = r.at AND e.type = ANY (r.types)
    WHERE r.analysis_revision IS DISTINCT FROM ${EDITS('r.case_id', 'AND n.seq < e.seq')}
    LIMIT 5000`);
  for (const { place } of changed)
    findings.add('rowChanged', place, 'its analysis revision is not the number of edits that the chain tells');
}

/** The exclusion that a judgment quashed, or that was reopened, says so. */
async function verifyQuashed(ask: Ask, findings: Findings): Promise<void> {
  const changed = await ask<{ id: string }>(`
    SELECT d.id FROM decision d WHERE d.outcome = 'excluded' AND d.quashed_at IS NULL AND EXISTS (
      SELECT FROM event e WHERE e.aggregate_id = d.case_id AND e.type IN ('QUASH', 'REMIT', 'REOPEN_EXCLUSION') AND e.at > d.decided_at
        AND NOT EXISTS (SELECT FROM decision l
          WHERE l.case_id = d.case_id AND l.decided_at > d.decided_at AND l.decided_at < e.at))
    LIMIT 5000`);
  for (const { id } of changed)
    findings.add('rowChanged', `decision/${id}`, 'a judgment or a reopening set it aside, and it does not say so');
}

async function verifyReceipts(ask: Ask, findings: Findings): Promise<void> {
  const changed = await ask<{ id: string }>(
    `SELECT t.referral_id AS id FROM receipt t JOIN referral r ON r.id = t.referral_id
     WHERE t.case_id <> r.case_id OR NOT (t.body_sha256 = r.body_sha256
       OR EXISTS (SELECT FROM envelope e WHERE e.referral_id = r.id AND e.sha256 = t.body_sha256)) LIMIT 5000`,
  );
  for (const { id } of changed) findings.add('rowChanged', `receipt/${id}`, 'it is for another content than was sent');
}

async function verifyProofs(ask: Ask, findings: Findings, keys: KeyProvider): Promise<void> {
  for (const { obligationId } of await unprovenReceipts(ask, keys.signing)) {
    findings.add('rowChanged', `receipt/${obligationId}`, 'nobody who could sign it signed what it says');
  }
}

/** What cases and interviews are pinned to is named by the hash of its own content. */
async function verifyDefinitions(ask: Ask, findings: Findings): Promise<void> {
  for (const [table, covered] of [
    ['workflow', 'body'],
    ['questionnaire', `jsonb_path_query_array(body, '$.files[*].content')`],
  ] as const) {
    const which = table === 'questionnaire' ? `WHERE status = 'published'` : '';
    const hashes = await ask<{ hash: string }>(`SELECT hash FROM ${table} ${which} ORDER BY hash`);
    for (const { hash } of hashes) {
      const [definition] = await ask<{ text: string }>(
        `SELECT (${covered})::text AS text FROM ${table} WHERE hash = $1`,
        [hash],
      );
      if (hashOf(definition?.text ?? 'null') === hash) continue;
      findings.add('rowChanged', `${table}/${hash}`, 'its content is not the one that its hash names');
    }
  }
}

/**
 * By the hash of a definition's text, the one of its canonical form: reading the same text again gives the same, and making it
 * anew was most of what each further verification of a process cost.
 */
const canonicalHashes = new Map<string, string>();

function hashOf(text: string): string {
  const asRead = sha256(text).toString('hex');
  const known = canonicalHashes.get(asRead);
  if (known !== undefined) return known;
  const hash = sha256(canonical(JSON.parse(text))).toString('hex');
  canonicalHashes.set(asRead, hash);
  return hash;
}
