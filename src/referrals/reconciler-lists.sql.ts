import { CLOCK_SKEW } from './signed-receipt.js';

/** House rule: an authority's own list proves something for so long. It is asked for every day, and after a failure every hour. */
const LIST_HOURS = 48;

/**
 * Of each authority the newest list of its own, and until when what arrived must be in it: its clock may run ahead of ours, so
 * neither its own time nor that at which we took it is believed to the minute.
 */
export const STATEMENTS = `SELECT DISTINCT ON (authority_id) authority_id, at, referrals, least(at, taken_at) - ${CLOCK_SKEW} AS whole_until
  FROM authority_statement ORDER BY authority_id, at DESC`;

/**
 * Each entry of these lists (`statement`). Of an entry that was taken before ids were checked as they are now, the id may be none:
 * it is kept as an entry without one, so that it is a difference (`unknownToUs`) until the next list comes, and not passed over.
 */
export const STATED = `SELECT t.authority_id,
    CASE WHEN jsonb_typeof(x -> 'id') = 'string' AND x ->> 'id' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      THEN (x ->> 'id')::uuid END AS id, x ->> 'bodySha256' AS body_sha256, x ->> 'packageSha256' AS package_sha256
  FROM statement t, jsonb_array_elements(t.referrals) x`;

/** The ways in which what an authority lists and what is recorded here can differ. */
export const LIST_DIFFERENCES = [
  'unknownToAuthority',
  'unknownToUs',
  'receivedWithoutReceipt',
  'statedWithAnotherBody',
];

const EXPECTED = 'a.statement_url IS NOT NULL AND a.disabled_at IS NULL';
/** Something left for the authority `a` so long ago that its list must have come since. */
const TOLD_BEFORE = `EXISTS (SELECT FROM referral r JOIN delivery_attempt t ON t.referral_id = r.id
  WHERE r.authority_id = a.id AND t.started_at < f1_now() - interval '${LIST_HOURS} hours')`;

/** The lists that authorities are expected to give, where there is none or only an old one; of no kind of duty more than another. */
export const LIST_CHECKS: Readonly<Record<string, string>> = {
  listMissing: `SELECT NULL, NULL::uuid, NULL::uuid, a.id FROM authority a
    WHERE ${EXPECTED} AND ${TOLD_BEFORE} AND NOT EXISTS (SELECT FROM statement t WHERE t.authority_id = a.id)`,
  listStale: `SELECT NULL, NULL::uuid, NULL::uuid, a.id FROM authority a JOIN statement t ON t.authority_id = a.id
    WHERE ${EXPECTED} AND ${TOLD_BEFORE} AND t.at < f1_now() - interval '${LIST_HOURS} hours'`,
};

/** Of each authority that is expected to give a list, or gave one: when its newest was made, and how many entries it has. */
export const LISTS = `SELECT a.code AS authority, ${EXPECTED} AS expected,
    to_char(t.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, jsonb_array_length(t.referrals) AS entries
  FROM authority a LEFT JOIN (${STATEMENTS}) t ON t.authority_id = a.id
  WHERE t.authority_id IS NOT NULL OR (${EXPECTED}) ORDER BY a.code`;
