import { markingTypes } from '../domain/referral/whereabouts.js';
import { personCommands } from '../domain/workflow/vocabulary/person.js';

const list = (select: string): string => `(SELECT coalesce(jsonb_agg(to_jsonb(l)), '[]') FROM (${select}) l)`;
const b64 = (column: string, name = 'sealed'): string =>
  `translate(encode(${column}, 'base64'), E'\\n', '') AS "${name}"`;
const iso = (column: string, name: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "${name}"`;

/** The agreement that waits to be referred, or else the newest that can be: what an own account covers. */
const ACCOUNT = `
  SELECT jsonb_build_object('category', g.category, 'interviewId', g.interview_id, 'questionIds', to_jsonb(g.question_ids))
  FROM account_agreement g
    LEFT JOIN LATERAL (SELECT step FROM account_step WHERE agreement_id = g.id ORDER BY at DESC LIMIT 1) s ON true
  WHERE g.case_id = c.id AND coalesce(s.step, 'rejected') IN ('rejected', 'proposed')
  ORDER BY (s.step = 'proposed') DESC NULLS LAST, g.recorded_at DESC LIMIT 1`;

const INTERVIEW = `
  SELECT i.id, i.purpose, i.snapshot AS state, ${iso('i.created_at', 'heldAt')}, ${iso('i.sealed_at', 'sealedAt')}, ${b64('i.sealed')},
    (SELECT ${iso('min(e.at)', 'at')} FROM event e WHERE e.aggregate_id = i.id AND e.type = 'START_INTERVIEW') AS "startedAt",
    ${list(`SELECT q.code, q.version, q.hash, iq.position, iq.replaced_at IS NOT NULL AS replaced
      FROM interview_questionnaire iq JOIN questionnaire q ON q.hash = iq.questionnaire_hash
      WHERE iq.interview_id = i.id ORDER BY iq.position, iq.replaced_at NULLS FIRST`)} AS questionnaires,
    ${list(`SELECT a.id, a.question_id AS "questionId", a.item, a.revision, a.concurrent, ${iso('a.recorded_at', 'recordedAt')},
      ${b64('a.sealed')} FROM answer a WHERE a.interview_id = i.id ORDER BY a.recorded_at, a.question_id, a.item, a.revision`)} AS answers,
    ${list(`SELECT r.id, r.indicator_id AS "indicatorId", r.item, r.severity, r.ground, ${iso('r.raised_at', 'raisedAt')},
      ${iso('r.cleared_at', 'clearedAt')}, ${b64('r.sealed')} FROM raised_indicator r WHERE r.interview_id = i.id
      ORDER BY r.raised_at, r.id`)} AS indicators,
    ${list(`SELECT r.id, r.sha256, r.bytes, r.media_type AS "mediaType", ${iso('r.added_at', 'addedAt')}, ${b64('r.sealed')},
      ${list(`SELECT m.question_id AS "questionId", m.item, m.at_ms AS "atMs" FROM recording_mark m WHERE m.recording_id = r.id
        ORDER BY m.at_ms, m.question_id, m.item`)} AS marks
      FROM recording r WHERE r.interview_id = i.id ORDER BY r.added_at, r.id`)} AS recordings,
    ${list(`SELECT t.id, t.statement_id AS "statementId", ${iso('t.added_at', 'addedAt')}, ${b64('t.sealed')} FROM translation t
      WHERE t.interview_id = i.id ORDER BY t.added_at, t.id`)} AS translations
  FROM interview i WHERE i.case_id = c.id
    AND CASE WHEN $2 THEN i.id = ((${ACCOUNT}) ->> 'interviewId')::uuid ELSE i.purpose <> 'witness' END ORDER BY i.created_at, i.id`;

const ALLEGATION = `
  SELECT a.id, a.ground, a.crime, a.scope, a.template_version AS "templateVersion", a.complete, a.minor_at_act AS "minorAtAct",
    ${b64('a.sealed')},
    ${list(`SELECT f.element, f.finding, ${b64('f.sealed')} FROM element_finding f WHERE f.allegation_id = a.id ORDER BY f.element`)} AS elements,
    ${list(`SELECT e.element, e.source_kind AS "sourceKind", e.source_ref AS "sourceRef", e.exculpatory, e.id,
      ${b64('e.sealed')} FROM evidence e
      WHERE e.allegation_id = a.id ORDER BY e.element, e.source_kind, e.source_ref, e.id`)} AS evidence
  FROM allegation a WHERE a.case_id = c.id AND a.withdrawn_at IS NULL ORDER BY a.position`;

const PERSON = `
  (SELECT jsonb_build_object('id', p.id, 'whereabouts', p.snapshot -> 'whereabouts', 'identity', p.snapshot -> 'identity',
    'sealed', translate(encode(p.sealed, 'base64'), E'\\n', ''),
    'history', ${list(`SELECT e.seq, e.type, ${iso('e.at', 'at')}, ${b64('e.payload')} FROM event e
      WHERE e.aggregate_id = p.id AND e.payload IS NOT NULL AND e.type IN (${personCommands.map((one) => `'${one}'`).join(', ')})
      ORDER BY e.seq`)})
    FROM person p WHERE p.case_id = c.id)`;

const OVERRIDE = `
  SELECT o.id, o.gaps_hash AS "gapsHash", ${b64('o.sealed')}, ${b64('o.sealed_outcome', 'sealedOutcome')},
    (SELECT display_name FROM app_user WHERE id = o.asked_by) AS "askedBy", ${iso('o.asked_at', 'askedAt')},
    (SELECT display_name FROM app_user WHERE id = o.decided_by) AS "approvedBy", ${iso('o.decided_at', 'approvedAt')}
  FROM package_override o WHERE o.case_id = c.id AND o.kind = $3 AND o.outcome = 'approved'
    AND o.analysis_revision = c.analysis_revision ORDER BY o.decided_at, o.id`;

/** Whom a file names, withdrawn ones too while their whereabouts may not leave, and what people did about the words that tell these. */
const PERSONS_NAMED = `
    'thirdPersons', ${list(`SELECT t.id, t.category, t.relation, t.countries, ${iso('t.recorded_at', 'recordedAt')},
      ${iso('t.whereabouts_approved_at', 'whereaboutsApprovedAt')}, ${b64('t.sealed')}
      FROM third_person t WHERE t.case_id = c.id AND t.withdrawn_at IS NULL ORDER BY t.recorded_at, t.id`)},
    'withdrawnPersons', ${list(`SELECT t.id, ${b64('t.sealed')} FROM third_person t WHERE t.case_id = c.id
      AND t.withdrawn_at IS NOT NULL AND t.whereabouts_approved_at IS NULL ORDER BY t.recorded_at, t.id`)},
    'markings', ${list(`SELECT e.seq, e.type, e.actor_id AS "actorId", u.display_name AS by, ${iso('e.at', 'at')}, ${b64('e.payload')}
      FROM event e LEFT JOIN app_user u ON u.id = e.actor_id WHERE e.aggregate_id = c.id AND e.payload IS NOT NULL
        AND e.type IN (${markingTypes.map((one) => `'${one}'`).join(', ')}) ORDER BY e.seq`)}`;

/** Of the case $1: what tells where somebody is and may not leave. One row. */
export const WHEREABOUTS = `SELECT jsonb_build_object(${PERSONS_NAMED}) AS file FROM case_file c WHERE c.id = $1`;

/** Everything a package of one kind is made from: $1 the case, $2 whether it is an account, $3 the kind. One row. */
export const FILE = `
  SELECT jsonb_build_object(
    'reference', c.reference, 'externalReference', c.external_reference, 'legacyIds', c.legacy_ids,
    'procedureType', c.procedure_type, 'countryOfOrigin', c.country_of_origin, 'claim', c.snapshot -> 'claim',
    'analysisRevision', c.analysis_revision,
    'contact', (SELECT jsonb_build_object('name', u.display_name, 'unit', u.unit) FROM app_user u WHERE u.id = f1_actor()),
    'closedTo', (SELECT coalesce(jsonb_agg(DISTINCT land), '[]') FROM (
      SELECT country FROM person_country WHERE case_id = c.id AND country <> 'stateless'
      UNION SELECT country FROM persecution_actor WHERE case_id = c.id AND withdrawn_at IS NULL AND country IS NOT NULL
      UNION SELECT unnest(countries) FROM third_person WHERE case_id = c.id AND withdrawn_at IS NULL) closed
      CROSS JOIN LATERAL unnest(f1_lands(country, NULL)) AS land),
    'person', ${PERSON},
    ${PERSONS_NAMED},
    'allegations', CASE WHEN $2 THEN '[]'::jsonb ELSE ${list(ALLEGATION)} END,
    'interviews', ${list(INTERVIEW)},
    'documents', ${list(`SELECT d.id, d.sha256, d.bytes, d.media_type AS "mediaType", ${iso('d.added_at', 'addedAt')}, ${b64('d.sealed')}
      FROM document d WHERE d.case_id = c.id ORDER BY d.added_at, d.id`)},
    'notices', ${list(`SELECT n.id, n.kind, n.interview_id AS "interviewId", ${iso('n.served_at', 'servedAt')},
      ${iso('n.reply_due_at', 'replyDueAt')}, ${b64('n.sealed')} FROM notice n WHERE n.case_id = c.id ORDER BY n.served_at, n.id`)},
    'disclosures', ${list(`SELECT x.id, x.source_kind AS "sourceKind",
      ${iso('x.disclosed_at', 'disclosedAt')}, ${b64('x.sealed')} FROM disclosure x WHERE x.case_id = c.id ORDER BY x.disclosed_at, x.id`)},
    'submissions', ${list(`SELECT s.id, s.kind, ${iso('s.received_at', 'receivedAt')}, ${b64('s.sealed')}
      FROM submission s WHERE s.case_id = c.id ORDER BY s.received_at, s.id`)},
    'reviews', ${list(`SELECT r.kind, r.outcome, r.analysis_revision AS "analysisRevision", ${iso('r.at', 'at')}
      FROM review r WHERE r.case_id = c.id ORDER BY r.at, r.id`)},
    'decisions', ${list(`SELECT d.id, d.outcome, ${iso('d.decided_at', 'decidedAt')}, ${iso('d.quashed_at', 'quashedAt')}
      FROM decision d WHERE d.case_id = c.id ORDER BY d.decided_at, d.id`)},
    'appeals', ${list(`SELECT a.decision_id AS "decisionId", ${iso('a.lodged_at', 'lodgedAt')}, a.outcome, a.final,
      ${iso('a.decided_at', 'decidedAt')} FROM appeal a WHERE a.case_id = c.id ORDER BY a.lodged_at, a.id`)},
    'undisclosedExculpatory', EXISTS (SELECT FROM undisclosed_exculpatory WHERE case_id = c.id),
    'proposed', (SELECT to_jsonb(allegation_ids) FROM suspicion_decision WHERE case_id = c.id AND outcome IS NULL),
    'account', CASE WHEN $2 THEN (${ACCOUNT}) END,
    'overrides', ${list(OVERRIDE)}
  ) AS file
  FROM case_file c WHERE c.id = $1`;
