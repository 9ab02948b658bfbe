import { describe, expect, it } from '@jest/globals';
import { interviewCommands } from '../domain/workflow/vocabulary/interview.js';
import type { Actor } from '../platform/http/actor.js';
import { ELSEWHERE, INTERVIEW_COMMANDS } from './interview-command.dto.js';
import { contentAfter, type InterviewContent, type InterviewInstruction } from './interview-content.js';
import { interviewFacts } from './interview-facts.js';

const actor: Actor = {
  id: 'officer',
  username: 'officer',
  displayName: 'Odile Demo',
  roles: ['caseOfficer'],
  unit: 'central',
  authorityId: null,
  session: { id: 'session', kind: 'bearer' },
};

const notice = (overrides: object = {}): InterviewInstruction => ({
  type: 'GIVE_NOTICE',
  language: 'rw',
  acknowledged: true,
  recordingAnnounced: true,
  transmissionTold: true,
  ...overrides,
});

const factsOf = (instruction?: InterviewInstruction, content: InterviewContent = {}) =>
  interviewFacts(
    {
      actor,
      interviewerId: 'officer',
      content,
      certified: true,
      applicantIsChild: false,
      openRequiredQuestions: 0,
    },
    instruction,
  );

describe('the commands of the interview chart', () => {
  it('each have a DTO, or an endpoint of their own', () => {
    const served = [...INTERVIEW_COMMANDS.keys(), ...Object.keys(ELSEWHERE)];
    expect(served.sort()).toEqual([...interviewCommands].sort());
  });
});

describe('the facts of an interview', () => {
  it.each([
    ['told and acknowledged', {}, true],
    ['told, and the refusal to acknowledge noted', { acknowledged: false, refusalReason: 'Did not wish to.' }, true],
    ['not acknowledged without a word why', { acknowledged: false }, false],
    ['silent on the transmission of facts', { transmissionTold: false }, false],
    ['of a version that does not exist', { version: 99 }, false],
  ])('take a notice %s for what it is', (_, overrides, complete) => {
    expect(factsOf(notice(overrides)).noticeComplete).toBe(complete);
  });

  it('hold what was said with the notice until it is said anew at the start', () => {
    const given = contentAfter({}, notice({ recordingAnnounced: false, representativePresent: true }), new Date(0));
    const start = { type: 'START_INTERVIEW' } as const;
    expect(factsOf(start, given)).toMatchObject({ recordingAnnounced: false, representativePresent: true });
    expect(factsOf({ ...start, recordingAnnounced: true }, given)).toMatchObject({
      recordingAnnounced: true,
      representativePresent: true,
    });
  });

  it('need an interpreter only where there is one, and then one who is understood', () => {
    const misunderstood = contentAfter(
      {},
      notice({ interpreter: { reference: 'INT-000', confirmed: false } }),
      new Date(0),
    );
    const start = { type: 'START_INTERVIEW' } as const;
    expect(factsOf(start).interpreterConfirmed).toBe(true);
    expect(factsOf(start, misunderstood).interpreterConfirmed).toBe(false);
    const another = { ...start, interpreter: { reference: 'INT-001', confirmed: true } };
    expect(factsOf(another, misunderstood).interpreterConfirmed).toBe(true);
  });

  it.each([
    ['confirmed', undefined, 'confirmed'],
    ['refused', 'The year is wrong.', 'refusedWithReasons'],
    ['refused', undefined, 'none'],
  ] as const)('tell a record %s with reasons %s', (confirmation, reasons, expected) => {
    const record = { sha256: '0'.repeat(64), revisions: 0 };
    const seal = { type: 'SEAL_INTERVIEW', readBack: true, confirmation, record, ...(reasons ? { reasons } : {}) };
    expect(factsOf(seal as InterviewInstruction).confirmation).toBe(expected);
  });

  it('leave how the sitting was held alone when a command says nothing about it', () => {
    const content: InterviewContent = { questionnaireReason: 'Lived elsewhere.' };
    expect(contentAfter(content, { type: 'FINISH_QUESTIONS' }, new Date(0))).toBe(content);
  });
});
