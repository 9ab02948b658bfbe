import { describe, expect, it } from '@jest/globals';
import { ask, planOf, played, shown } from '../../../test/factories/one-section.js';
import { render } from './explain.js';
import type { Indicator } from './format.js';
import { view } from './view.js';

const many = Array.from({ length: 33 }, (_, index) => ({ code: `c${index}`, text: { en: `Force ${index}` } }));
const none = { code: 'none', text: { en: 'None' }, exclusive: true };
const lists = { codes: [none, ...many] };
const all = many.map(({ code }) => code);
const followed = ask('rest', 'text', { when: { question: 'forces', containsAny: all }, ifUnclear: 'closed' });
const part = ask('part', 'text', { when: { question: 'forces', containsAny: all.slice(0, 20) }, ifUnclear: 'closed' });

describe('why a question with a long list of codes behind it is asked', () => {
  const plan = planOf([ask('forces', 'multiChoice'), followed, part], { lists });

  it.each([
    ['en', 'Asked because “Question forces?” includes “Force 3”, “Force 7”.'],
    ['fr', 'Posée parce que la réponse à « Question forces? » comprend « Force 3 », « Force 7 ».'],
    ['ar', 'يُطرح للسبب الآتي: الجواب عن «Question forces?» يشمل «Force 3»، «Force 7».'],
  ])('names the codes that were answered (%s)', (language, sentence) => {
    const session = played(plan, { forces: ['c3', 'c7'] }, { child: 'no', language });
    expect(shown(session, 'part').why.sentence).toBe(sentence);
  });

  it.each([
    [
      'en',
      'Not asked because it does not hold that “Question forces?” includes one of 20 answers, such as “Force 0”, “Force 1”, “Force 2”.',
    ],
    [
      'fr',
      'Non posée parce qu’il n’est pas exact que la réponse à « Question forces? » comprend l’une de 20 réponses, par exemple « Force 0 », « Force 1 », « Force 2 ».',
    ],
    [
      'ar',
      'لا يُطرح للسبب الآتي: لا يصح أن الجواب عن «Question forces?» يشمل أحد الأجوبة الممكنة (20)، مثل «Force 0»، «Force 1»، «Force 2».',
    ],
  ])('names a few of those that were not (%s)', (language, sentence) => {
    const session = played(plan, { forces: ['c30'] }, { child: 'no', language });
    expect(shown(session, 'part').why.sentence).toBe(sentence);
  });

  it.each([
    ['en', '“Question forces?” includes any answer but “None”'],
    ['fr', 'la réponse à « Question forces? » comprend n’importe quelle réponse sauf « None »'],
    ['ar', 'الجواب عن «Question forces?» يشمل أي جواب غير «None»'],
  ])('says in print which few answers do not count (%s)', (language, sentence) => {
    expect(render(plan, plan.nodes[plan.byId['rest']!]!.gates[0]!.condition, language)).toBe(sentence);
  });

  it('leaves nothing out in print where many would not count', () => {
    expect(render(plan, plan.nodes[plan.byId['part']!]!.gates[0]!.condition)).toContain('“Force 19”');
  });
});

describe('the reason of an indicator', () => {
  const indicator: Indicator = {
    id: 'served',
    when: {
      any: [
        { question: 'forces', containsAny: ['c1', 'c2'] },
        {
          all: [
            { question: 'forces', contains: 'c3' },
            { question: 'age', above: 17 },
          ],
        },
      ],
    },
    ifUnclear: 'silent',
    severity: 'low',
    ground: '1F(a)',
    reason: { en: 'Told: {forces|nothing told}; age {age|not told}.' },
    innocent: [{ en: 'Forced.' }],
  };
  const plan = planOf([ask('forces', 'multiChoice'), ask('age', 'number')], { lists, indicators: [indicator] });

  it.each([
    [{ forces: ['c1', 'c9'] }, 'Told: Force 1; age not told.'],
    [{ forces: ['c1', 'c3', 'c9'], age: 12 }, 'Told: Force 1; age 12.'],
    [{ forces: ['c1', 'c3', 'c9'], age: 30 }, 'Told: Force 1, Force 3; age 30.'],
  ])('names only the codes that made it fire: %j', (told, reason) => {
    expect(view(played(plan, told)).indicators[0]!.reason).toBe(reason);
  });
});
