import { describe, expect, it } from '@jest/globals';
import fc from '../../../../test/support/properties.js';
import { anyQuestionnaire, steps } from '../../../../test/factories/any-questionnaire.js';
import { smallPack } from '../../../../test/factories/small-pack.js';
import { compile } from '../compile.js';
import type { Plan, SourceFile } from '../plan.js';
import { record, remove, start, type Context, type Session } from '../session.js';
import { coverageOf, saidBy } from './coverage.js';
import { goalsOf } from './goals.js';
import { Finder, interviewOf } from './reach-answers.js';
import { reachedBy } from './reached.js';
import { readScenarios } from './read-scenarios.js';
import { runScenario } from './run-scenario.js';

function planOf(files: SourceFile[]) {
  const result = compile(files);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}
const plan = planOf(smallPack());

function sessionsOf(...scenarios: object[]): Session[] {
  const content = {
    format: 1,
    questionnaire: plan.id,
    scenarios: scenarios.map((one, index) => ({
      id: `s${index}`,
      title: 'Rudolf Inventus',
      role: 'bystander',
      expect: { silent: ['longJourney'] },
      ...one,
    })),
  };
  const result = readScenarios({ file: 'Ruritania/scenarios/screening.json', content }, [plan]);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.scenarios.map((scenario) => runScenario(plan, scenario).session);
}
const gapsOf = (...scenarios: object[]) =>
  coverageOf(plan, sessionsOf(...scenarios)).gaps.flatMap(({ reach, answers, unreached }) =>
    unreached.map(({ kind, id, pointer }) => ({ reach, kind, id, pointer, answers })),
  );

describe('path coverage', () => {
  it('counts what the scenarios of a questionnaire reach', () => {
    const { questions, branches, indicators } = coverageOf(plan, sessionsOf({ answers: { served: false } }));
    expect({ questions, branches, indicators }).toEqual({
      questions: { reached: 6, total: 11 },
      branches: { reached: 2, total: 13 },
      indicators: { reached: 0, total: 2 },
    });
  });

  it('names what no scenario reaches, with answers that would', () => {
    const gaps = gapsOf({ answers: { served: false } });
    expect(gaps).toContainEqual({
      reach: 'possible',
      kind: 'question',
      id: 'service.checkpointOrders',
      pointer: '/sections/0/items/0/items/3/followUps/0',
      answers: { 'service.posting': [{ 'service.duty': 'checkpoint' }] },
    });
    expect(gaps).toContainEqual(
      expect.objectContaining({ kind: 'indicator', id: 'service.checkpointInWar', pointer: '/indicators/0' }),
    );
  });

  it('asks for the condition of a question to be met and to be failed', () => {
    const gatesIn = (...scenarios: object[]) =>
      gapsOf(...scenarios).filter(({ kind, id }) => kind === 'gate' && id === 'journeyDays').length;
    const [during, before] = [{ answers: { leftOn: '1994-05' } }, { answers: { leftOn: '1990' } }];
    expect(gatesIn(during)).toBe(1);
    expect(gatesIn(before)).toBe(0);
    expect(gapsOf(before).filter(({ kind, id }) => kind === 'question' && id === 'journeyDays')).toHaveLength(1);
    expect(gatesIn(during, before)).toBe(0);
  });

  it('asks for each clause to decide both ways, also inside the items of a repeat', () => {
    const item = (duty: string, when: string) => ({
      answers: { 'service.posting': [{ 'service.duty': duty, 'service.when': when }] },
    });
    const clausesIn = (...scenarios: object[]) =>
      gapsOf(...scenarios).flatMap(({ kind, id, pointer }) =>
        kind === 'clause' && id === 'service.checkpointInWar' ? [pointer.replace('/indicators/0/when/where/', '')] : [],
      );
    expect(clausesIn({}).sort()).toEqual(['all/0', 'all/0', 'all/1', 'all/1']);
    expect(clausesIn(item('combat', '1994-05')).sort()).toEqual(['all/0', 'all/1']);
    expect(clausesIn(item('combat', '1994-05'), item('kitchen', '1994-05'))).toEqual(['all/1']);
    expect(clausesIn(item('combat', '1994-05'), item('kitchen', '1994-05'), item('combat', '1999'))).toEqual([]);
  });

  it('looks only at the files that count', () => {
    const own = coverageOf(plan, [], (file) => !file.startsWith('base/'));
    expect(own.questions.total).toBe(6);
    expect(own.gaps.flatMap(({ unreached }) => unreached).map(({ file }) => file)).not.toContain(
      'base/modules/service.v1.json',
    );
  });

  it('leaves out of the count what no answers reach, and says so', () => {
    const files = smallPack();
    const first = files.find(({ file }) => file.endsWith('screening.v1.json'));
    const rest = files.filter((one) => one !== first);
    const questionnaire = structuredClone(first!.content) as { sections: { items: object[] }[] };
    const both = {
      all: [
        { question: 'served', is: true },
        { question: 'served', is: false },
      ],
    };
    questionnaire.sections[0]!.items.push({
      id: 'never',
      type: 'text',
      text: { en: 'Never asked?' },
      purpose: 'inclusion',
      basis: ['House rule'],
      when: both,
      ifUnclear: 'closed',
    });
    const impossible = planOf([{ file: first!.file, content: questionnaire }, ...rest]);
    const { questions, gaps } = coverageOf(impossible, []);
    expect(questions.total).toBe(11);
    const found = gaps.find(({ reach }) => reach === 'impossible')!;
    expect(found.unreached.map(({ kind, id }) => [kind, id])).toContainEqual(['question', 'never']);
    expect(found.answers).toBeUndefined();
  });

  it('writes answers as a scenario takes them, items as lists', () => {
    const said = saidBy(plan, {
      answers: [
        { questionId: 'served', status: 'refused' },
        { questionId: 'service.duty', item: 1, value: 'combat' },
      ],
    });
    expect(said).toEqual({ served: { status: 'refused' }, 'service.posting': [{}, { 'service.duty': 'combat' }] });
  });
});

