import { sha256 } from '../platform/database/sealing.js';
import type { Ask, Findings } from './audit-findings.js';

/**
 * What rows say beside what their own event tells of them: which decision an appeal is against, why and of what a correction is, when a
 * departure is to be, and who asked on which basis for an erasure. What an event or act of an earlier release does not name is not compared.
 */
export async function verifyColumns(ask: Ask, findings: Findings): Promise<void> {
  for (const [table, what, which] of CHANGED)
    for (const { id } of await ask<{ id: string }>(`${which} ORDER BY 1 LIMIT 5000`))
      findings.add('rowChanged', `${table}/${id}`, what);
  await verifyErasures(ask, findings);
}

const CHANGED = [
  [
    'appeal',
    'it is not against the decision that stood when it was lodged',
    // A judgment that came without an appeal, and reinstates, makes its row at the time of the new decision, and is against the one before.
    `SELECT a.id FROM appeal a WHERE NOT EXISTS (SELECT FROM (VALUES (a.lodged_at), (a.lodged_at - interval '1 ms')) t (at)
       WHERE a.decision_id = (SELECT d.id FROM decision d WHERE d.case_id = a.case_id AND d.decided_at <= t.at
         ORDER BY d.decided_at DESC LIMIT 1))`,
  ],
  [
    'departure',
    'it is expected at another time than its event tells',
    // Of an earlier release its event names the day only, whose beginning depends on the place.
    `SELECT p.id FROM departure p JOIN event e ON e.aggregate_id = p.case_id AND e.type = 'EXPECT_DEPARTURE'
       AND e.facets ->> 'departure' = p.id::text
     WHERE CASE WHEN e.facets ? 'expectedAt' THEN (e.facets ->> 'expectedAt')::timestamptz <> p.expected_at
       ELSE p.expected_at NOT BETWEEN ((e.facets ->> 'expectedOn') || 'T00:00Z')::timestamptz - interval '14 hours'
         AND ((e.facets ->> 'expectedOn') || 'T00:00Z')::timestamptz + interval '14 hours' END`,
  ],
  [
    'correction',
    'it was made at another time than its referrals',
    `SELECT c.id FROM correction c WHERE c.at <> (SELECT min(o.created_at) FROM obligation o WHERE o.cause_id = c.id)`,
  ],
  [
    'correction',
    'its referral was begun for another reason, or for another decision',
    `SELECT DISTINCT c.id FROM event e CROSS JOIN LATERAL (SELECT e.facets -> 'correction' AS told) x
       JOIN correction c ON c.id = (x.told ->> 'id')::uuid
     WHERE e.aggregate_kind = 'referral' AND e.seq = 1
       AND (c.reason, c.decision_id::text, c.case_id) IS DISTINCT FROM (x.told ->> 'reason', x.told ->> 'decision', e.case_id)`,
  ],
  [
    'correction',
    'the referrals were marked for another reason',
    `SELECT c.id FROM correction c WHERE c.reason <> ALL (SELECT e.facets ->> 'reason' FROM event e
       WHERE e.case_id = c.case_id AND e.at = c.at AND e.aggregate_kind = 'referral' AND e.facets ? 'reason'
         AND e.type IN ('MARK_CORRECTED', 'SUSPEND_ACCESS', 'MARK_REINSTATED'))
       AND EXISTS (SELECT FROM event e WHERE e.case_id = c.case_id AND e.at = c.at AND e.aggregate_kind = 'referral'
         AND e.facets ? 'reason' AND e.type IN ('MARK_CORRECTED', 'SUSPEND_ACCESS', 'MARK_REINSTATED'))`,
  ],
] as const;

interface Asked {
  readonly id: string;
  readonly erasure: string | null;
  readonly basis: string | null;
  readonly basisSha256: string | null;
  readonly differs: boolean;
}

/** The word that asks for an erasure, and the one that ends it, stand in the log of accesses: that of an earlier release without basis and time. */
async function verifyErasures(ask: Ask, findings: Findings): Promise<void> {
  const asked = await ask<Asked>(`
    SELECT coalesce(r.id, (a.detail ->> 'erasure')::uuid) AS id, r.id AS erasure, r.basis, a.detail ->> 'basisSha256' AS "basisSha256",
      a.id IS NULL OR (r.asked_by, r.case_id::text) IS DISTINCT FROM (a.actor_id, split_part(a.resource, '/', 2))
        OR (a.detail ->> 'at')::timestamptz <> r.asked_at AS differs
    FROM erasure r FULL JOIN (SELECT * FROM access_log WHERE action = 'ask Erasure' AND outcome = 'done') a
      ON a.detail ->> 'erasure' = r.id::text
    -- Before the first such act nobody kept them.
    WHERE a.id IS NOT NULL OR r.asked_at >= (SELECT min(at) FROM access_log WHERE action = 'ask Erasure' AND outcome = 'done')
    ORDER BY 1`);
  for (const { id, erasure, basis, basisSha256, differs } of asked) {
    if (erasure === null) findings.add('rowMissing', `erasure/${id}`, 'an operator asked for it, and it is not there');
    else if (differs || (basisSha256 !== null && sha256(basis!).toString('hex') !== basisSha256))
      findings.add('rowChanged', `erasure/${id}`, 'no operator asked for it so, at this time');
  }
  const ended = await ask<{ id: string }>(`
    SELECT coalesce(r.id, (a.detail ->> 'erasure')::uuid) AS id
    FROM (SELECT * FROM erasure WHERE ended_at IS NOT NULL) r
      FULL JOIN (SELECT * FROM access_log WHERE action = 'end Erasure' AND outcome = 'done') a ON a.detail ->> 'erasure' = r.id::text
    WHERE r.id IS NULL OR a.id IS NULL OR r.ended_by IS DISTINCT FROM a.actor_id OR (a.detail ->> 'at')::timestamptz <> r.ended_at
    ORDER BY 1 LIMIT 5000`);
  for (const { id } of ended)
    findings.add('rowChanged', `erasure/${id}`, 'an operator ended it otherwise, or did not end it');
}
