import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { smallPack } from '../../../../test/factories/small-pack.js';
import { compile } from '../compile.js';
import { scenarioSchema } from '../schema-scenario.js';
import { readScenarios } from './read-scenarios.js';
import { runScenario } from './run-scenario.js';

const compiled = compile(smallPack());
if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
const { plan } = compiled;

const soldier = {
  id: 'soldier',
  title: 'Rudolf Inventus manned a checkpoint',
  role: 'perpetrator',
  answers: {
    served: true,
    leftOn: '1996',
    'service.posting': [{ 'service.duty': 'checkpoint', 'service.when': '1994-05' }, { 'service.duty': 'kitchen' }],
  },
  play: 'rest',
  expect: { raised: ['service.checkpointInWar'], open: ['service.checkpointOrders'], askedAtMost: 14 },
};
const twin = {
  id: 'cook',
  title: 'Rudolf Inventus cooked',
  role: 'innocentTwin',
  twinOf: 'service.checkpointInWar',
  from: 'soldier',
  answers: { 'service.posting': [{ 'service.duty': 'kitchen', 'service.when': '1994-05' }] },
  expect: { indicators: [] },
};

const fileOf = (...scenarios: object[]) => ({
  file: 'Ruritania/scenarios/screening.json',
  content: { format: 1, questionnaire: plan.id, scenarios },
});
function run(...scenarios: object[]) {
  const result = readScenarios(fileOf(...scenarios), [plan]);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.scenarios.map((scenario) => runScenario(plan, scenario));
}
const problemsOf = (...scenarios: object[]) => {
  const result = readScenarios(fileOf(...scenarios), [plan]);
  return result.ok ? [] : result.problems.map(({ pointer, message }) => [pointer, message]);
};
const failuresOf = (scenario: object) =>
  run(soldier, scenario)[1]!.failures.map(({ pointer, message }) => [pointer, message]);

