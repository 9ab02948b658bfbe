import type { Ask, Findings } from './audit-findings.js';

/** Of a referral r, its obligation o and the first event e of its chain: the facets of that event, and what a row says of the same. */
const SAID = [
  ['referral', 'authority', 'a.code'],
  ['referral', 'grounds', 'to_jsonb(r.grounds)::text'],
  ['referral', 'legalBasis', 'r.legal_basis'],
  ['referral', 'corrects', 'r.corrects::text'],
  ['referral', 'suspectIdentified', 'r.suspect_identified::text'],
  ['referral', 'presentHere', 'r.present_here::text'],
  ['referral', 'corroborated', 'r.corroborated::text'],
  ['referral', 'priority', 'r.priority::text'],
  ['obligation', 'authority', 'oa.code'],
  ['obligation', 'kind', 'o.kind'],
  // It follows its clock, which a departure shortens and nothing lengthens.
  [
    'obligation',
    'dueAt',
    `CASE WHEN o.due_at < (e.facets ->> 'dueAt')::timestamptz AND EXISTS (SELECT FROM departure p WHERE p.case_id = o.case_id)
      THEN e.facets ->> 'dueAt' ELSE to_char(o.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END`,
  ],
  ['cause_competence', 'authority', 'CASE WHEN m.cause_id IS NOT NULL THEN ma.code END'],
  ['cause_competence', 'legalBasis', 'm.legal_basis'],
] as const;

const different = SAID.map(
  ([table, facet, column]) =>
    `('${table}', '${facet}', e.facets ? '${facet}' AND ${column} IS DISTINCT FROM e.facets ->> '${facet}')`,
).join(',\n      ');

/**
 * Who was to be told of what, on which law, how urgently and until when, as the first event of each referral tells. What the event
 * of an earlier release does not name is not compared.
 */
export async function verifyTold(ask: Ask, findings: Findings): Promise<void> {
  const changed = await ask<{ id: string; table: string; facets: string }>(`
    SELECT r.id, x."table", string_agg(x.facet, ', ') AS facets
    FROM event e JOIN referral r ON r.id = e.aggregate_id JOIN authority a ON a.id = r.authority_id
      JOIN obligation o ON o.id = r.id JOIN authority oa ON oa.id = o.authority_id
      -- Two authorities may be told of one cause: the competence is that of whom the event names, or of nobody.
      LEFT JOIN authority ma ON ma.code = e.facets ->> 'authority'
      LEFT JOIN cause_competence m ON m.cause_id = o.cause_id AND m.authority_id = ma.id
      CROSS JOIN LATERAL (VALUES
      ${different}) x ("table", facet, differs)
    WHERE e.aggregate_kind = 'referral' AND e.seq = 1 AND e.type = 'CREATE_REFERRAL' AND x.differs
    GROUP BY r.id, x."table" ORDER BY r.id LIMIT 5000`);
  for (const { id, table, facets } of changed)
    findings.add('rowChanged', `${table}/${id}`, `its referral was begun with another ${facets}`);
  const moved = await ask<{ id: string }>(`
    SELECT o.id FROM obligation o JOIN event e ON e.aggregate_id = o.id AND e.seq = 1 AND e.type = 'CREATE_REFERRAL'
    WHERE o.created_at <> e.at ORDER BY o.id LIMIT 5000`);
  for (const { id } of moved)
    findings.add('rowChanged', `obligation/${id}`, 'it was made at another time than its referral');
  await verifyGrants(ask, findings);
  await verifyHolds(ask, findings);
  await verifyIdentities(ask, findings);
}

/** Access is the authority's own that was told, or of whoever opened the file, and for as long as its event says. */
async function verifyGrants(ask: Ask, findings: Findings): Promise<void> {
  const changed = await ask<{ id: string }>(`
    SELECT g.id FROM access_grant g JOIN referral r ON r.id = g.referral_id
      LEFT JOIN event e ON e.aggregate_id = g.referral_id AND e.type IN ('OPEN_FILE', 'GRANT_ACCESS')
        AND e.facets ->> 'grant' = g.id::text
    WHERE g.authority_id <> r.authority_id OR g.user_id <> g.opened_by
      OR (e.facets ->> 'until')::timestamptz <> g.valid_until
    ORDER BY g.id LIMIT 5000`);
  for (const { id } of changed)
    findings.add(
      'rowChanged',
      `access_grant/${id}`,
      'it is for somebody else, or runs longer or shorter, than its event tells',
    );
}

/** A hold that was granted lasts until when its event says. */
async function verifyHolds(ask: Ask, findings: Findings): Promise<void> {
  const changed = await ask<{ id: string }>(`
    SELECT h.id FROM hold h JOIN event e ON e.aggregate_id = h.referral_id AND e.type IN ('GRANT_HOLD', 'REFUSE_HOLD')
      AND e.facets ->> 'hold' = h.id::text
    WHERE e.facets ? 'until' AND (e.facets ->> 'until')::timestamptz IS DISTINCT FROM h.valid_until
    ORDER BY h.id LIMIT 5000`);
  for (const { id } of changed)
    findings.add('rowChanged', `hold/${id}`, 'it lasts longer or shorter than its event tells');
}

const IDENTIFYING = [
  ...['REGISTER_PERSON', 'CORRECT_PARTICULARS', 'VERIFY_IDENTITY', 'DISPUTE_IDENTITY'],
  ...['RETURN_TO_CLAIMED_IDENTITY', 'MERGE_IDENTITY', 'SPLIT_IDENTITY'],
];

/** Whoever recorded the identity last may not record the next step alone. */
async function verifyIdentities(ask: Ask, findings: Findings): Promise<void> {
  const changed = await ask<{ id: string }>(`
    SELECT p.id FROM person p JOIN LATERAL (SELECT actor_id FROM event e WHERE e.aggregate_id = p.id
      AND e.type IN ('${IDENTIFYING.join("', '")}') ORDER BY seq DESC LIMIT 1) said ON true
    WHERE said.actor_id <> p.identity_recorded_by ORDER BY p.id LIMIT 5000`);
  for (const { id } of changed) findings.add('rowChanged', `person/${id}`, 'somebody else recorded this identity last');
}