describe('in any questionnaire', () => {
  const interview = anyQuestionnaire.chain((grown) => fc.tuple(fc.constant(grown), steps(grown.questions)));
  const context: Context = { child: 'no', language: 'en' };
  /** Items in which nothing can be recorded directly, and values that follow from others, may hide a way that is there. */
  const isPlain = ({ nodes, scopes }: Plan): boolean =>
    nodes.every((node) =>
      node.kind === 'repeat'
        ? scopes[node.itemScope]!.some((index) => nodes[index]!.kind === 'question')
        : !(node.kind === 'question' && node.calculation),
    );

  it('what answers reach is never called impossible, and answers that are given reach their goal', () => {
    fc.assert(
      fc.property(interview, ([grown, taken]) => {
        const any = planOf([{ file: 'grown/grown.json', content: grown.file }]);
        const goals = goalsOf(any);
        const finder = new Finder(any);
        const found = new Map(goals.map((goal) => [goal, finder.find(goal)]));
        let session = start(any, context);
        for (const step of taken) {
          const at = { ...step, ...(step.item.length === 0 && { item: undefined }) };
          const result = step.remove ? remove(session, at) : record(session, at);
          if (!result.ok) throw new Error(result.message);
          session = result.session;
          for (const goal of reachedBy(session, goals))
            expect([goal.what, found.get(goal)]).not.toEqual([goal.what, { reach: 'impossible' }]);
        }
        for (const [goal, reach] of found)
          if (reach.reach === 'possible')
            expect(reachedBy(interviewOf(any, reach.witness), [goal]).has(goal)).toBe(true);
          else if (isPlain(any)) expect(reach.reach).toBe('impossible');
      }),
      { numRuns: 60 },
    );
  });
});
