/** Rows of one kind and the events that tell of them, both as SQL, so that each can be held against the other. */
export interface RowKind {
  readonly table: string;
  /** Selects `id`, `of` (the aggregate), `at`, `actor` and `says`; one of these rows per event. */
  readonly rows: string;
  readonly events: {
    /** Which of the events. */
    readonly which: string;
    /** Default: the aggregate in whose chain it stands. */
    readonly of?: string;
    /** Default: who acted. NULL where the row does not name a person. */
    readonly actor?: string;
    /** What the row must say as well. */
    readonly says?: string;
    /** Of these events a row may be missing. */
    readonly optional?: string;
  };
}

const row = (columns: { id?: string; of: string; at: string; actor?: string; says?: string }, from: string): string =>
  `SELECT ${columns.id ?? 'id'}::text AS id, ${columns.of} AS "of", ${columns.at} AS at, ${columns.actor ?? 'NULL::uuid'} AS actor,
     ${columns.says ?? `''`} AS says FROM ${from}`;

const types = (kind: 'case' | 'interview' | 'referral' | 'questionnaire' | 'request', ...names: string[]): string =>
  `aggregate_kind = '${kind}' AND type IN (${names.map((name) => `'${name}'`).join(', ')})`;

const NOBODY = 'NULL::uuid';
const FILE_SAYS = `concat_ws(' ', facets ->> 'id', facets ->> 'bytes', facets ->> 'mediaType')`;
const FILE_ROW = { at: 'added_at', actor: 'added_by', says: `concat_ws(' ', id, bytes, media_type)` };

const saying = (said: Readonly<Record<string, string>>): string =>
  `CASE type ${Object.entries(said)
    .map(([type, word]) => `WHEN '${type}' THEN '${word}'`)
    .join(' ')} END`;

const APPEALS = {
  WITHDRAW_APPEAL: 'withdrawn',
  UPHOLD_DECISION: 'upheld',
  UPHOLD_PARTLY: 'partlyUpheld',
  QUASH: 'quashed',
  BECOME_FINAL: 'quashed',
  REMIT: 'remitted',
  REINSTATE: 'reinstated',
};

const ACCOUNT_STEPS = {
  REFER_ACCOUNT: 'proposed',
  REJECT_ACCOUNT: 'rejected',
  CONFIRM_ACCOUNT: 'confirmed',
  REVOKE_AGREEMENT: 'revoked',
};

