import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Problem } from './chart.js';
import { compileWorkflow } from './compile.js';

interface Transition {
  target?: string;
  guard?: { all: string[] };
  effects: { type: string; params?: Record<string, unknown> }[];
}
interface State {
  tags?: string[];
  on: Record<string, Transition | Transition[]>;
  states: Record<string, State>;
}
interface Chart {
  version: number;
  states: Record<string, State>;
}

/** The problems of the newest case chart after one change. */
function problemsAfter(change: (suspicion: Record<string, State>, chart: Chart) => void): readonly Problem[] {
  const chart = JSON.parse(readFileSync('workflows/case/v2.json', 'utf8')) as Chart;
  change(chart.states['suspicion']!.states, chart);
  const compiled = compileWorkflow(chart, { file: 'case.json' });
  return compiled.ok ? [] : compiled.problems;
}

const proposed = (suspicion: Record<string, State>): State => suspicion['afterCorrection']!.states['owedProposed']!;
const confirming = (suspicion: Record<string, State>): Transition[] =>
  proposed(suspicion).on['CONFIRM_SUSPICION'] as Transition[];
const confirmingAccount = ({ states }: Chart): Transition =>
  states['account']!.states['accountProposed']!.on['CONFIRM_ACCOUNT'] as Transition;
const reopening = ({ states }: Chart, state: string): Transition =>
  states['assessment']!.states[state]!.on['REOPEN_EXCLUSION'] as Transition;
const without = (transition: Transition, type: string): void => {
  transition.effects = transition.effects.filter((effect) => effect.type !== type);
};

/** Nothing shorter leads to an exclusion that could be reopened. */
const WAY_TO_A_REOPENING = [
  'ACCEPT_TRIAGE',
  'START_INTERVIEWING',
  'COMPLETE_INTERVIEWING',
  'SUBMIT_FOR_REVIEW',
  'APPROVE_REVIEW',
  'DECIDE_EXCLUSION',
  'REOPEN_EXCLUSION',
];

