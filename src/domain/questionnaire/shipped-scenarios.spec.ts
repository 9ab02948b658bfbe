import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import {
  ownOf,
  questionnaireOf,
  scenarioOf,
  shippedPacks,
  shippedQuestionnaires,
  type ShippedScenario,
} from '../../../test/support/shipped-packs.js';
import { BYSTANDER, OFFICIAL } from '../../demo/people.js';
import { readScenarios } from './scenario/read-scenarios.js';
import { runScenario } from './scenario/run-scenario.js';
import { ROLES } from './scenario/scenario.js';
import { view } from './view.js';

const WHOLE = ROLES.filter((role) => role !== 'firing' && role !== 'innocentTwin');
/** Those about whom nothing weighs: their interview is short and raises nothing high. */
const SPARED = ['bystander', 'victimWitness', 'supportRole'];
const MOST_ASKED = 40;
/** Words for when there is no answer; an account that raises an indicator gives what its reason quotes. */
const NOTHING_TOLD = /not stated|nothing told|not known|not named/;

const played = (scenarios: ShippedScenario[]) => scenarios.filter(({ scenario }) => scenario.play === 'rest');

describe.each(shippedPacks)('the pack $name', ({ problems, questionnaires }) => {
  it('compiles, and its scenarios can be read', () => {
    expect(problems).toEqual([]);
  });

  it('has one questionnaire to identify cases and one for the exclusion interview', () => {
    const purposes = questionnaires.map(({ plan }) => plan.purpose);
    expect([...purposes].sort()).toEqual(expect.arrayContaining(['exclusion', 'screening']));
  });
});

describe.each(shippedQuestionnaires)('the scenarios of $id', (questionnaire) => {
  const { plan, scenarios } = questionnaire;

  it('all hold', () => {
    const failures = scenarios.flatMap(({ scenario, outcome }) =>
      outcome.failures.map(({ pointer, message }) => `${scenario.file}#${pointer} (${scenario.id}): ${message}`),
    );
    expect(scenarios.length).toBeGreaterThan(0);
    expect(failures).toEqual([]);
  });

  it('raise every indicator, and leave it silent for an innocent twin', () => {
    const ids = ownOf(questionnaire, plan.indicators).map(({ id }) => id);
    const raised = new Set(scenarios.flatMap(({ outcome }) => outcome.raised));
    const twins = new Set(scenarios.map(({ scenario }) => scenario.twinOf));
    expect({
      neverRaised: ids.filter((id) => !raised.has(id)),
      withoutTwin: ids.filter((id) => !twins.has(id)),
    }).toEqual({ neverRaised: [], withoutTwin: [] });
  });

  it('give no reason that the applicant did not speak of', () => {
    const unfounded = scenarios.flatMap(({ scenario: { id, role, expect: expected }, outcome }) => {
      const fired = role === 'firing' ? [...(expected.raised ?? []), ...(expected.indicators ?? [])] : [];
      return view(outcome.session).indicators.flatMap((one) =>
        fired.includes(one.id) && NOTHING_TOLD.test(one.reason) ? [`${id}: ${one.reason}`] : [],
      );
    });
    expect(unfounded).toEqual([]);
  });
});

describe.each(shippedQuestionnaires.filter(({ plan }) => plan.purpose === 'exclusion'))(
  'the exclusion interview $id',
  ({ scenarios }) => {
    it('is played whole by everybody it must be right for', () => {
      const roles = new Set(played(scenarios).map(({ scenario }) => scenario.role));
      expect(WHOLE.filter((role) => !roles.has(role))).toEqual([]);
    });

    const spared = played(scenarios).filter(({ scenario }) => SPARED.includes(scenario.role));

    it('ends without a high indicator for a bystander, a victim and a support role', () => {
      const high = spared.flatMap(({ scenario, outcome }) =>
        view(outcome.session).indicators.flatMap(({ id, severity }) =>
          severity === 'high' ? [`${scenario.id}: ${id}`] : [],
        ),
      );
      expect(high).toEqual([]);
    });

    it('is short for a bystander, a victim and a support role', () => {
      const long = spared.flatMap(({ scenario, outcome }) =>
        outcome.asked!.length > MOST_ASKED ? [`${scenario.id}: ${outcome.asked!.length} questions`] : [],
      );
      expect(long).toEqual([]);
    });
  },
);

describe('whole accounts of the Rwanda pack', () => {
  const outcomeOf = (id: string) => scenarioOf('RW-exclusion', id).outcome;

  it('give the place as told in the reason of what the official describes', () => {
    const { indicators } = view(outcomeOf('official').session);
    expect(indicators.find(({ id }) => id === 'barrierViolence')!.reason).toContain('Kabarondo');
  });

  it('ask the survivor what, where, when, who and whether contact is welcome, and stop', () => {
    expect(outcomeOf('survivor').asked!.filter((id) => id.startsWith('witnessAccount.'))).toEqual(
      ['what', 'where', 'when', 'who', 'link', 'willing'].map((id) => `witnessAccount.${id}`),
    );
  });

  it.each([
    ['RW-screening', 'boy', ['barrierHarmTold', 'barrierDuty']],
    ['RW-exclusion', 'boy', ['barrierViolence', 'barrierDuty']],
  ])(
    'raise nothing in %s about a boy of thirteen, who may be a victim, and what is told on a man',
    (id, boy, grown) => {
      const child = view(scenarioOf(id, boy).outcome.session);
      expect([child.indicators, child.notes.map(({ kind }) => kind)]).toEqual([[], ['mayBeVictim']]);
      const man = view(scenarioOf(id, `${boy}Grown`).outcome.session);
      expect([man.indicators.map((one) => one.id), man.notes]).toEqual([grown, []]);
    },
  );

  it('put the age first where nobody says how old they were, and keep what weighs', () => {
    const undated = view(scenarioOf('RW-screening', 'smallBoyUndated').outcome.session).indicators;
    expect(undated.find(({ id }) => id === 'ownActs')!.next[0]).toBe('positionAge');
  });

  it.each([
    ['official', OFFICIAL.exclusion],
    ['farmer', { ...BYSTANDER.exclusion, birthDate: '1968~' }],
  ])('are those of the demo: %s', (id, told) => {
    const { answers } = scenarioOf('RW-exclusion', id).scenario.account;
    const single = Object.entries(told).filter(([, value]) => !Array.isArray(value) || typeof value[0] === 'string');
    expect(single.map(([question]) => [question, answers.get(question)?.value])).toEqual(single);
  });
});

describe('the guide to scenarios', () => {
  it('shows a file that can be used and holds', () => {
    const guide = readFileSync('docs/guides/scenarios.md', 'utf8');
    const content: unknown = JSON.parse(/```json\n([\s\S]*?)```/.exec(guide)![1]!);
    const { plan } = questionnaireOf('RW-exclusion');
    const result = readScenarios({ file: 'docs/guides/scenarios.md', content }, [plan]);
    expect(result.ok ? [] : result.problems).toEqual([]);
    const outcomes = result.ok ? result.scenarios.map((scenario) => runScenario(plan, scenario)) : [];
    expect(outcomes.map(({ failures }) => failures)).toEqual([[], []]);
  });
});
