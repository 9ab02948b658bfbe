import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CASE_COMMANDS, ELSEWHERE } from '../../src/cases/case-command.dto.js';
import type { Cast } from '../../src/demo/case-walk.js';
import {
  aCaseAt,
  anAgreement,
  aSealedInterview,
  type CaseAt,
  type CaseWanted,
  contentOf,
  decideSuspicion,
  DISCLOSURE,
  GENOCIDE,
  REPLY,
  ROBBERY,
  SURVIVED,
} from '../factories/case-walk.js';
import type { TestApplication } from '../support/application.js';
import { CaseCommands, COURT, JUDGED, REASONS, type Step } from '../support/case-commands.js';

describe('every command of a case', () => {
  let application: TestApplication;
  let cast: Cast;
  let commands: CaseCommands;

  beforeAll(async () => {
    commands = await CaseCommands.start();
    ({ application, cast } = commands);
  });

  afterAll(() => commands?.close());

  const walk = async (
    start: Parameters<typeof aCaseAt>[1],
    steps: readonly Step[],
    wanted?: CaseWanted,
  ): Promise<void> => {
    const at = await aCaseAt(cast, start, wanted);
    for (const step of steps) await commands.take(step, at);
  };

  const NOTHING_SUSPECTED: Step[] = [
    {
      type: 'PROPOSE_SUSPICION',
      by: 'officer',
      not: 'decider',
      says: { suspicion: false, ...REASONS },
      leadsTo: { suspicion: 'proposed' },
    },
    { type: 'CONFIRM_SUSPICION', by: 'reviewer', not: 'officer', leadsTo: { suspicion: 'confirmedNoSuspicion' } },
  ];
  const lookedInto = (at: CaseAt): Promise<void> => decideSuspicion(cast, at.id, false);
  const hasInterview = (at: CaseAt): Promise<string> => aSealedInterview(cast.interviewer, at.id, 'exclusion');

  it('goes through triage and the focused interview', () =>
    walk('triage', [
      { type: 'RETURN_TRIAGE', by: 'interviewer', not: 'officer', says: REASONS, leadsTo: { assessment: 'returned' } },
      { type: 'RESUBMIT_TRIAGE', by: 'officer', not: 'interviewer', leadsTo: { assessment: 'triage' } },
      { type: 'STAY_CLAIM', by: 'decider', not: 'officer', says: REASONS, leadsTo: { claim: 'stayed' } },
      { type: 'RESUME_CLAIM', by: 'decider', not: 'interviewer', leadsTo: { claim: 'pending' } },
      { type: 'ACCEPT_TRIAGE', by: 'interviewer', not: 'officer', leadsTo: { assessment: 'preparing' } },
      { type: 'START_INTERVIEWING', by: 'interviewer', not: 'reviewer', leadsTo: { assessment: 'interviewing' } },
      { type: 'PAUSE_FOR_CAUTION', by: 'interviewer', not: 'officer', leadsTo: { assessment: 'pausedForCaution' } },
      { type: 'RESUME_AFTER_CAUTION', by: 'interviewer', not: 'legal', leadsTo: { assessment: 'interviewing' } },
      {
        type: 'COMPLETE_INTERVIEWING',
        by: 'interviewer',
        not: 'decider',
        first: hasInterview,
        leadsTo: { assessment: 'analysing' },
      },
    ]));

  it('goes through analysis, intention, reply and review to an exclusion', () =>
    walk('written', [
      {
        type: 'EDIT_ANALYSIS',
        by: 'analyst',
        not: 'officer',
        says: ({ interview }) => contentOf({ ...GENOCIDE, place: 'another invented place' }, interview),
      },
      {
        type: 'RECORD_SUBMISSION',
        by: 'officer',
        not: 'reviewer',
        says: { kind: 'evidence', text: 'A letter.', from: 'applicant' },
      },
      { type: 'RECORD_DISCLOSURE', by: 'officer', not: 'legal', says: DISCLOSURE },
      {
        type: 'SERVE_INTENTION',
        by: 'analyst',
        not: 'reviewer',
        says: { text: 'We intend to exclude.', language: 'rw' },
        leadsTo: { assessment: 'intention' },
      },
      { type: 'RECORD_REPLY', by: 'officer', not: 'reviewer', says: REPLY },
      { type: 'SUBMIT_FOR_REVIEW', by: 'analyst', not: 'reviewer', leadsTo: { assessment: 'review' } },
      { type: 'SIGN_OFF_LEGALLY', by: 'legal', not: 'reviewer', says: REASONS },
      { type: 'RETURN_REVIEW', by: 'reviewer', not: 'analyst', says: REASONS, leadsTo: { assessment: 'analysing' } },
      { type: 'SUBMIT_FOR_REVIEW', by: 'analyst', not: 'officer', leadsTo: { assessment: 'review' } },
      { type: 'APPROVE_REVIEW', by: 'reviewer', not: 'decider', says: REASONS, leadsTo: { assessment: 'approved' } },
      {
        type: 'DECIDE_EXCLUSION',
        by: 'decider',
        not: 'reviewer',
        says: ({ outcomes }) => ({ ...REASONS, allegations: outcomes }),
        leadsTo: { assessment: 'excluded' },
      },
      { type: 'SERVE_DECISION', by: 'officer', not: 'reviewer', says: { served: 'On counsel.' } },
    ]));

  it('goes through every judgment', () =>
    walk(
      'excluded',
      [
        { type: 'APPEAL', by: 'legal', not: 'decider', says: COURT, leadsTo: { assessment: 'underAppeal' } },
        { type: 'WITHDRAW_APPEAL', by: 'officer', not: 'decider', says: REASONS, leadsTo: { assessment: 'excluded' } },
        { type: 'APPEAL', by: 'officer', not: 'reviewer', says: COURT },
        {
          type: 'UPHOLD_DECISION',
          by: 'legal',
          not: 'officer',
          says: { ...JUDGED, final: false },
          leadsTo: { assessment: 'excluded' },
        },
        { type: 'APPEAL', by: 'legal', not: 'analyst', says: COURT },
        {
          type: 'UPHOLD_PARTLY',
          by: 'legal',
          not: 'analyst',
          says: ({ outcomes }) => ({ ...JUDGED, final: false, allegations: partly(outcomes) }),
          leadsTo: { assessment: 'excluded', suspicion: 'owed' },
        },
        { type: 'APPEAL', by: 'legal', not: 'interviewer', says: COURT },
        {
          type: 'QUASH',
          by: 'legal',
          not: 'reviewer',
          says: { ...JUDGED, final: false },
          leadsTo: { assessment: 'quashed' },
        },
        {
          type: 'REINSTATE',
          by: 'decider',
          not: 'legal',
          says: ({ outcomes }) => ({ ...JUDGED, final: true, allegations: outcomes }),
          leadsTo: { assessment: 'excluded' },
        },
        { type: 'APPEAL', by: 'legal', not: 'decider', says: COURT },
        {
          type: 'REMIT',
          by: 'legal',
          not: 'officer',
          says: { ...JUDGED, final: true },
          leadsTo: { assessment: 'analysing' },
        },
        {
          type: 'FURTHER_INTERVIEW',
          by: 'reviewer',
          not: 'officer',
          says: REASONS,
          leadsTo: { assessment: 'preparing' },
        },
      ],
      { allegations: [GENOCIDE, { ...ROBBERY, stands: true, unclear: [] }] },
    ));

  it('goes through every report that what was told is wrong', () => {
    let referralIds: string[] = [];
    const toldIn = async ({ id }: CaseAt): Promise<void> => {
      const told = await application.rows<{ id: string }>(
        `SELECT id FROM referral WHERE case_id = $1 AND kind = 'exclusion'`,
        [id],
      );
      referralIds = told.map((row) => row.id);
    };
    const undecided = { suspicion: 'owed' };
    return walk('excluded', [
      { type: 'CORRECT_FACTUAL_ERROR', by: 'legal', not: 'officer', says: REASONS, leadsTo: undecided },
      {
        type: 'PROPOSE_AFTER_CORRECTION',
        by: 'officer',
        not: 'decider',
        says: ({ outcomes }) => ({
          ...REASONS,
          suspicion: true,
          allegations: outcomes.map(({ allegationId, stands, reasons }) => ({
            allegationId,
            remains: stands,
            reasons,
          })),
        }),
        leadsTo: { suspicion: 'owedProposed' },
      },
      { type: 'REPORT_MISTAKEN_IDENTITY', by: 'decider', not: 'analyst', says: REASONS, leadsTo: undecided },
      {
        type: 'REPORT_UNLAWFUL_TRANSMISSION',
        by: 'legal',
        not: 'reviewer',
        first: toldIn,
        says: () => ({ ...REASONS, referralIds }),
        leadsTo: undecided,
      },
    ]);
  });

  it('goes through an exclusion that a recipient’s finding lets the authority reopen', () => {
    /** As if a recipient had cleared the person, and somebody had reconsidered: without a worker nothing arrives anywhere. */
    const isReconsidered = ({ id }: CaseAt) =>
      application.rows(
        `WITH told AS (SELECT id FROM referral WHERE case_id = $1 LIMIT 1), people AS (SELECT username, id FROM app_user),
           f AS (INSERT INTO feedback (id, referral_id, case_id, kind, outcome, ends, clears, question_ids, sealed, given_by, given_at)
             SELECT gen_random_uuid(), told.id, $1, 'outcome', 'acquitted', true, true, '{}', '', p.id, f1_now()
             FROM told, people p WHERE p.username = 'prosecutor' RETURNING id)
         INSERT INTO reconsideration (id, feedback_id, case_id, opened_at, outcome, sealed, decided_by, decided_at)
         SELECT gen_random_uuid(), f.id, $1, f1_now(), 'toReopen', '', p.id, f1_now()
         FROM f, people p WHERE p.username = 'second-decider'`,
        [id],
      );
    return walk('excluded', [
      {
        type: 'REOPEN_EXCLUSION',
        by: 'second-decider',
        not: 'legal',
        says: REASONS,
        first: isReconsidered,
        leadsTo: { assessment: 'analysing', suspicion: 'owed' },
      },
    ]);
  });

  it('goes through the track of a person who is excluded and cannot be removed', () =>
    walk('excluded', [
      {
        type: 'RECORD_REMOVAL_BAR',
        by: 'legal',
        not: 'officer',
        says: { route: 'none', ...REASONS },
        leadsTo: { prosecutionTrack: 'trackOpen' },
      },
      {
        type: 'REVIEW_PROSECUTION_TRACK',
        by: 'decider',
        not: 'analyst',
        says: { route: 'extraditionAsked', ...REASONS },
        leadsTo: { prosecutionTrack: 'trackOpen' },
      },
      {
        type: 'CLOSE_PROSECUTION_TRACK',
        by: 'legal',
        not: 'reviewer',
        says: { closing: 'extradited', ...REASONS },
        leadsTo: { prosecutionTrack: 'noTrack' },
      },
    ]));

  it('goes through the account of a survivor, from the agreement to its revocation', () => {
    let interview = '';
    const agreement = { agreementId: '' };
    const isHeard = async ({ id }: CaseAt): Promise<void> => {
      interview = await aSealedInterview(cast.interviewer, id, 'exclusion', SURVIVED);
    };
    const isRecorded = async ({ id }: CaseAt): Promise<void> => {
      const [row] = await application.rows<{ id: string }>('SELECT id FROM account_agreement WHERE case_id = $1', [id]);
      agreement.agreementId = row!.id;
    };
    const about = () => ({ ...agreement, ...REASONS });
    return walk('interviewing', [
      {
        type: 'RECORD_AGREEMENT',
        by: 'officer',
        not: 'reviewer',
        first: isHeard,
        says: () => anAgreement(interview),
        leadsTo: { account: 'noAccount' },
      },
      {
        type: 'REFER_ACCOUNT',
        by: 'officer',
        not: 'decider',
        first: isRecorded,
        says: about,
        leadsTo: { account: 'accountProposed' },
      },
      { type: 'REJECT_ACCOUNT', by: 'legal', not: 'officer', says: REASONS, leadsTo: { account: 'noAccount' } },
      { type: 'REFER_ACCOUNT', by: 'interviewer', not: 'legal', says: about },
      { type: 'CONFIRM_ACCOUNT', by: 'reviewer', not: 'officer', leadsTo: { account: 'noAccount' } },
      { type: 'REVOKE_AGREEMENT', by: 'officer', not: 'decider', says: about, leadsTo: { account: 'noAccount' } },
    ]);
  });

  it('goes through a suspicion that is rejected, confirmed, and closed at triage', () =>
    walk('triage', [
      NOTHING_SUSPECTED[0]!,
      { type: 'REJECT_SUSPICION', by: 'reviewer', not: 'officer', says: REASONS, leadsTo: { suspicion: 'undecided' } },
      ...NOTHING_SUSPECTED,
      { type: 'CLEAR_AT_TRIAGE', by: 'interviewer', not: 'officer', says: REASONS, leadsTo: { assessment: 'closed' } },
      { type: 'REOPEN', by: 'interviewer', not: 'officer', says: REASONS, leadsTo: { assessment: 'preparing' } },
      {
        type: 'CLOSE_WITHOUT_DECISION',
        by: 'decider',
        not: 'officer',
        says: REASONS,
        first: lookedInto,
        leadsTo: { assessment: 'closed' },
      },
      { type: 'GRANT_CLAIM', by: 'decider', not: 'officer', says: REASONS, leadsTo: { claim: 'granted' } },
    ]));

  it('goes through a decision that nothing excludes, which becomes final in time', async () => {
    const at = await aCaseAt(cast, 'analysing');
    await decideSuspicion(cast, at.id, false);
    await cast.interviewer.post(`/api/cases/${at.id}/commands`, { type: 'SUBMIT_FOR_REVIEW' });
    await cast.reviewer.post(`/api/cases/${at.id}/commands`, { type: 'APPROVE_REVIEW', ...REASONS });
    await commands.take(
      {
        type: 'DECIDE_NOT_EXCLUDED',
        by: 'decider',
        not: 'reviewer',
        says: { ...REASONS, allegations: [] },
        leadsTo: { assessment: 'notExcluded' },
      },
      at,
    );
    const final: Step = {
      type: 'BECOME_FINAL',
      by: 'decider',
      not: 'officer',
      leadsTo: { assessment: 'finalNotExcluded' },
    };
    expect(await commands.send(final, 'decider', at)).toMatchObject({ status: 409, body: { code: 'commandRefused' } });
    await cast.officer.post(`/api/cases/${at.id}/commands`, { type: 'SERVE_DECISION', served: 'On the applicant.' });
    expect(await commands.send(final, 'decider', at)).toMatchObject({ status: 409, body: { code: 'commandRefused' } });
    await application.owner.query(
      `UPDATE deadline SET due_at = f1_now() - interval '1 minute' WHERE subject_id = $1 AND kind = 'appeal'`,
      [at.id],
    );
    await commands.take(final, at);
  });

  it.each([
    ['REFUSE_CLAIM', 'decider', 'officer', 'refused'],
    ['DECLARE_INADMISSIBLE', 'decider', 'officer', 'inadmissible'],
    ['WITHDRAW_CLAIM', 'officer', 'interviewer', 'withdrawnExplicitly'],
    ['TREAT_AS_WITHDRAWN', 'decider', 'officer', 'withdrawnImplicitly'],
    ['TRANSFER_CLAIM', 'officer', 'reviewer', 'transferred'],
  ])(
    'ends the claim by %s only once the suspicion was looked into, and opens it again',
    async (type, by, not, claim) => {
      const at = await aCaseAt(cast, 'triage');
      const end: Step = { type, by, not, says: REASONS, leadsTo: { claim, assessment: 'closed' } };
      const early = await commands.send(end, by, at);
      expect(early).toMatchObject({ status: 409, body: { code: 'commandRefused', command: type } });
      expect(early.body.detail).toContain('suspicion decision');
      await commands.take({ ...end, first: lookedInto }, at);
      const leadsTo = { claim: 'reopened', assessment: 'triage', suspicion: 'undecided' };
      await commands.take({ type: 'REOPEN_CLAIM', by: 'officer', not: 'interviewer', says: REASONS, leadsTo }, at);
    },
  );

  it('was tried above', () => {
    expect([...commands.taken].sort()).toEqual([...CASE_COMMANDS.keys(), ...Object.keys(ELSEWHERE)].sort());
  });
});

const partly = (outcomes: CaseAt['outcomes']): object[] =>
  outcomes.map((outcome, index) => ({ ...outcome, stands: index === 0 }));
