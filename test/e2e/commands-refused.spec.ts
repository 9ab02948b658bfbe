import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { CASE_COMMANDS, ELSEWHERE } from '../../src/cases/case-command.dto.js';
import { aCaseAt, type CaseAt, contentOf, decideSuspicion, GENOCIDE, REPLY } from '../factories/case-walk.js';
import { CaseCommands, COURT, JUDGED, REASONS } from '../support/case-commands.js';

describe('every command of a case', () => {
  let commands: CaseCommands;

  beforeAll(async () => {
    commands = await CaseCommands.start();
  });

  afterAll(() => commands?.close());

  describe('is refused in a state that does not know it:', () => {
    let early: CaseAt;
    let ended: CaseAt;

    beforeAll(async () => {
      const { cast } = commands;
      early = await aCaseAt(cast, 'triage');
      ended = await aCaseAt(cast, 'triage');
      await decideSuspicion(cast, ended.id, false);
      await cast.decider.post(`/api/cases/${ended.id}/commands`, { type: 'REFUSE_CLAIM', ...REASONS });
    });

    const LATE: readonly [type: string, by: string, says?: object][] = [
      ['RESUBMIT_TRIAGE', 'officer'],
      ['START_INTERVIEWING', 'interviewer'],
      ['PAUSE_FOR_CAUTION', 'interviewer'],
      ['RESUME_AFTER_CAUTION', 'interviewer'],
      ['COMPLETE_INTERVIEWING', 'interviewer'],
      ['SERVE_INTENTION', 'analyst', { text: 'A notice.', language: 'rw' }],
      ['RECORD_REPLY', 'officer', REPLY],
      ['SUBMIT_FOR_REVIEW', 'analyst'],
      ['SIGN_OFF_LEGALLY', 'legal', REASONS],
      ['APPROVE_REVIEW', 'reviewer', REASONS],
      ['RETURN_REVIEW', 'reviewer', REASONS],
      ['FURTHER_INTERVIEW', 'analyst', REASONS],
      ['CONFIRM_SUSPICION', 'reviewer'],
      ['CORRECT_FACTUAL_ERROR', 'legal', REASONS],
      ['REPORT_MISTAKEN_IDENTITY', 'legal', REASONS],
      ['REPORT_UNLAWFUL_TRANSMISSION', 'legal', { ...REASONS, referralIds: [randomUUID()] }],
      ['RECORD_REMOVAL_BAR', 'legal', { route: 'none', ...REASONS }],
      ['REVIEW_PROSECUTION_TRACK', 'legal', { route: 'none', ...REASONS }],
      ['CLOSE_PROSECUTION_TRACK', 'legal', { closing: 'extradited', ...REASONS }],
      ['REFER_ACCOUNT', 'officer', { ...REASONS, agreementId: randomUUID() }],
      ['CONFIRM_ACCOUNT', 'reviewer'],
      ['REJECT_ACCOUNT', 'reviewer', REASONS],
      ['REVOKE_AGREEMENT', 'officer', { ...REASONS, agreementId: randomUUID() }],
      ['PROPOSE_AFTER_CORRECTION', 'officer', { ...REASONS, suspicion: false, allegations: [] }],
      ['REJECT_SUSPICION', 'reviewer', REASONS],
      ['DECIDE_NOT_EXCLUDED', 'decider', { ...REASONS, allegations: [] }],
      ['DECIDE_EXCLUSION', 'decider', { ...REASONS, allegations: [] }],
      ['SERVE_DECISION', 'officer', { served: 'On nobody.' }],
      ['APPEAL', 'legal', COURT],
      ['WITHDRAW_APPEAL', 'legal', REASONS],
      ['UPHOLD_DECISION', 'legal', { ...JUDGED, final: true }],
      ['UPHOLD_PARTLY', 'legal', { ...JUDGED, final: true, allegations: [] }],
      ['QUASH', 'legal', { ...JUDGED, final: true }],
      ['REMIT', 'legal', { ...JUDGED, final: true }],
      ['REINSTATE', 'decider', { ...JUDGED, final: true, allegations: [] }],
      ['BECOME_FINAL', 'decider'],
      ['REOPEN', 'decider', REASONS],
      ['REOPEN_EXCLUSION', 'decider', REASONS],
      ['GRANT_CLAIM', 'decider', REASONS],
      ['RESUME_CLAIM', 'decider'],
      ['REOPEN_CLAIM', 'officer', REASONS],
    ];
    const PAST: readonly [type: string, by: string, says?: object][] = [
      ['ACCEPT_TRIAGE', 'interviewer'],
      ['RETURN_TRIAGE', 'interviewer', REASONS],
      ['CLEAR_AT_TRIAGE', 'interviewer', REASONS],
      ['CLOSE_WITHOUT_DECISION', 'decider', REASONS],
      ['STAY_CLAIM', 'decider', REASONS],
      ['REFUSE_CLAIM', 'decider', REASONS],
      ['DECLARE_INADMISSIBLE', 'decider', REASONS],
      ['WITHDRAW_CLAIM', 'officer', REASONS],
      ['TREAT_AS_WITHDRAWN', 'decider', REASONS],
      ['TRANSFER_CLAIM', 'officer', REASONS],
      ['EDIT_ANALYSIS', 'analyst'],
    ];

    it.each([
      ...LATE.map(([type, by, says]) => ['triage', type, by, says] as const),
      ...PAST.map(([type, by, says]) => ['closed', type, by, says] as const),
    ])('%s: %s', async (state, type, by, says) => {
      const at = state === 'triage' ? early : { ...ended, allegations: [randomUUID()] };
      const said = type === 'EDIT_ANALYSIS' ? contentOf(GENOCIDE, randomUUID()) : (says ?? {});
      const before = await commands.stateOf(at);
      const answer = await commands.send({ type, by, not: by, says: said }, by, at);
      expect({ type, status: answer.status, code: answer.body.code }).toEqual({
        type,
        status: 409,
        code: 'commandRefused',
      });
      expect(answer.body.command).toBe(type);
      expect(answer.body.state).toMatch(/^\p{Lu}/u);
      expect(answer.body.detail).toContain(answer.body.state);
      expect(await commands.stateOf(at)).toEqual(before);
    });

    it('which is every command but those that any state takes', () => {
      const anywhere = ['PROPOSE_SUSPICION', 'RECORD_AGREEMENT', 'RECORD_DISCLOSURE', 'RECORD_SUBMISSION'];
      expect(
        [...LATE, ...PAST]
          .map(([type]) => type)
          .concat(anywhere)
          .sort(),
      ).toEqual([...CASE_COMMANDS.keys(), ...Object.keys(ELSEWHERE)].sort());
    });
  });
});
