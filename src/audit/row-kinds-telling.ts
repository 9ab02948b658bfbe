import { NOBODY, row, type RowKind, saying, takenBack, types } from './row-kind.js';

const ASKINGS = { ASK_PERSECUTION_ACTOR_WITHDRAWAL: 'persecutionActor', ASK_THIRD_PERSON_WITHDRAWAL: 'thirdPerson' };
const ENDINGS = { REFUSE_UNBLOCKING: 'refused', WITHDRAW_UNBLOCKING: 'withdrawn' };

const CLOSINGS = { CONFIRM_CLOSING: 'confirmed', REFUSE_CLOSING: 'refused' };

/** Of these events the ones that mark nothing: it was marked already, or the mark was taken away again. */
const marksNothing = (
  ...marking: readonly string[]
): string => `EXISTS (SELECT FROM event o WHERE o.aggregate_id = event.aggregate_id
  AND ((o.type = 'MARK_REINSTATED' AND o.seq > event.seq)
    OR (o.type IN ('${marking.join("', '")}') AND o.seq < event.seq AND NOT EXISTS (SELECT FROM event b
      WHERE b.aggregate_id = o.aggregate_id AND b.type = 'MARK_REINSTATED' AND b.seq BETWEEN o.seq AND event.seq))))`;

/** What was told, and what recipients did with it. */
export const TELLING: readonly RowKind[] = [
  {
    table: 'persecution_actor',
    rows: row({ of: 'case_id', at: 'recorded_at', actor: 'recorded_by' }, 'persecution_actor'),
    events: { which: types('case', 'RECORD_PERSECUTION_ACTOR') },
  },
  ...takenBack('persecution_actor', 'PERSECUTION_ACTOR'),
  {
    table: 'unblocking',
    rows: row({ of: 'case_id', at: 'asked_at', actor: 'asked_by', says: 'kind' }, `unblocking WHERE kind <> 'country'`),
    events: {
      which: types('case', ...Object.keys(ASKINGS)),
      says: saying(ASKINGS),
    },
  },
  {
    // One correction may ask for several countries, or for none.
    table: 'unblocking',
    rows: row(
      { id: 'min(id::text)', of: 'case_id', at: 'asked_at', actor: 'asked_by' },
      `unblocking WHERE kind = 'country' GROUP BY case_id, asked_at, asked_by`,
    ),
    events: { which: types('case', 'CORRECT_PARTICULARS'), optional: 'true' },
  },
  {
    table: 'unblocking',
    rows: row(
      { of: 'case_id', at: 'ended_at', actor: 'ended_by', says: `concat_ws(' ', id, outcome)` },
      `unblocking u WHERE outcome <> 'confirmed' AND NOT EXISTS (SELECT FROM event e WHERE e.aggregate_id = u.case_id
        AND e.at = u.ended_at AND e.type = 'CORRECT_PARTICULARS' AND u.kind = 'country')`,
    ),
    events: {
      which: types('case', ...Object.keys(ENDINGS)),
      says: `concat_ws(' ', facets ->> 'unblocking', ${saying(ENDINGS)})`,
    },
  },
  {
    table: 'unblocking',
    rows: row(
      { id: 'min(id::text)', of: 'case_id', at: 'ended_at', actor: 'ended_by' },
      `unblocking u WHERE outcome = 'confirmed' GROUP BY case_id, ended_at, ended_by`,
    ),
    events: {
      which: types('case', 'WITHDRAW_PERSECUTION_ACTOR', 'WITHDRAW_THIRD_PERSON', 'CORRECT_PARTICULARS'),
      optional: 'true',
    },
  },
  {
    table: 'blocked_closing',
    rows: row({ of: 'referral_id', at: 'asked_at', actor: 'asked_by', says: 'id::text' }, 'blocked_closing'),
    events: { which: types('referral', 'ASK_CLOSING'), says: `facets ->> 'closing'` },
  },
  {
    table: 'blocked_closing',
    rows: row(
      { of: 'referral_id', at: 'ended_at', actor: 'ended_by', says: `concat_ws(' ', id, outcome)` },
      'blocked_closing WHERE ended_at IS NOT NULL',
    ),
    events: {
      which: types('referral', ...Object.keys(CLOSINGS)),
      says: `concat_ws(' ', facets ->> 'closing', ${saying(CLOSINGS)})`,
    },
  },
  {
    table: 'postal_delivery',
    rows: row({ id: 'referral_id', of: 'referral_id', at: 'recorded_at', actor: 'recorded_by' }, 'postal_delivery'),
    events: { which: `${types('referral', 'RECORD_RECEIPT')} AND facets ->> 'channel' = 'paper'` },
  },
  {
    table: 'referral',
    rows: row({ of: 'id', at: 'created_at', says: `concat_ws(' ', kind, body_sha256)` }, 'referral'),
    events: {
      which: types('referral', 'CREATE_REFERRAL'),
      actor: NOBODY,
      says: `concat_ws(' ', facets ->> 'kind', facets ->> 'bodySha256')`,
    },
  },
  {
    table: 'referral',
    rows: row({ of: 'id', at: 'suspended_at' }, 'referral WHERE suspended_at IS NOT NULL'),
    events: { which: types('referral', 'SUSPEND_ACCESS'), actor: NOBODY, optional: marksNothing('SUSPEND_ACCESS') },
  },
  {
    table: 'referral',
    rows: row({ of: 'id', at: 'corrected_at' }, 'referral WHERE corrected_at IS NOT NULL'),
    events: {
      which: types('referral', 'MARK_CORRECTED', 'SUSPEND_ACCESS'),
      actor: NOBODY,
      optional: marksNothing('MARK_CORRECTED', 'SUSPEND_ACCESS'),
    },
  },
  {
    table: 'receipt',
    // The hash of what was received stands in the events since envelopes are sent.
    rows: row(
      {
        id: 'referral_id',
        of: 'referral_id',
        at: 'recorded_at',
        says: `concat_ws(' ', channel, CASE WHEN EXISTS (SELECT FROM event e WHERE e.aggregate_id = referral_id
          AND e.type = 'RECORD_RECEIPT' AND e.facets ? 'bodySha256') THEN body_sha256 END)`,
      },
      'receipt',
    ),
    events: {
      which: types('referral', 'RECORD_RECEIPT'),
      actor: NOBODY,
      says: `concat_ws(' ', facets ->> 'channel', facets ->> 'bodySha256')`,
    },
  },
  {
    table: 'acknowledgement',
    rows: row(
      {
        id: 'referral_id',
        of: 'referral_id',
        at: 'acknowledged_at',
        actor: 'acknowledged_by',
        says: `concat('', letter_id)`,
      },
      'acknowledgement',
    ),
    events: { which: types('referral', 'ACKNOWLEDGE'), says: `concat('', facets ->> 'letter')` },
  },
  {
    table: 'recipient_letter',
    rows: row(
      {
        of: 'referral_id',
        at: 'recorded_at',
        actor: 'recorded_by',
        says: `concat_ws(' ', id, says, written_on, outcome IS DISTINCT FROM 'recorded')`,
      },
      'recipient_letter',
    ),
    events: {
      which: types('referral', 'RECORD_LETTER'),
      says: `concat_ws(' ', facets ->> 'letter', facets ->> 'says', (facets ->> 'writtenOn')::date, (facets ->> 'waits')::boolean)`,
    },
  },
  {
    table: 'recipient_letter',
    rows: row(
      { of: 'referral_id', at: 'decided_at', actor: 'decided_by', says: `concat_ws(' ', id, outcome)` },
      'recipient_letter WHERE decided_at IS NOT NULL',
    ),
    // What a second person confirmed is the recipient's command itself.
    events: {
      which: `aggregate_kind = 'referral' AND (type = 'REFUSE_LETTER' OR (facets -> 'confirmed')::boolean)`,
      says: `concat_ws(' ', facets ->> 'letter', CASE type WHEN 'REFUSE_LETTER' THEN 'refused' ELSE 'confirmed' END)`,
    },
  },
  {
    table: 'access_grant',
    rows: row(
      {
        of: 'referral_id',
        at: 'valid_from',
        actor: 'opened_by',
        says: `concat_ws(' ', id, purpose, CASE WHEN user_id IS NULL THEN 'GRANT_ACCESS' ELSE 'OPEN_FILE' END)`,
      },
      'access_grant',
    ),
    events: {
      which: types('referral', 'OPEN_FILE', 'GRANT_ACCESS'),
      says: `concat_ws(' ', facets ->> 'grant', facets ->> 'purpose', type)`,
    },
  },
  {
    // A standing grant that a later one replaces ends with the event that gives the later one.
    table: 'access_grant',
    rows: row(
      { of: 'referral_id', at: 'revoked_at', actor: 'revoked_by' },
      'access_grant WHERE revoked_at IS NOT NULL',
    ),
    events: { which: types('referral', 'REVOKE_GRANT', 'GRANT_ACCESS'), optional: `type = 'GRANT_ACCESS'` },
  },
  {
    table: 'feedback',
    rows: row(
      {
        of: 'referral_id',
        at: 'given_at',
        actor: 'given_by',
        says: `concat_ws(' ', id, kind, outcome, ends, clears, letter_id)`,
      },
      'feedback',
    ),
    events: {
      which: types('referral', 'GIVE_FEEDBACK'),
      says: `concat_ws(' ', facets ->> 'id', facets ->> 'feedback', facets ->> 'outcome',
        (facets ->> 'ends')::boolean, (facets ->> 'clears')::boolean, facets ->> 'letter')`,
    },
  },
  {
    table: 'correction_answer',
    rows: row(
      { of: 'referral_id', at: 'answered_at', actor: 'answered_by', says: `concat_ws(' ', id, answer, letter_id)` },
      'correction_answer',
    ),
    events: {
      which: types('referral', 'ANSWER_CORRECTION'),
      says: `concat_ws(' ', facets ->> 'id', facets ->> 'answer', facets ->> 'letter')`,
    },
  },
  {
    table: 'reconsideration',
    rows: row({ of: 'case_id', at: 'opened_at', says: `concat_ws(' ', id, correction_id)` }, 'reconsideration'),
    events: {
      which: types('case', 'OPEN_RECONSIDERATION'),
      actor: NOBODY,
      says: `concat_ws(' ', facets ->> 'reconsideration', facets ->> 'recalled')`,
    },
  },
  {
    table: 'reconsideration',
    rows: row(
      { of: 'case_id', at: 'decided_at', actor: 'decided_by', says: `concat_ws(' ', id, outcome)` },
      'reconsideration WHERE outcome IS NOT NULL',
    ),
    events: {
      which: types('case', 'DECIDE_RECONSIDERATION'),
      says: `concat_ws(' ', facets ->> 'reconsideration', facets ->> 'outcome')`,
    },
  },
  {
    table: 'referral_request',
    rows: row(
      { of: 'referral_id', at: 'asked_at', actor: 'asked_by', says: `concat_ws(' ', id, kind)` },
      'referral_request WHERE feedback_id IS NULL',
    ),
    events: {
      which: types('referral', 'REQUEST_MORE'),
      says: `concat_ws(' ', facets ->> 'request', facets ->> 'asks')`,
    },
  },
  {
    table: 'referral_request',
    rows: row(
      { of: 'referral_id', at: 'asked_at', actor: 'asked_by', says: 'feedback_id::text' },
      'referral_request WHERE feedback_id IS NOT NULL',
    ),
    events: {
      which: `${types('referral', 'GIVE_FEEDBACK')} AND facets ->> 'feedback' = 'incomplete'`,
      // Of a case that was erased before such feedback became a request, none was made.
      optional: 'case_id NOT IN (SELECT case_id FROM data_key WHERE wrapped IS NOT NULL)',
      says: `facets ->> 'id'`,
    },
  },
  {
    table: 'referral_request',
    rows: row(
      {
        of: 'referral_id',
        at: 'answered_at',
        actor: 'answered_by',
        says: `concat_ws(' ', id, CASE outcome WHEN 'refused' THEN 'REFUSE_REQUEST' WHEN 'withdrawn' THEN 'WITHDRAW_REQUEST'
          ELSE 'ANSWER_REQUEST' END, refusal)`,
      },
      'referral_request WHERE outcome IS NOT NULL',
    ),
    events: {
      which: types('referral', 'ANSWER_REQUEST', 'REFUSE_REQUEST', 'WITHDRAW_REQUEST'),
      says: `concat_ws(' ', facets ->> 'request', type, facets ->> 'refusal')`,
    },
  },
  {
    table: 'hold',
    rows: row({ of: 'referral_id', at: 'asked_at', actor: 'asked_by', says: `concat_ws(' ', id, kind)` }, 'hold'),
    events: {
      which: types('referral', 'ASK_HOLD'),
      says: `concat_ws(' ', facets ->> 'hold', facets ->> 'holds')`,
    },
  },
  {
    table: 'hold',
    rows: row(
      {
        of: 'referral_id',
        at: 'decided_at',
        actor: 'decided_by',
        says: `concat_ws(' ', id, CASE WHEN granted THEN 'GRANT_HOLD' ELSE 'REFUSE_HOLD' END)`,
      },
      'hold WHERE granted IS NOT NULL',
    ),
    events: {
      which: types('referral', 'GRANT_HOLD', 'REFUSE_HOLD'),
      says: `concat_ws(' ', facets ->> 'hold', type)`,
    },
  },
  {
    table: 'deadline',
    rows: `SELECT min(d.id::text) AS id, p.id AS "of", d.starts_at AS at, NULL::uuid AS actor,
      string_agg(d.subject_id::text, ' ' ORDER BY d.subject_id) AS says
      FROM deadline d JOIN hold h ON h.id = d.subject_id JOIN person p ON p.case_id = d.case_id WHERE d.kind = 'brokenStay' GROUP BY p.id, d.starts_at`,
    events: {
      which: `aggregate_kind = 'person' AND facets ? 'stays'`,
      actor: NOBODY,
      says: `(SELECT string_agg(stay, ' ' ORDER BY stay::uuid) FROM jsonb_array_elements_text(facets -> 'stays') AS stay)`,
    },
  },
  {
    table: 'hold',
    // A recall is whoever's it is: the hold itself names nobody then.
    rows: row(
      { of: 'referral_id', at: 'ended_at', actor: 'ended_by', says: `concat_ws(' ', id, ended_because)` },
      'hold WHERE ended_at IS NOT NULL',
    ),
    events: {
      which: types('referral', 'END_HOLD', 'WITHDRAW_HOLD'),
      actor: `CASE WHEN facets ->> 'because' = 'recalled' THEN NULL ELSE actor_id END`,
      says: `concat_ws(' ', facets ->> 'hold', facets ->> 'because')`,
    },
  },
  {
    table: 'person_request',
    rows: row(
      { of: 'id', at: 'asked_at', actor: 'asked_by', says: `concat_ws(' ', authority_id, purpose)` },
      'person_request',
    ),
    events: {
      which: types('request', 'ASK_ABOUT_PERSON'),
      says: `concat_ws(' ', facets ->> 'authority', facets ->> 'purpose')`,
    },
  },
  {
    table: 'person_request',
    rows: row({ of: 'id', at: 'withdrawn_at', actor: 'withdrawn_by' }, 'person_request WHERE withdrawn_at IS NOT NULL'),
    events: { which: types('request', 'WITHDRAW_PERSON_REQUEST') },
  },
  {
    table: 'person_request_proposal',
    rows: row(
      { of: 'request_id', at: 'proposed_at', actor: 'proposed_by', says: `concat_ws(' ', id, outcome)` },
      'person_request_proposal',
    ),
    events: {
      which: types('request', 'PROPOSE_ANSWER'),
      says: `concat_ws(' ', facets ->> 'proposal', facets ->> 'outcome')`,
    },
  },
  {
    table: 'person_request_proposal',
    rows: row(
      { of: 'request_id', at: 'decided_at', actor: 'decided_by', says: `concat_ws(' ', id, decision)` },
      'person_request_proposal WHERE decision IS NOT NULL',
    ),
    events: {
      which: types('request', 'CONFIRM_ANSWER', 'RETURN_ANSWER'),
      says: `concat_ws(' ', facets ->> 'proposal', CASE type WHEN 'CONFIRM_ANSWER' THEN 'confirmed' ELSE 'returned' END)`,
    },
  },
  {
    table: 'person_request_answer',
    rows: row(
      {
        id: 'request_id',
        of: 'request_id',
        at: 'decided_at',
        actor: 'decided_by',
        says: `concat_ws(' ', outcome, refusal, referral_id)`,
      },
      'person_request_answer',
    ),
    events: {
      which: types('request', 'CONFIRM_ANSWER'),
      says: `concat_ws(' ', facets ->> 'outcome', facets ->> 'refusal', facets ->> 'referral')`,
    },
  },
];
