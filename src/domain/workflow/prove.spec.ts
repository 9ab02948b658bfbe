import { describe, expect, test } from '@jest/globals';
import {
  at,
  CASE,
  type Json,
  problemsAfter,
  published,
  without,
  TO_APPROVED,
  TO_EXCLUDED,
  TO_NOT_EXCLUDED,
} from '../../../test/factories/spoilt-charts.js';
import { compileWorkflow } from './compile.js';
import { personVocabulary } from './vocabulary/person.js';

const { examining, after, suspicion, claim } = CASE;

const unguarded =
  (pointer: string, guard: string) =>
  (chart: Json): void => {
    const holder = at(chart, `${pointer}/guard`);
    holder['all'] = (holder['all'] as unknown[]).filter((name) => name !== guard);
  };

describe('the duties of a case chart', () => {
  const exclusion = `${examining}/approved/on/DECIDE_EXCLUSION`;

  test.each<[string, (chart: Json) => void, string, RegExp, string[]]>([
    [
      'an exclusion without obligations',
      without(exclusion, 'createObligations'),
      exclusion,
      /applied here without the effect createObligations/,
      TO_EXCLUDED,
    ],
    [
      'an exclusion without a decision',
      without(exclusion, 'recordDecision'),
      exclusion,
      /applied here without the effect recordDecision/,
      TO_EXCLUDED,
    ],
    [
      'an exclusion recorded on the way to a state that does not apply Article 1F',
      (chart) => {
        at(chart, exclusion)['target'] = 'notExcluded';
      },
      exclusion,
      /the state entered is not tagged exclusionApplied/,
      TO_EXCLUDED,
    ],
    [
      'an exclusion for which perhaps no authority is competent',
      unguarded(exclusion, 'aCompetentAuthorityExists'),
      exclusion,
      /perhaps no authority is competent/,
      TO_EXCLUDED,
    ],
    [
      'an exclusion before the reply or its deadline',
      unguarded(exclusion, 'replyReceivedOrDeadlinePassed'),
      exclusion,
      /before the applicant’s reply/,
      TO_EXCLUDED,
    ],
    [
      'an exclusion on material not disclosed',
      unguarded(exclusion, 'reliedMaterialDisclosed'),
      exclusion,
      /not disclosed to the applicant/,
      TO_EXCLUDED,
    ],
    [
      'a decision the reviewer could take',
      unguarded(exclusion, 'deciderIsNotReviewer'),
      exclusion,
      /the reviewer or an author of the analysis could take/,
      TO_EXCLUDED,
    ],
    [
      'a decision an author could take',
      unguarded(`${examining}/approved/on/DECIDE_NOT_EXCLUDED`, 'deciderIsNotAuthor'),
      `${examining}/approved/on/DECIDE_NOT_EXCLUDED`,
      /the reviewer or an author of the analysis could take/,
      TO_NOT_EXCLUDED,
    ],
    [
      'a decision after a review by an author',
      unguarded(`${examining}/review/on/APPROVE_REVIEW`, 'reviewerIsNotAuthor'),
      exclusion,
      /nobody other than its author and the interviewer approved/,
      TO_EXCLUDED,
    ],
    [
      'a decision after a review by the interviewer',
      unguarded(`${examining}/review/on/APPROVE_REVIEW`, 'reviewerIsNotInterviewer'),
      exclusion,
      /nobody other than its author and the interviewer approved/,
      TO_EXCLUDED,
    ],
    [
      'a review that anybody may give when some other condition holds',
      (chart) => {
        at(chart, `${examining}/review/on/APPROVE_REVIEW`)['guard'] = {
          any: [{ all: ['reviewerIsNotAuthor', 'reviewerIsNotInterviewer'] }, 'analysisComplete'],
        };
      },
      exclusion,
      /nobody other than its author and the interviewer approved/,
      TO_EXCLUDED,
    ],
    [
      'an edit after the review that leaves the case approved',
      (chart) => {
        const edit = at(chart, `${examining}/approved/on/EDIT_ANALYSIS`);
        edit['effects'] = [{ type: 'editAnalysis' }];
        delete edit['target'];
      },
      exclusion,
      /nobody other than its author and the interviewer approved/,
      [...TO_APPROVED, 'EDIT_ANALYSIS', 'DECIDE_EXCLUSION'],
    ],
    [
      'a review skipped',
      (chart) => {
        const submit = at(chart, `${examining}/intention/on/SUBMIT_FOR_REVIEW`);
        submit['target'] = 'approved';
        (at(submit, '/effects/1/params') as Json)['kind'] = 'decision';
      },
      exclusion,
      /nobody other than its author and the interviewer approved/,
      [
        'ACCEPT_TRIAGE',
        'START_INTERVIEWING',
        'COMPLETE_INTERVIEWING',
        'SERVE_INTENTION',
        'SUBMIT_FOR_REVIEW',
        'DECIDE_EXCLUSION',
      ],
    ],
    [
      'a claim refused without a suspicion decision',
      (chart) => {
        at(chart, `${claim}/REFUSE_CLAIM`)['guard'] = 'noInterviewOpen';
        delete at(chart, '/states/assessment/states/examining/on/REFUSE_CLAIM')['guard'];
      },
      `${claim}/REFUSE_CLAIM`,
      /ends here without a reasoned suspicion decision/,
      ['REFUSE_CLAIM'],
    ],
    [
      'an examination closed on a suspicion decision or something else',
      (chart) => {
        at(chart, '/states/assessment/states/examining/on/CLOSE_WITHOUT_DECISION')['guard'] = {
          any: ['suspicionDecisionReviewed', 'noInterviewOpen'],
        };
      },
      '/states/assessment/states/examining/on/CLOSE_WITHOUT_DECISION',
      /ends here without a reasoned suspicion decision/,
      ['CLOSE_WITHOUT_DECISION'],
    ],
    [
      'a suspicion decision kept although the analysis was edited',
      (chart) => {
        delete at(chart, `${suspicion}/decided/on`)['EDIT_ANALYSIS'];
      },
      `${claim}/REFUSE_CLAIM`,
      /ends here without a reasoned suspicion decision/,
      [
        'ACCEPT_TRIAGE',
        'START_INTERVIEWING',
        'COMPLETE_INTERVIEWING',
        'PROPOSE_SUSPICION',
        'CONFIRM_SUSPICION',
        'EDIT_ANALYSIS',
        'REFUSE_CLAIM',
      ],
    ],
    [
      'a suspicion decision kept although the examination was reopened',
      (chart) => {
        delete at(chart, `${suspicion}/decided/on`)['REOPEN'];
      },
      '/states/assessment/states/examining/on/CLOSE_WITHOUT_DECISION',
      /ends here without a reasoned suspicion decision/,
      ['PROPOSE_SUSPICION', 'CONFIRM_SUSPICION', 'REFUSE_CLAIM', 'REOPEN', 'CLOSE_WITHOUT_DECISION'],
    ],
    [
      'a suspicion decision its proposer may confirm',
      unguarded(`${suspicion}/proposed/on/CONFIRM_SUSPICION/0`, 'suspicionConfirmerIsNotProposer'),
      `${suspicion}/proposed/on/CONFIRM_SUSPICION/0`,
      /its proposer could confirm/,
      ['PROPOSE_SUSPICION', 'CONFIRM_SUSPICION'],
    ],
    [
      'a suspicion decision an author may confirm',
      unguarded(`${suspicion}/proposed/on/CONFIRM_SUSPICION/0`, 'reviewerIsNotAuthor'),
      `${suspicion}/proposed/on/CONFIRM_SUSPICION/0`,
      /an author of the analysis or the interviewer could confirm/,
      ['PROPOSE_SUSPICION', 'CONFIRM_SUSPICION'],
    ],
    [
      'a suspicion decision the interviewer may confirm',
      unguarded(`${suspicion}/proposed/on/CONFIRM_SUSPICION/2`, 'reviewerIsNotInterviewer'),
      `${suspicion}/proposed/on/CONFIRM_SUSPICION/2`,
      /an author of the analysis or the interviewer could confirm/,
      ['PROPOSE_SUSPICION', 'CONFIRM_SUSPICION'],
    ],
    [
      'a suspicion decision confirmed after more was heard',
      unguarded(`${suspicion}/proposed/on/CONFIRM_SUSPICION/0`, 'nothingHeardSinceSuspicionProposal'),
      `${suspicion}/proposed/on/CONFIRM_SUSPICION/0`,
      /recorded here although more may have been heard/,
      ['PROPOSE_SUSPICION', 'CONFIRM_SUSPICION'],
    ],
    [
      'an examination closed on a suspicion decision from before the last interview',
      unguarded('/states/assessment/states/examining/on/CLOSE_WITHOUT_DECISION', 'nothingHeardSinceSuspicionProposal'),
      '/states/assessment/states/examining/on/CLOSE_WITHOUT_DECISION',
      /ends here on a suspicion decision although more may have been heard/,
      ['PROPOSE_SUSPICION', 'CONFIRM_SUSPICION', 'CLOSE_WITHOUT_DECISION'],
    ],
    [
      'an examination closed by the person who confirmed the suspicion decision',
      unguarded('/states/assessment/states/examining/on/CLOSE_WITHOUT_DECISION', 'deciderDidNotConfirmSuspicion'),
      '/states/assessment/states/examining/on/CLOSE_WITHOUT_DECISION',
      /by the person who confirmed the suspicion decision/,
      ['PROPOSE_SUSPICION', 'CONFIRM_SUSPICION', 'CLOSE_WITHOUT_DECISION'],
    ],
    [
      'a suspicion decision called overtaken and yet kept',
      (chart) => {
        delete at(chart, `${suspicion}/decided/on/FURTHER_INTERVIEW`)['target'];
      },
      `${claim}/REFUSE_CLAIM`,
      /ends here without a reasoned suspicion decision/,
      [
        'ACCEPT_TRIAGE',
        'START_INTERVIEWING',
        'COMPLETE_INTERVIEWING',
        'PROPOSE_SUSPICION',
        'CONFIRM_SUSPICION',
        'FURTHER_INTERVIEW',
        'REFUSE_CLAIM',
      ],
    ],
    [
      'a decision the interviewer could take',
      unguarded(exclusion, 'deciderIsNotInterviewer'),
      exclusion,
      /that the interviewer could take/,
      TO_EXCLUDED,
    ],
    [
      'a confirmed suspicion that obliges to nothing',
      without(`${suspicion}/proposed/on/CONFIRM_SUSPICION/0`, 'createObligations'),
      `${suspicion}/proposed/on/CONFIRM_SUSPICION/0`,
      /without the effect createObligations of kind suspicion/,
      ['PROPOSE_SUSPICION', 'CONFIRM_SUSPICION'],
    ],
    [
      'a confirmed suspicion for which perhaps no authority is competent',
      unguarded(`${suspicion}/proposed/on/CONFIRM_SUSPICION/0`, 'aCompetentAuthorityExistsForSuspicion'),
      `${suspicion}/proposed/on/CONFIRM_SUSPICION/0`,
      /require aCompetentAuthorityExistsForSuspicion/,
      ['PROPOSE_SUSPICION', 'CONFIRM_SUSPICION'],
    ],
    [
      'a quashed decision without corrections',
      without(`${after}/underAppeal/on/QUASH/1`, 'createCorrections'),
      `${after}/underAppeal/on/QUASH/1`,
      /quashed here without the effect createCorrections/,
      [...TO_EXCLUDED, 'APPEAL', 'QUASH'],
    ],
    [
      'an exclusion sent back without corrections',
      without(`${after}/underAppeal/on/REMIT`, 'createCorrections'),
      `${after}/underAppeal/on/REMIT`,
      /ceases to apply here without the effect createCorrections/,
      [...TO_EXCLUDED, 'APPEAL', 'REMIT'],
    ],
  ])('refuse %s', (_name, change, pointer, message, path) => {
    const problems = problemsAfter('case', change);
    const problem = problems.find((candidate) => message.test(candidate.message));
    expect(problem).toMatchObject({ file: 'case.json', pointer });
    expect(problem?.path).toHaveLength(path.length);
    expect(problem?.path?.at(-1)).toBe(path.at(-1));
    expect([...(problem?.path ?? [])].sort()).toEqual([...path].sort());
  });

  test('bind states by their tags, whatever they are called', () => {
    const text = JSON.stringify(published('case'))
      .replaceAll('"excluded"', '"banned"')
      .replaceAll('"outcome":"banned"', '"outcome":"excluded"');
    const chart = JSON.parse(text) as Json;
    without(`${examining}/approved/on/DECIDE_EXCLUSION`, 'createObligations')(chart);
    const compiled = compileWorkflow(chart, { file: 'case.json' });
    expect(compiled.ok ? [] : compiled.problems.map((problem) => problem.message)).toContain(
      'Article 1F is applied here without the effect createObligations of kind exclusion.',
    );
  });

  test('cannot be touched by the vocabulary of a person', () => {
    expect(Object.keys(personVocabulary.effects).sort()).toEqual(['recordIdentity', 'recordWhereabouts']);
    const problems = problemsAfter('person', (chart) => {
      at(chart, '/states/whereabouts/states/alive/on/MARK_REMOVED')['effects'] = [
        { type: 'createCorrections', params: { cause: 'quashedFinal' } },
      ];
    });
    expect(problems[0]).toMatchObject({
      pointer: '/states/whereabouts/states/alive/on/MARK_REMOVED/effects/0/type',
      message: expect.stringContaining('Unknown effect “createCorrections”.'),
    });
  });
});
