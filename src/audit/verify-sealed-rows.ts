import { DataKey, SealBroken, sha256 } from '../platform/database/sealing.js';
import type { KeyProvider } from '../platform/keys/keys.js';
import type { Ask, Findings } from './audit-findings.js';
import { heldAgainst } from './row-contents.js';
import { SealedFile, type StoredEvent, type StoredRow } from './sealed-file.js';

const CASES = 25;
const ZERO = '00000000-0000-0000-0000-000000000000';

/** Where a row's sealed value lies, beside what finds the row again: its aggregate and time. */
const SEALED: readonly { table: string; place?: string; of?: string; at?: string; sealed?: string }[] = [
  { table: 'person' },
  { table: 'interview' },
  { table: 'answer', of: 'interview_id', at: 'recorded_at' },
  { table: 'interview_draft', place: 'interview_id' },
  { table: 'raised_indicator', of: 'interview_id', at: 'raised_at' },
  { table: 'document' },
  { table: 'recording' },
  { table: 'allegation' },
  { table: 'element_finding', place: `allegation_id || ':' || element` },
  { table: 'evidence' },
  { table: 'notice', of: 'coalesce(interview_id, case_id)', at: 'served_at' },
  { table: 'submission', at: 'received_at' },
  { table: 'disclosure', at: 'disclosed_at' },
  { table: 'review', at: 'at' },
  { table: 'suspicion_decision', at: 'proposed_at' },
  { table: 'suspicion_decision', place: `id || ':outcome'`, at: 'decided_at', sealed: 'sealed_outcome' },
  { table: 'decision', at: 'decided_at' },
  { table: 'appeal', at: 'lodged_at' },
  { table: 'prosecution_track', at: 'at' },
  { table: 'account_agreement', at: 'recorded_at' },
  { table: 'account_step', at: 'at' },
  { table: 'acknowledgement', place: 'referral_id', of: 'referral_id', at: 'acknowledged_at' },
  { table: 'access_grant', of: 'referral_id', at: 'valid_from' },
  {
    table: 'access_grant',
    place: `id || ':revocation'`,
    of: 'referral_id',
    at: 'revoked_at',
    sealed: 'sealed_revocation',
  },
  { table: 'feedback', of: 'referral_id', at: 'given_at' },
  { table: 'reconsideration', at: 'decided_at' },
  { table: 'correction_answer', of: 'referral_id', at: 'answered_at' },
  { table: 'recipient_letter', of: 'referral_id', at: 'recorded_at' },
  {
    table: 'recipient_letter',
    place: `id || ':refusal'`,
    of: 'referral_id',
    at: 'decided_at',
    sealed: 'sealed_refusal',
  },
  { table: 'persecution_actor', at: 'recorded_at' },
  { table: 'postal_delivery', place: 'referral_id', of: 'referral_id', at: 'recorded_at' },
  { table: 'envelope', place: `referral_id || ':' || number`, of: 'referral_id' },
  { table: 'third_person', at: 'recorded_at' },
  { table: 'undisclosed_exculpatory', at: 'recorded_at' },
  { table: 'translation', at: 'added_at' },
  { table: 'package_override', at: 'asked_at' },
  { table: 'package_override', place: `id || ':outcome'`, at: 'decided_at', sealed: 'sealed_outcome' },
  { table: 'referral_request', of: 'referral_id', at: 'asked_at' },
  {
    table: 'referral_request',
    place: `id || ':answer'`,
    of: 'referral_id',
    at: 'answered_at',
    sealed: 'sealed_answer',
  },
  { table: 'hold', of: 'referral_id', at: 'asked_at' },
  { table: 'hold', place: `id || ':decision'`, of: 'referral_id', at: 'decided_at', sealed: 'sealed_decision' },
  { table: 'hold', place: `id || ':end'`, of: 'referral_id', at: 'ended_at', sealed: 'sealed_end' },
  { table: 'referral', sealed: 'body' },
];

/** Which column names the hash of what is sealed. */
const HASHED: Readonly<Record<string, string>> = { referral: 'body_sha256', envelope: 'sha256' };