describe('the duties after a correction', () => {
  test.each<[string, Parameters<typeof problemsAfter>[0], RegExp, string]>([
    [
      'a correction after which nobody has to decide',
      (suspicion) => {
        const report = suspicion['decided']!.on['REPORT_MISTAKEN_IDENTITY'] as Transition;
        delete report.target;
        report.effects = report.effects.filter(({ type }) => type === 'createCorrections');
      },
      /not tagged correctionUndecided/,
      'REPORT_MISTAKEN_IDENTITY',
    ],
    [
      'a judgment after which nobody has to decide',
      (suspicion) => {
        delete suspicion['undecided']!.on['QUASH'];
      },
      /not tagged correctionUndecided/,
      'QUASH',
    ],
    [
      'a quashing that becomes final without a new decision',
      (suspicion) => {
        for (const leaf of Object.values(suspicion['decided']!.states)) delete (leaf as Partial<State>).on;
      },
      /not tagged correctionUndecided/,
      'BECOME_FINAL',
    ],
    [
      'a correction that ends when an interview is asked for',
      (suspicion) => {
        proposed(suspicion).on['FURTHER_INTERVIEW'] = {
          target: 'undecided',
          effects: [{ type: 'overtakeSuspicion' }, { type: 'endDeadlines', params: { kinds: ['correctionDecision'] } }],
        };
      },
      /ends here without the decision, for each allegation/,
      'FURTHER_INTERVIEW',
    ],
    [
      'a correction that ends when the exclusion is reinstated although an error is still undecided',
      (suspicion) => {
        delete (suspicion['afterCorrection']!.states['owed']!.on['REINSTATE'] as Transition[])[0]!.guard;
        (suspicion['afterCorrection']!.states['owed']!.on['REINSTATE'] as Transition[]).pop();
      },
      /ends here without the decision, for each allegation/,
      'REINSTATE',
    ],
    [
      'a decision after a correction that nobody is told',
      (suspicion) => without(confirming(suspicion)[2]!, 'createCorrections'),
      /without telling the recipients whether suspicion remains/,
      'CONFIRM_SUSPICION',
    ],
    [
      'a decision after a correction that its proposer may confirm',
      (suspicion) => {
        const { guard } = confirming(suspicion)[1]!;
        guard!.all = guard!.all.filter((name) => name !== 'suspicionConfirmerIsNotProposer');
      },
      /its proposer could confirm/,
      'CONFIRM_SUSPICION',
    ],
  ])('refuse %s', (_name, change, message, last) => {
    const problem = problemsAfter(change).find((candidate) => message.test(candidate.message));
    expect(problem?.path?.at(-1)).toBe(last);
  });

  test.each<[string, (chart: Chart) => void, RegExp]>([
    [
      'tells nobody',
      (chart) => without(reopening(chart, 'excluded'), 'createCorrections'),
      /ceases to apply here without the effect createCorrections/,
    ],
    [
      'needs no reconsideration',
      (chart) => {
        reopening(chart, 'excluded').guard = { all: ['actorCertified', 'reopenerDidNotDecide'] };
      },
      /without a judgment, and perhaps without a reconsideration/,
    ],
    [
      'whoever took it may take back',
      (chart) => {
        reopening(chart, 'excluded').guard = { all: ['actorCertified', 'reconsiderationSaysReopen'] };
      },
      /without a judgment, and perhaps without a reconsideration/,
    ],
    [
      'leaves the old review and reply current',
      (chart) => without(reopening(chart, 'excluded'), 'setAnalysisAside'),
      /while its review, notice and reply stay current/,
    ],
    [
      'asks nobody whether suspicion remains',
      (chart) => {
        delete chart.states['suspicion']!.states['undecided']!.on['REOPEN_EXCLUSION'];
      },
      /not tagged correctionUndecided/,
    ],
  ])(
    'and of an exclusion that the authority reopens refuse one that %s, by the shortest way',
    (_what, change, message) => {
      const problem = problemsAfter((_suspicion, chart) => change(chart)).find((one) => message.test(one.message));
      expect(problem?.path).toEqual(WAY_TO_A_REOPENING);
    },
  );

  test('and refuse a reopening that tells nobody in every state of an exclusion', () => {
    const states = ['excluded', 'final', 'underAppeal'];
    const problems = problemsAfter((_suspicion, chart) => {
      for (const state of states) without(reopening(chart, state), 'createCorrections');
    });
    const silent = problems.filter(({ message }) => /ceases to apply here without the effect/.test(message));
    expect(silent.map(({ pointer }) => pointer).sort()).toEqual(
      states.map((state) => `/states/assessment/states/${state}/on/REOPEN_EXCLUSION`),
    );
  });

  test('and of an open track refuse an end without a closing reason', () => {
    const problems = problemsAfter((_suspicion, { states }) => {
      const close = states['prosecutionTrack']!.states['trackOpen']!.on['CLOSE_PROSECUTION_TRACK'] as Transition;
      without(close, 'recordProsecutionTrack');
    });
    expect(problems.map(({ message }) => message)).toContainEqual(expect.stringMatching(/without a closing reason/));
  });

  test.each<[string, string, RegExp]>([
    ['its proposer could confirm', 'accountConfirmerIsNotProposer', /nobody but its proposer/],
    ['perhaps nobody is competent for', 'aCompetentAuthorityExistsForAccount', /perhaps no authority is competent/],
  ])('and of an own account refuse a referral that %s', (_what, guard, message) => {
    const problems = problemsAfter((_suspicion, chart) => {
      const { guard: asked } = confirmingAccount(chart);
      asked!.all = asked!.all.filter((name) => name !== guard);
    });
    expect(problems.map((problem) => problem.message)).toContainEqual(expect.stringMatching(message));
  });

  test('and of an own account refuse a confirmation that tells nobody, and a referral that ends the examination', () => {
    const silent = problemsAfter((_suspicion, chart) => without(confirmingAccount(chart), 'createObligations'));
    expect(silent.map(({ message }) => message)).toContainEqual(expect.stringMatching(/confirmed here without/));
    const ending = problemsAfter((_suspicion, { states }) => {
      states['claim']!.states['open']!.on['CONFIRM_ACCOUNT'] = {
        target: 'withdrawnExplicitly',
        effects: [{ type: 'recordClaimOutcome', params: { outcome: 'withdrawnExplicitly' } }],
      };
    });
    expect(ending.map(({ message }) => message)).toContainEqual(expect.stringMatching(/also moves the claim/));
  });

  test('are not asked of the chart that was published before them', () => {
    const chart = JSON.parse(readFileSync('workflows/case/v1.json', 'utf8')) as Chart;
    expect(compileWorkflow(chart, { file: 'case.json' }).ok).toBe(true);
    const compiled = compileWorkflow({ ...chart, version: 3 }, { file: 'case.json' });
    expect(compiled.ok ? [] : compiled.problems.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/not tagged correctionUndecided/),
    );
  });
});
