import { NOBODY, row, type RowKind, saying, takenBack, types } from './row-kind.js';
import { TELLING } from './row-kinds-telling.js';

const FILE_SAYS = `concat_ws(' ', facets ->> 'id', facets ->> 'bytes', facets ->> 'mediaType')`;
const FILE_ROW = { at: 'added_at', actor: 'added_by', says: `concat_ws(' ', id, bytes, media_type)` };

const APPEALS = {
  WITHDRAW_APPEAL: 'withdrawn',
  UPHOLD_DECISION: 'upheld',
  UPHOLD_PARTLY: 'partlyUpheld',
  QUASH: 'quashed',
  BECOME_FINAL: 'quashed',
  REMIT: 'remitted',
  REINSTATE: 'reinstated',
  REOPEN_EXCLUSION: 'overtaken',
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
    // One word releases every hold that others placed.
    table: 'legal_hold',
    rows: `SELECT min(id::text) AS id, case_id AS "of", released_at AS at, released_by AS actor, string_agg(id::text, ' ' ORDER BY id) AS says
      FROM legal_hold WHERE released_at IS NOT NULL GROUP BY case_id, released_at, released_by`,
    events: {
      which: types('case', 'RELEASE_LEGAL_HOLD'),
      says: `(SELECT string_agg(hold, ' ' ORDER BY hold::uuid) FROM jsonb_array_elements_text(facets -> 'holds') AS hold)`,
    },
  },
  {
    table: 'erasure',
    rows: row(
      { of: 'case_id', at: 'confirmed_at', actor: 'confirmed_by', says: 'id::text' },
      'erasure WHERE confirmed_at IS NOT NULL',
    ),
    // One that is repeated after a restore has no second word of its own.
    events: { which: `${types('case', 'ERASE_CONTENT')} AND facets ? 'erasure'`, says: `facets ->> 'erasure'` },
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
    events: {
      which: types('case', 'QUASH', 'REMIT', 'BECOME_FINAL', 'REOPEN_EXCLUSION'),
      actor: NOBODY,
      optional: 'true',
    },
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
  ...takenBack('third_person', 'THIRD_PERSON'),
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
  ...TELLING,
];
