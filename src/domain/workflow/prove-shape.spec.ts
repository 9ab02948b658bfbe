import { describe, expect, test } from '@jest/globals';
import { at, CASE, type Json, problemsAfter, without, TO_NOT_EXCLUDED } from '../../../test/factories/spoilt-charts.js';
import { caseVocabulary } from './vocabulary/case.js';

const { examining, after, suspicion } = CASE;

const caseGuards = Object.keys(caseVocabulary.guards);

describe('the shape of a chart', () => {
  test.each<[string, string, (chart: Json) => void, string, RegExp, string[] | undefined]>([
    [
      'a state nothing leads to',
      'interview',
      (chart) => {
        at(chart, '/states/held/states')['lost'] = { meta: { label: 'Lost' } };
      },
      '/states/held/states/lost',
      /cannot be reached/,
      undefined,
    ],
    [
      'a dead end',
      'referral',
      (chart) => {
        delete at(chart, '/states/delivery/states/closed')['type'];
        at(chart, '/states/delivery/states/closed')['tags'] = ['settled'];
      },
      '/states/delivery/states/closed',
      /is a dead end/,
      ['RECORD_RECEIPT', 'ACKNOWLEDGE', 'CONCLUDE_REFERRAL'],
    ],
    [
      'a dead end whose only way out needs what never holds',
      'case',
      (chart) => {
        at(chart, `${after}/finalNotExcluded/on/REOPEN`)['guard'] = 'exclusionStands';
      },
      `${after}/finalNotExcluded`,
      /is a dead end/,
      [...TO_NOT_EXCLUDED, 'BECOME_FINAL'],
    ],
    [
      'a state that waits without a deadline',
      'questionnaire',
      (chart) => {
        delete at(chart, '/states/approved')['tags'];
      },
      '/states/approved',
      /waits without a deadline/,
      ['SUBMIT_FOR_APPROVAL', 'APPROVE_QUESTIONNAIRE'],
    ],
    [
      'a deadline nothing starts',
      'referral',
      without('/states/delivery/states/due/on/RECORD_RECEIPT', 'startDeadline'),
      '/states/delivery/states/due/on/RECORD_RECEIPT',
      /waits for the deadline acknowledge, but nothing starts it/,
      ['RECORD_RECEIPT'],
    ],
    [
      'a deadline neither met nor ended',
      'referral',
      without('/states/delivery/states/due/on/RECORD_RECEIPT', 'meetDeadline'),
      '/states/delivery/states/due/on/RECORD_RECEIPT',
      /refer of “due” is neither met nor ended/,
      ['RECORD_RECEIPT'],
    ],
    [
      'a deadline nobody waits for',
      'questionnaire',
      (chart) => {
        at(chart, '/states/published/on/RETIRE_QUESTIONNAIRE')['effects'] = [
          { type: 'startDeadline', params: { kind: 'questionnaireReview' } },
        ];
      },
      '/states/published/on/RETIRE_QUESTIONNAIRE',
      /does not wait for it/,
      ['PUBLISH_RELEASE', 'RETIRE_QUESTIONNAIRE'],
    ],
    [
      'a settled state with a deadline',
      'referral',
      (chart) => {
        at(chart, '/states/delivery/states/due')['tags'] = ['settled'];
      },
      '/states/delivery/states/due',
      /is settled and yet/,
      [],
    ],
    [
      'a deadline that two regions wait for',
      'referral',
      (chart) => {
        delete at(chart, '/states/standing/states/valid')['tags'];
        (at(chart, '/states/standing/states/valid/meta') as Json)['waiting'] = { for: 'x', deadlines: ['refer'] };
      },
      '/states/standing/states/valid',
      /already belongs to the region “delivery”/,
      undefined,
    ],
    [
      'a transition an earlier one always hides',
      'case',
      (chart) => {
        delete at(chart, `${after}/underAppeal/on/UPHOLD_DECISION/0`)['guard'];
      },
      `${after}/underAppeal/on/UPHOLD_DECISION/1`,
      /can never be carried out this way/,
      undefined,
    ],
    [
      'more guards on one command than the proof can try',
      'case',
      (chart) => {
        at(chart, '/states/assessment/states/examining/on/RECORD_DISCLOSURE')['guard'] = {
          any: caseGuards.slice(0, 17),
        };
      },
      '/states/assessment/states/examining/on/RECORD_DISCLOSURE/guard',
      /More than 16 guards/,
      undefined,
    ],
    [
      'more guards on one command, over two regions, than the proof can try',
      'case',
      (chart) => {
        at(chart, `${examining}/analysing/on/EDIT_ANALYSIS`)['guard'] = { all: caseGuards.slice(0, 9) };
        at(chart, `${suspicion}/proposed/on/EDIT_ANALYSIS`)['guard'] = { all: caseGuards.slice(9, 18) };
      },
      `${examining}/analysing/on/EDIT_ANALYSIS`,
      /meets more than 16 guards here/,
      ['ACCEPT_TRIAGE', 'START_INTERVIEWING', 'COMPLETE_INTERVIEWING', 'PROPOSE_SUSPICION'],
    ],
  ])('refuses %s', (_name, id, change, pointer, message, path) => {
    const problem = problemsAfter(id, change).find((candidate) => message.test(candidate.message));
    expect(problem).toMatchObject({ file: `${id}.json`, pointer });
    expect([...(problem?.path ?? [])].sort()).toEqual([...(path ?? [])].sort());
  });
});
