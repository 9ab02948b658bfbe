import { describe, expect, test } from '@jest/globals';
import { shipped } from '../../../test/factories/shipped-charts.js';
import { caseFacts } from '../../../test/factories/workflow-facts.js';
import { commandsMeeting, decide, type Snapshot } from './decide.js';
import type { CaseFacts } from './vocabulary/case.js';

const chart = shipped('case', 2);
const aCase = (assessment: Snapshot, suspicion: Snapshot): Snapshot => ({
  claim: { ended: 'refused' },
  assessment,
  suspicion,
  prosecutionTrack: 'noTrack',
  account: 'noAccount',
});
const reopening = (snapshot: Snapshot, differing: Partial<CaseFacts> = {}) =>
  decide(chart, snapshot, { type: 'REOPEN_EXCLUSION' }, caseFacts({ actorRoles: ['decisionMaker'], ...differing }));

describe('an exclusion reopened after a reconsideration', () => {
  test('is taken back, told to its recipients and assessed again, and asks whether suspicion remains', () => {
    expect(reopening(aCase('final', 'proposed'))).toMatchObject({
      ok: true,
      stage: 'analysing',
      tags: ['examinationEnded', 'correctionUndecided'],
      effects: [
        { type: 'createCorrections', params: { cause: 'reopened' } },
        { type: 'setAnalysisAside' },
        { type: 'reopenExamination' },
        { type: 'startDeadline', params: { kind: 'assessment' } },
        { type: 'overtakeSuspicion' },
        { type: 'endDeadlines', params: { kinds: ['suspicionReview'] } },
        { type: 'startDeadline', params: { kind: 'correctionDecision' } },
      ],
    });
  });

  test.each<[string, Partial<CaseFacts>, RegExp]>([
    ['without a reconsideration that says so', { reconsiderationsToReopen: 0 }, /toReopen .* only a court/],
    ['by whoever decided it', { actorTookDecision: true }, /other than the one who took the decision/],
    ['without a certificate', { actorCertified: false }, /certificate/],
    ['by an officer', { actorRoles: ['officer1F'] }, /is for: decisionMaker/],
  ])('is refused %s', (_what, differing, message) => {
    const refused = reopening(aCase('excluded', 'undecided'), differing);
    expect(refused.ok ? '' : refused.because.join(' ')).toMatch(message);
  });
});

describe('the clock of the decision after a correction', () => {
  const meeting = (assessment: Snapshot, suspicion: Snapshot): string[] =>
    commandsMeeting(chart, aCase(assessment, suspicion), 'correctionDecision').map(({ type }) => type);

  test('waits for a proposal, then for a second person, and for a court only where one can reinstate', () => {
    expect(meeting('excluded', { afterCorrection: 'owed' })).toEqual(['PROPOSE_AFTER_CORRECTION']);
    expect(meeting('excluded', { afterCorrection: 'owedProposed' })).toEqual(['CONFIRM_SUSPICION']);
    expect(meeting({ examining: 'quashed' }, { afterCorrection: 'owed' })).toEqual([
      'REINSTATE',
      'PROPOSE_AFTER_CORRECTION',
    ]);
  });

  test('waits for nothing where nothing was corrected', () => {
    expect(meeting('excluded', 'undecided')).toEqual([]);
  });
});
