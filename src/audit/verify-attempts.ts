import { HASH_OF_ENVELOPES, hashOfAttempts } from '../referrals/attempts.sql.js';
import type { Ask, Findings } from './audit-findings.js';

/**
 * Every attempt that was begun is there, and is what the event of the receipt tells of all until then; so are the envelopes. One of an
 * earlier release does not tell of them. More than were counted may be there: of a worker that was not yet of this release.
 */
export async function verifyAttempts(ask: Ask, findings: Findings): Promise<void> {
  const gone = await ask<{ id: string }>(`
    SELECT o.referral_id AS id FROM outbox o
    WHERE o.begun > (SELECT count(*) FROM delivery_attempt t WHERE t.referral_id = o.referral_id)
    ORDER BY 1 LIMIT 5000`);
  for (const { id } of gone)
    findings.add('rowMissing', `delivery_attempt/${id}`, 'more attempts to deliver it were begun than are here');
  const changed = await ask<{ id: string }>(`
    SELECT e.aggregate_id AS id FROM event e CROSS JOIN LATERAL (SELECT e.facets -> 'attempts' AS told) x
    WHERE e.aggregate_kind = 'referral' AND e.type = 'RECORD_RECEIPT' AND e.facets ? 'attempts'
      AND x.told ->> 'sha256' <> (SELECT ${hashOfAttempts(`x.told -> 'open' @> to_jsonb(t.number)`)}
        FROM delivery_attempt t WHERE t.referral_id = e.aggregate_id AND t.number <= (x.told ->> 'newest')::int)
    ORDER BY 1 LIMIT 5000`);
  for (const { id } of changed)
    findings.add('rowChanged', `delivery_attempt/${id}`, 'its receipt was recorded after other attempts than are here');
  const others = await ask<{ id: string }>(`
    SELECT e.aggregate_id AS id FROM event e CROSS JOIN LATERAL (SELECT e.facets -> 'envelopes' AS told) x
    WHERE e.aggregate_kind = 'referral' AND e.type = 'RECORD_RECEIPT' AND e.facets ? 'envelopes'
      AND x.told ->> 'sha256' <> (SELECT ${HASH_OF_ENVELOPES}
        FROM envelope v WHERE v.referral_id = e.aggregate_id AND v.number <= (x.told ->> 'newest')::int)
    ORDER BY 1 LIMIT 5000`);
  for (const { id } of others)
    findings.add('rowChanged', `envelope/${id}`, 'its receipt was recorded for other envelopes than are here');
}