describe('a scenario file', () => {
  it('is described by the same schema in the folder of schemas and in the code', () => {
    const file = new URL('../../../../questionnaires/schema/scenario.schema.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(scenarioSchema)));
  });

  it('is measured by the newest version of its questionnaire', () => {
    const newer = { ...plan, version: 2 };
    const result = readScenarios(fileOf(soldier), [plan, newer, plan]);
    expect(result.ok && result.plan).toBe(newer);
  });

  const bystander = { id: 'b', title: 'Flavia Ficta', role: 'bystander', expect: { indicators: [] } };
  it.each<[string, object, string, RegExp]>([
    ['a misspelt key', { ...bystander, answer: {} }, '/answer', /Did you mean "answers"/],
    ['a role that does not exist', { ...bystander, role: 'victim' }, '/role', /must be one of perpetrator, bystander/],
    ['nothing expected', { ...bystander, expect: {} }, '/expect', /at least one of open, closed/],
    [
      'a question that does not exist',
      { ...bystander, answers: { servd: true } },
      '/answers/servd',
      /Did you mean "served"/,
    ],
    ['a value of another type', { ...bystander, answers: { served: 'yes' } }, '/answers/served', /send true or false/],
    [
      'a status that does not exist',
      { ...bystander, answers: { served: { status: 'silent' } } },
      '/answers/served/status',
      /unknown, refused, notAsked/,
    ],
    [
      'a question of a repeat outside it',
      { ...bystander, answers: { 'service.rank': { said: 'x' } } },
      '/answers/service.rank',
      /write "service.posting": \[\{ "service.rank"/,
    ],
    [
      'a question inside a repeat it does not stand in',
      { ...bystander, answers: { 'service.posting': [{ served: true }] } },
      '/answers/service.posting/0/served',
      /write it beside "service.posting"/,
    ],
    [
      'one item where a list is meant',
      { ...bystander, answers: { 'service.posting': {} } },
      '/answers/service.posting',
      /write a list/,
    ],
    [
      'a list where an item is meant',
      { ...bystander, answers: { 'service.posting': [[]] } },
      '/answers/service.posting/0',
      /is an object of its answers/,
    ],
    [
      'more items than there may be',
      { ...bystander, answers: { 'service.posting': Array(21).fill({}) } },
      '/answers/service.posting',
      /at most 20/,
    ],
    [
      'a wrong code in an item',
      { ...bystander, answers: { 'service.posting': [{ 'service.duty': 'cook' }] } },
      '/answers/service.posting/0/service.duty',
      /checkpoint, kitchen/,
    ],
    ['null without "from"', { ...bystander, answers: { served: null } }, '/answers/served', /has no "from"/],
    [
      'null for what "from" does not bring',
      { ...bystander, from: 'soldier', answers: { leftFrom: null } },
      '/answers/leftFrom',
      /"soldier" has none/,
    ],
    ['an unknown "from"', { ...bystander, from: 'soldiers' }, '/from', /Did you mean "soldier"/],
    ['itself as "from"', { ...bystander, from: 'b' }, '/from', /b -> b/],
    ['an id used twice', { ...bystander, id: 'soldier' }, '/id', /two scenarios "soldier"/],
    ['a twin of nothing', { ...bystander, role: 'innocentTwin' }, '', /"twinOf"/],
    [
      'a twin of an unknown indicator',
      { ...bystander, role: 'innocentTwin', twinOf: 'longJourny' },
      '/twinOf',
      /Did you mean "longJourney"/,
    ],
    [
      '"twinOf" on another role',
      { ...bystander, twinOf: 'longJourney' },
      '/twinOf',
      /belongs to the role innocentTwin/,
    ],
    ['firing without an indicator', { ...bystander, role: 'firing' }, '/expect', /what it raises/],
    [
      'a repeat expected',
      { ...bystander, expect: { open: ['service.posting'] } },
      '/expect/open/0',
      /is a repeat; name a question/,
    ],
    [
      'an unknown question expected',
      { ...bystander, expect: { open: ['servd'] } },
      '/expect/open/0',
      /Did you mean "served"/,
    ],
    [
      'an unknown indicator expected',
      { ...bystander, expect: { silent: ['x'] } },
      '/expect/silent/0',
      /no indicator "x"/,
    ],
    [
      'a count of questions nobody asks',
      { ...bystander, expect: { askedAtMost: 3 } },
      '/expect/askedAtMost',
      /"play": "rest"/,
    ],
  ])('is refused for %s, at its place and with what to write', (_, scenario, pointer, message) => {
    expect(problemsOf(soldier, scenario)).toEqual([[`/scenarios/1${pointer}`, expect.stringMatching(message)]]);
  });

  it('is refused for a questionnaire the pack does not have', () => {
    const { file, content } = fileOf(soldier);
    const result = readScenarios({ file, content: { ...content, questionnaire: 'Ruritania-screning' } }, [plan]);
    expect(result.ok ? [] : result.problems).toEqual([
      { file, pointer: '/questionnaire', message: expect.stringMatching(/Did you mean "Ruritania-screening"/) },
    ]);
  });
});

describe('a scenario', () => {
  it('holds for the account and for its innocent twin, which takes the rest from it', () => {
    const [first, second] = run(soldier, twin);
    expect([first!.failures, second!.failures]).toEqual([[], []]);
    expect(first!.raised).toEqual(['service.checkpointInWar']);
  });

  it('played whole asks everything open in order and answers "unknown" where the account is silent', () => {
    const asked = run(soldier)[0]!.asked!;
    const items = ['service.unit', 'service.rank', 'service.when', 'service.duty'];
    expect(asked).toEqual([
      ...['account1', 'languages', 'leftOn', 'leftFrom', 'served'],
      ...[...items, 'service.checkpointOrders', ...items],
    ]);
  });

  it('as given records only its answers, asked or not', () => {
    const [, outcome] = run(soldier, {
      ...soldier,
      id: 'given',
      play: 'asGiven',
      expect: { raised: ['service.checkpointInWar'] },
    });
    expect(outcome!.asked).toBeUndefined();
    expect(outcome!.passed).toBe(true);
  });

  it('takes a child as a child', () => {
    const child = {
      ...soldier,
      id: 'child',
      applicant: { child: 'unclear' },
      expect: { closed: ['service.checkpointOrders'] },
    };
    expect(run(soldier, child)[1]!.failures).toEqual([]);
  });

  it('lets null take an answer away', () => {
    const without = {
      ...soldier,
      id: 'without',
      from: 'soldier',
      answers: { served: null, 'service.posting': null },
      expect: { open: ['service.unit'] },
    };
    expect(run(soldier, without)[1]!.passed).toBe(true);
    const never = {
      ...without,
      answers: { served: false, 'service.posting': null },
      expect: { closed: ['service.unit'] },
    };
    expect(run(soldier, never)[1]!.passed).toBe(true);
  });

  it.each<[string, object, string, RegExp]>([
    [
      'is closed',
      { expect: { open: ['journeyDays'] } },
      '/expect/open/0',
      /"journeyDays" is closed. Not asked because it does not hold that “When did you leave\?” falls/,
    ],
    ['is open', { expect: { closed: ['service.rank'] } }, '/expect/closed/0', /"service.rank" is open. Asked because/],
    [
      'is not raised',
      { expect: { raised: ['longJourney'] } },
      '/expect/raised/0',
      /"longJourney" is not raised: it is unclear whether/,
    ],
    [
      'is raised',
      { expect: { silent: ['service.checkpointInWar'] } },
      '/expect/silent/0',
      /is raised: for at least one item of “Postings”/,
    ],
    ['is raised and not expected', { expect: { indicators: [] } }, '/expect/indicators', /raised and not expected/],
    [
      'is expected and not raised',
      { expect: { indicators: ['service.checkpointInWar', 'longJourney'] } },
      '/expect/indicators/1',
      /not raised/,
    ],
    [
      'has a severity it must not have',
      { expect: { noSeverity: ['medium'] } },
      '/expect/noSeverity',
      /its severity is medium/,
    ],
    [
      'is asked too much',
      { expect: { askedAtMost: 13 } },
      '/expect/askedAtMost',
      /14 questions were asked, 1 too many; the last were service.duty/,
    ],
    [
      'is raised by its twin',
      { role: 'innocentTwin', twinOf: 'service.checkpointInWar', expect: { open: ['served'] } },
      '/twinOf',
      /is raised: /,
    ],
    [
      'speaks of what nobody asks',
      { answers: { served: false }, expect: { open: ['served'] } },
      '/answers/service.posting/0/service.duty',
      /never asked. Not asked because it does not hold that “Have you ever served/,
    ],
  ])('fails where something %s, and says why', (_, change, pointer, message) => {
    const failures = failuresOf({ ...soldier, id: 'other', from: 'soldier', answers: {}, ...change });
    expect(failures[0]).toEqual([
      pointer.startsWith('/answers') ? `/scenarios/0${pointer}` : `/scenarios/1${pointer}`,
      expect.stringMatching(message),
    ]);
  });
});
