/** House rule: an authority's own list proves something for so long. It is asked for every day, and after a failure every hour. */
const LIST_HOURS = 48;

/** Of each authority the newest list of its own. */
export const STATEMENTS = `SELECT DISTINCT ON (authority_id) authority_id, at, referrals FROM authority_statement ORDER BY authority_id, at DESC`;

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
