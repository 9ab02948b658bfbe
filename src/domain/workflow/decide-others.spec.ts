import { describe, expect, test } from '@jest/globals';
import { carried, refused, shipped } from '../../../test/factories/shipped-charts.js';
import {
  interviewFacts,
  openingFacts,
  questionnaireFacts,
  referralFacts,
} from '../../../test/factories/workflow-facts.js';
import type { Snapshot } from './decide.js';
import { decide } from './decide.js';
import type { FactsOf } from './vocabulary/all.js';

describe('the other lifecycles', () => {
  const interview = shipped('interview');
  const held = (state: string): Snapshot => ({ held: state });

  test.each<[string, Snapshot, string, Partial<FactsOf['interview']>, RegExp]>([
    ['the notice is incomplete', held('planned'), 'GIVE_NOTICE', { noticeComplete: false }, /what is recorded/],
    ['the notice was not given', held('planned'), 'START_INTERVIEW', {}, /not possible/],
    ['the recording was not announced', held('noticeGiven'), 'START_INTERVIEW', { recordingAnnounced: false }, /audio/],
    [
      'the interpreter is not understood',
      held('noticeGiven'),
      'START_INTERVIEW',
      { interpreterConfirmed: false },
      /interpreter/,
    ],
    ['a child is alone', held('noticeGiven'), 'START_INTERVIEW', { applicantIsChild: true }, /representative/],
    ['somebody else asks', held('underway'), 'RECORD_ANSWER', { actorConductsInterview: false }, /who conducts/],
    ['the interview is paused', held('pausedForCaution'), 'RECORD_ANSWER', {}, /not possible in the state “Paused/],
    [
      'a required question is open',
      held('underway'),
      'FINISH_QUESTIONS',
      { openRequiredQuestions: 1 },
      /required question/,
    ],
    ['it was not read back', held('readBack'), 'SEAL_INTERVIEW', { readBackDone: false }, /read back/],
    ['it was neither confirmed nor refused', held('readBack'), 'SEAL_INTERVIEW', { confirmation: 'none' }, /confirm/],
    [
      'somebody else abandons it once it started',
      held('underway'),
      'ABANDON_INTERVIEW',
      { actorConductsInterview: false },
      /who conducts .* Or: The interview must not have started/,
    ],
    ['it is sealed', 'sealed', 'RECORD_ANSWER', {}, /not possible in the state “Sealed”/],
    ['it is sealed already', 'sealed', 'SEAL_INTERVIEW', {}, /not possible/],
  ])('refuse in an interview when %s', (_name, snapshot, type, differing, because) => {
    expect(refused(decide(interview, snapshot, { type }, interviewFacts(differing))).because.join(' ')).toMatch(
      because,
    );
  });

  test.each([
    ['planned', false],
    ['noticeGiven', false],
    ['underway', true],
    ['pausedForCaution', true],
    ['readBack', true],
  ])('let an interview that is %s be abandoned', (state, actorConductsInterview) => {
    const outcome = decide(
      interview,
      held(state),
      { type: 'ABANDON_INTERVIEW' },
      interviewFacts({ actorConductsInterview }),
    );
    expect(carried(outcome).stage).toBe('abandoned');
  });

  test('keep a sealed record open for comments', () => {
    const outcome = carried(decide(interview, 'sealed', { type: 'ADD_COMMENT' }, interviewFacts()));
    expect(outcome).toMatchObject({ snapshot: 'sealed', effects: [{ type: 'appendComment', params: {} }] });
  });

  test('seal a record whose confirmation was refused with reasons', () => {
    const facts = interviewFacts({ confirmation: 'refusedWithReasons' });
    expect(decide(interview, held('readBack'), { type: 'SEAL_INTERVIEW' }, facts)).toMatchObject({
      ok: true,
      stage: 'sealed',
    });
  });

  test('let only the addressed authority acknowledge a referral, and not while access is suspended', () => {
    const referral = shipped('referral');
    const acknowledge = (standing: string, belongs: boolean) =>
      decide(
        referral,
        { delivery: 'receipted', standing },
        { type: 'ACKNOWLEDGE' },
        referralFacts({ actorBelongsToRecipient: belongs }),
      );
    expect(acknowledge('valid', true)).toMatchObject({ ok: true, stage: 'acknowledged' });
    expect(acknowledge('corrected', true)).toMatchObject({ ok: true, stage: 'acknowledged' });
    expect(refused(acknowledge('valid', false)).because).toEqual([
      'Only the authority this referral is addressed to may do this.',
    ]);
    expect(refused(acknowledge('suspended', true)).because).toEqual(['Access to this referral must not be suspended.']);
  });

  test('let nobody approve a questionnaire they wrote', () => {
    const questionnaire = shipped('questionnaire');
    const facts = questionnaireFacts({ actorIsAuthor: true });
    expect(refused(decide(questionnaire, 'inReview', { type: 'APPROVE_QUESTIONNAIRE' }, facts)).because).toEqual([
      'The approver must not be an author of this version.',
    ]);
  });

  test('let a person come back from everywhere but death', () => {
    const person = shipped('person');
    for (const state of ['detained', 'unknown', 'left', 'transferred', 'surrendered', 'removed']) {
      const snapshot = { whereabouts: { alive: state }, identity: 'claimed' };
      expect(
        decide(person, snapshot, { type: 'MARK_PRESENT' }, openingFacts.person[0] as FactsOf['person']),
      ).toMatchObject({
        ok: true,
        stage: 'present',
      });
    }
    const dead = { whereabouts: 'deceased', identity: 'claimed' };
    expect(decide(person, dead, { type: 'MARK_PRESENT' }, openingFacts.person[0] as FactsOf['person'])).toMatchObject({
      ok: false,
    });
  });
});