/** Every row that one event alone accounts for. An event's time is also the time in its row. */
export const ROW_KINDS: readonly RowKind[] = [
  {
    table: 'case_file',
    rows: row(
      {
        of: 'id',
        at: 'created_at',
        actor: 'created_by',
        says: `concat_ws(' ', unit, country_of_origin, procedure_type)`,
      },
      'case_file',
    ),
    events: {
      which: types('case', 'REGISTER_CASE'),
      says: `concat_ws(' ', facets ->> 'unit', facets ->> 'country', facets ->> 'procedure')`,
    },
  },
  {
    table: 'assignment',
    rows: row({ of: 'case_id', at: 'assigned_at', actor: 'assigned_by' }, 'assignment'),
    events: { which: types('case', 'ASSIGN') },
  },
  {
    table: 'assignment',
    rows: row({ of: 'case_id', at: 'ended_at' }, 'assignment WHERE ended_at IS NOT NULL'),
    events: { which: types('case', 'END_ASSIGNMENT'), actor: NOBODY },
  },
  {
    table: 'departure',
    rows: row({ of: 'case_id', at: 'recorded_at', actor: 'recorded_by', says: 'id::text' }, 'departure'),
    events: { which: types('case', 'EXPECT_DEPARTURE'), says: `facets ->> 'departure'` },
  },
  {
    table: 'data_key',
    rows: row({ id: 'case_id', of: 'case_id', at: 'erased_at' }, 'data_key WHERE erased_at IS NOT NULL'),
    events: { which: types('case', 'ERASE_CONTENT'), actor: NOBODY },
  },
  {
    table: 'legal_hold',
    rows: row({ of: 'case_id', at: 'placed_at', actor: 'placed_by', says: 'id::text' }, 'legal_hold'),
    events: { which: types('case', 'PLACE_LEGAL_HOLD'), says: `facets ->> 'hold'` },
  },
  {
    // What is expected anew takes the place of what was expected before.
    table: 'departure',
    rows: row({ of: 'case_id', at: 'withdrawn_at' }, 'departure WHERE withdrawn_at IS NOT NULL'),
    events: {
      which: types('case', 'WITHDRAW_DEPARTURE', 'EXPECT_DEPARTURE'),
      actor: NOBODY,
      optional: `type = 'EXPECT_DEPARTURE'`,
    },
  },
  {
    table: 'document',
    rows: row({ of: 'case_id', ...FILE_ROW }, 'document'),
    events: { which: types('case', 'ADD_DOCUMENT'), says: FILE_SAYS },
  },
  {
    table: 'interview',
    rows: row({ of: 'id', at: 'created_at', actor: 'interviewer_id', says: 'purpose' }, 'interview'),
    events: { which: types('interview', 'OPEN_INTERVIEW'), says: `facets ->> 'purpose'` },
  },
  {
    table: 'interview',
    rows: row({ of: 'id', at: 'sealed_at' }, 'interview WHERE sealed_at IS NOT NULL'),
    events: { which: types('interview', 'SEAL_INTERVIEW'), actor: NOBODY },
  },
  {
    table: 'answer',
    rows: row({ of: 'interview_id', at: 'recorded_at', actor: 'recorded_by' }, 'answer'),
    // An answer that a move to another version repeats is still of whoever recorded it.
    events: {
      which: types('interview', 'RECORD_ANSWER', 'MIGRATE_ANSWER'),
      actor: `CASE type WHEN 'MIGRATE_ANSWER' THEN (facets ->> 'recordedBy')::uuid ELSE actor_id END`,
    },
  },
  {
    table: 'recording',
    rows: row({ of: 'interview_id', ...FILE_ROW }, 'recording'),
    events: { which: types('interview', 'ADD_RECORDING'), says: FILE_SAYS },
  },
  {
    table: 'notice',
    rows: row({ of: 'coalesce(interview_id, case_id)', at: 'served_at', actor: 'served_by', says: 'kind' }, 'notice'),
    events: {
      which: `type IN ('GIVE_NOTICE', 'SERVE_INTENTION', 'SERVE_DECISION')`,
      says: saying({ GIVE_NOTICE: 'purpose', SERVE_INTENTION: 'intention', SERVE_DECISION: 'decision' }),
    },
  },
  {
    table: 'submission',
    rows: row(
      {
        of: 'case_id',
        at: 'received_at',
        actor: 'recorded_by',
        says: `CASE kind WHEN 'replyToIntention' THEN 'reply' ELSE 'other' END`,
      },
      'submission',
    ),
    events: {
      which: `type IN ('RECORD_REPLY', 'RECORD_SUBMISSION', 'ADD_COMMENT', 'SEAL_INTERVIEW')`,
      of: 'case_id',
      says: `CASE type WHEN 'RECORD_REPLY' THEN 'reply' ELSE 'other' END`,
      // Sealing takes a comment with it where one was made.
      optional: `type = 'SEAL_INTERVIEW'`,
    },
  },
  {
    table: 'disclosure',
    rows: row({ of: 'case_id', at: 'disclosed_at', actor: 'disclosed_by' }, 'disclosure'),
    events: { which: types('case', 'RECORD_DISCLOSURE') },
  },
  {
    table: 'review',
    rows: row(
      {
        of: 'case_id',
        at: 'at',
        actor: 'reviewer_id',
        says: `CASE kind WHEN 'legal' THEN 'legal' ELSE outcome END`,
      },
      'review',
    ),
    events: {
      which: types('case', 'SIGN_OFF_LEGALLY', 'APPROVE_REVIEW', 'RETURN_REVIEW'),
      says: saying({ SIGN_OFF_LEGALLY: 'legal', APPROVE_REVIEW: 'approved', RETURN_REVIEW: 'returned' }),
    },
  },
  {
    table: 'suspicion_decision',
    rows: row({ of: 'case_id', at: 'proposed_at', actor: 'proposed_by' }, 'suspicion_decision'),
    events: { which: types('case', 'PROPOSE_SUSPICION', 'PROPOSE_AFTER_CORRECTION') },
  },
  {
    table: 'suspicion_decision',
    rows: row(
      { of: 'case_id', at: 'decided_at', actor: 'decided_by', says: 'outcome' },
      `suspicion_decision WHERE outcome IN ('confirmed', 'rejected')`,
    ),
    events: {
      which: types('case', 'CONFIRM_SUSPICION', 'REJECT_SUSPICION'),
      says: saying({ CONFIRM_SUSPICION: 'confirmed', REJECT_SUSPICION: 'rejected' }),
    },
  },
  {
    table: 'suspicion_decision',
    rows: row({ of: 'case_id', at: 'decided_at' }, `suspicion_decision WHERE outcome = 'overtaken'`),
    // Whatever moved the case on may have overtaken it.
    events: { which: 'case_id IS NOT NULL', of: 'case_id', actor: NOBODY, optional: 'true' },
  },
  {
    table: 'decision',
    rows: row({ of: 'case_id', at: 'decided_at', actor: 'decided_by', says: 'outcome' }, 'decision'),
    events: {
      which: types('case', 'DECIDE_EXCLUSION', 'DECIDE_NOT_EXCLUDED', 'REINSTATE'),
      says: saying({ DECIDE_EXCLUSION: 'excluded', DECIDE_NOT_EXCLUDED: 'notExcluded', REINSTATE: 'excluded' }),
    },
  },
  {
    table: 'decision',
    rows: row({ of: 'case_id', at: 'quashed_at' }, 'decision WHERE quashed_at IS NOT NULL'),
    // A judgment on what an earlier one already quashed quashes nothing.
    events: { which: types('case', 'QUASH', 'REMIT', 'BECOME_FINAL'), actor: NOBODY, optional: 'true' },
  },
  {
    // A judgment that came without an appeal on file makes its row itself, decided as it is lodged: the next entry holds it.
    table: 'appeal',
    rows: row({ of: 'case_id', at: 'lodged_at' }, 'appeal WHERE decided_at IS DISTINCT FROM lodged_at'),
    events: { which: types('case', 'APPEAL'), actor: NOBODY },
  },
  {
    table: 'appeal',
    rows: row({ of: 'case_id', at: 'decided_at', says: 'outcome' }, 'appeal WHERE outcome IS NOT NULL'),
    events: { which: types('case', ...Object.keys(APPEALS)), actor: NOBODY, says: saying(APPEALS), optional: 'true' },
  },
  {
    table: 'third_person',
    rows: row(
      { of: 'case_id', at: 'recorded_at', actor: 'recorded_by', says: `concat_ws(' ', category, relation)` },
      'third_person',
    ),
    events: {
      which: types('case', 'RECORD_THIRD_PERSON'),
      says: `concat_ws(' ', facets ->> 'category', facets ->> 'relation')`,
    },
  },
  {
    table: 'third_person',
    rows: row(
      { of: 'case_id', at: 'whereabouts_approved_at', actor: 'whereabouts_approved_by' },
      'third_person WHERE whereabouts_approved_at IS NOT NULL',
    ),
    events: { which: types('case', 'APPROVE_WHEREABOUTS') },
  },
  {
    table: 'third_person',
    rows: row(
      { of: 'case_id', at: 'withdrawn_at', actor: 'withdrawn_by' },
      'third_person WHERE withdrawn_at IS NOT NULL',
    ),
    events: { which: types('case', 'WITHDRAW_THIRD_PERSON') },
  },
  {
    table: 'undisclosed_exculpatory',
    rows: row({ of: 'case_id', at: 'recorded_at', actor: 'recorded_by' }, 'undisclosed_exculpatory'),
    events: { which: types('case', 'RECORD_UNDISCLOSED_EXCULPATORY') },
  },
  {
    table: 'translation',
    rows: row({ of: 'case_id', at: 'added_at', actor: 'added_by' }, 'translation'),
    events: { which: types('case', 'ADD_TRANSLATION') },
  },
  {
    table: 'package_override',
    rows: row(
      {
        of: 'case_id',
        at: 'asked_at',
        actor: 'asked_by',
        says: `concat_ws(' ', kind, gaps_hash, analysis_revision)`,
      },
      'package_override',
    ),
    events: {
      which: types('case', 'ASK_PACKAGE_OVERRIDE'),
      says: `concat_ws(' ', facets ->> 'kind', facets ->> 'gapsHash', facets ->> 'analysisRevision')`,
    },
  },
  {
    table: 'package_override',
    rows: row(
      { of: 'case_id', at: 'decided_at', actor: 'decided_by', says: 'outcome' },
      'package_override WHERE outcome IS NOT NULL',
    ),
    events: { which: types('case', 'DECIDE_PACKAGE_OVERRIDE'), says: `facets ->> 'outcome'` },
  },
  {
    table: 'prosecution_track',
    rows: row({ of: 'case_id', at: 'at', actor: 'by_id', says: 'step' }, 'prosecution_track'),
    events: {
      which: types('case', 'RECORD_REMOVAL_BAR', 'REVIEW_PROSECUTION_TRACK', 'CLOSE_PROSECUTION_TRACK'),
      says: saying({
        RECORD_REMOVAL_BAR: 'opened',
        REVIEW_PROSECUTION_TRACK: 'reviewed',
        CLOSE_PROSECUTION_TRACK: 'closed',
      }),
    },
  },
  {
    table: 'account_agreement',
    rows: row({ of: 'case_id', at: 'recorded_at', actor: 'recorded_by' }, 'account_agreement'),
    events: { which: types('case', 'RECORD_AGREEMENT') },
  },
  {
    table: 'account_step',
    rows: row({ of: 'case_id', at: 'at', actor: 'by_id', says: 'step' }, 'account_step'),
    events: {
      which: types('case', ...Object.keys(ACCOUNT_STEPS)),
      says: saying(ACCOUNT_STEPS),
    },
  },
  {
    table: 'questionnaire_approval',
    rows: row({ of: 'questionnaire_id', at: 'at', actor: 'by_id', says: 'outcome' }, 'questionnaire_approval'),
    events: {
      which: types('questionnaire', 'APPROVE_QUESTIONNAIRE', 'RETURN_QUESTIONNAIRE'),
      says: saying({ APPROVE_QUESTIONNAIRE: 'approved', RETURN_QUESTIONNAIRE: 'returned' }),
    },
  },
  {
    table: 'questionnaire_migration',
    rows: row({ of: 'questionnaire_id', at: 'proposed_at', actor: 'proposed_by' }, 'questionnaire_migration'),
    events: { which: types('questionnaire', 'PROPOSE_MIGRATION') },
  },
  {
    table: 'persecution_actor',
    rows: row({ of: 'case_id', at: 'recorded_at', actor: 'recorded_by' }, 'persecution_actor'),
    events: { which: types('case', 'RECORD_PERSECUTION_ACTOR') },
  },
  {
    table: 'persecution_actor',
    rows: row({ of: 'case_id', at: 'withdrawn_at' }, 'persecution_actor WHERE withdrawn_at IS NOT NULL'),
    events: { which: types('case', 'WITHDRAW_PERSECUTION_ACTOR'), actor: NOBODY },
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
      { id: 'referral_id', of: 'referral_id', at: 'acknowledged_at', actor: 'acknowledged_by' },
      'acknowledgement',
    ),
    events: { which: types('referral', 'ACKNOWLEDGE') },
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
        says: `concat_ws(' ', id, kind, outcome, ends, clears)`,
      },
      'feedback',
    ),
    events: {
      which: types('referral', 'GIVE_FEEDBACK'),
      says: `concat_ws(' ', facets ->> 'id', facets ->> 'feedback', facets ->> 'outcome',
        (facets ->> 'ends')::boolean, (facets ->> 'clears')::boolean)`,
    },
  },
  {
    table: 'correction_answer',
    rows: row(
      { of: 'referral_id', at: 'answered_at', actor: 'answered_by', says: `concat_ws(' ', id, answer)` },
      'correction_answer',
    ),
    events: {
      which: types('referral', 'ANSWER_CORRECTION'),
      says: `concat_ws(' ', facets ->> 'id', facets ->> 'answer')`,
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
      'referral_request',
    ),
    events: {
      which: types('referral', 'REQUEST_MORE'),
      says: `concat_ws(' ', facets ->> 'request', facets ->> 'asks')`,
    },
  },
  {
    table: 'referral_request',
    rows: row(
      {
        of: 'referral_id',
        at: 'answered_at',
        actor: 'answered_by',
        says: `concat_ws(' ', id, CASE outcome WHEN 'refused' THEN 'REFUSE_REQUEST' ELSE 'ANSWER_REQUEST' END, refusal)`,
      },
      'referral_request WHERE outcome IS NOT NULL',
    ),
    events: {
      which: types('referral', 'ANSWER_REQUEST', 'REFUSE_REQUEST'),
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
    table: 'hold',
    rows: row(
      { of: 'referral_id', at: 'ended_at', actor: 'ended_by', says: 'id::text' },
      'hold WHERE ended_at IS NOT NULL',
    ),
    events: { which: types('referral', 'END_HOLD'), says: `facets ->> 'hold'` },
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