const ROWS = [
  ...SEALED.map(
    ({ table, place = 'id', of = 'case_id', at = 'NULL::timestamptz', sealed = 'sealed' }) =>
      `SELECT '${table}' AS "table", (${place})::text AS id, case_id, ${of} AS "of", ${at} AS at, ${sealed} AS sealed,
         to_jsonb(t) - ARRAY['sealed', 'sealed_outcome', 'sealed_revocation', 'sealed_answer', 'sealed_decision', 'sealed_end', 'sealed_refusal', 'body'] AS columns FROM ${table} t WHERE case_id = ANY ($1::uuid[])`,
  ),
  `SELECT 'person_country', country || ':' || link, case_id, person_id, dropped_at, NULL, to_jsonb(t) FROM person_country t
   WHERE case_id = ANY ($1::uuid[])`,
  `SELECT 'interview_questionnaire', questionnaire_hash, case_id, interview_id, replaced_at, NULL, to_jsonb(t)
   FROM interview_questionnaire t WHERE case_id = ANY ($1::uuid[])`,
  `SELECT 'assignment', id::text, case_id, case_id, assigned_at, NULL, to_jsonb(t) FROM assignment t
   WHERE case_id = ANY ($1::uuid[])`,
  `SELECT 'decision_allegation', '', case_id, case_id, NULL, NULL, to_jsonb(t) FROM decision_allegation t
   WHERE case_id = ANY ($1::uuid[])`,
].join(' UNION ALL ');

/**
 * Opens every sealed value under its own place and holds what rows say against what the event of their command says. A few
 * cases at a time; a case whose key was erased has nothing left to open.
 */
export async function verifySealedRows(
  ask: Ask,
  findings: Findings,
  keys: KeyProvider,
  ownCountry?: string,
): Promise<void> {
  const ownBefore = await ownCountryBefore(ask, ownCountry);
  for (let last = ZERO; ;) {
    const page = await ask<{ case_id: string; wrapped: Buffer }>(
      'SELECT case_id, wrapped FROM data_key WHERE wrapped IS NOT NULL AND case_id > $1 ORDER BY case_id LIMIT $2',
      [last, CASES],
    );
    if (page.length === 0) return;
    const ids = page.map(({ case_id }) => case_id);
    const rows = await ask<StoredRow>(ROWS, [ids]);
    const events = await ask<StoredEvent>(
      `SELECT aggregate_kind, aggregate_id, seq, case_id, type, at, facets, payload, content_hash IS NULL AS wordless FROM event
       WHERE case_id = ANY ($1::uuid[]) ORDER BY aggregate_id, seq`,
      [ids],
    );
    for (const { case_id: id, wrapped } of page) {
      const key = unwrapped(id, wrapped, keys);
      if (!key) continue; // said when the events were verified
      const file = open(
        key,
        rows.filter((row) => row.case_id === id),
        findings,
      );
      heldAgainst(
        file,
        key,
        events.filter((event) => event.case_id === id),
        findings,
        ownBefore,
      );
    }
    last = ids.at(-1)!;
  }
}

/** Of an earlier release no event says which country was the own one: that of the first event that does, or the present one. */
async function ownCountryBefore(ask: Ask, present: string | undefined): Promise<string | undefined> {
  const [first] = await ask<{ country: string }>(
    `SELECT facets ->> 'ownCountry' AS country FROM event WHERE aggregate_kind = 'person' AND facets ? 'ownCountry'
     ORDER BY at LIMIT 1`,
  );
  return first?.country ?? present;
}

function open(key: DataKey, rows: readonly StoredRow[], findings: Findings): SealedFile {
  const file = new SealedFile();
  for (const row of rows) {
    const place = `${row.table}:${row.id}`;
    if (row.sealed === null) {
      file.add(row, null);
      continue;
    }
    try {
      const content = key.open<unknown>(row.sealed, place);
      file.add(row, content);
      const named = HASHED[row.table];
      if (named === undefined || sha256(content as string).toString('hex') === row.columns[named]) continue;
      findings.add('rowChanged', `${row.table}/${row.id}`, 'what was sent is not what its hash names');
    } catch {
      file.addBroken(row);
      findings.add('sealBroken', `${row.table}/${row.id}`, 'its sealed value does not open: it was changed or moved');
    }
  }
  return file;
}

function unwrapped(caseId: string, wrapped: Buffer, keys: KeyProvider): DataKey | undefined {
  try {
    return DataKey.unwrap(caseId, wrapped, keys);
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    return undefined;
  }
}
