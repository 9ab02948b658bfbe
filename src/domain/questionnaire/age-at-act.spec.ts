import { describe, expect, it } from '@jest/globals';
import { ask, planOf, played, problemsOf, repeated } from '../../../test/factories/one-section.js';
import type { Indicator } from './format.js';
import { raisedIndicators } from './raised.js';
import { answer, start, withContext } from './session.js';
import { view } from './view.js';

const indicator = (more: Partial<Indicator>): Indicator => ({
  id: 'guarded',
  when: { question: 'part', contains: 'a' },
  ifUnclear: 'silent',
  severity: 'medium',
  ground: '1F(a)',
  reason: { en: 'Told: {part|nothing told}.' },
  innocent: [{ en: 'Forced.' }],
  ...more,
});
const items = [ask('part', 'multiChoice'), ask('ageThen', 'number')];
const plan = planOf(items, { indicators: [indicator({ age: ['ageThen'] })] });
const ids = (session: Parameters<typeof raisedIndicators>[0]) => raisedIndicators(session).map(({ id }) => id);

describe('an act below the age of criminal responsibility', () => {
  it.each([
    [13, []],
    [14, ['guarded']],
    [40, ['guarded']],
  ])('told at the age of %i raises %j', (age, raised) => {
    expect(ids(played(plan, { part: ['a'], ageThen: age }))).toEqual(raised);
  });

  it('raises the indicator until the age is told, and clears it with the age', () => {
    const before = played(plan, { part: ['a'] });
    expect(ids(before)).toEqual(['guarded']);
    expect(answer(before, { questionId: 'ageThen', value: 12 })).toMatchObject({ cleared: ['guarded'], raised: [] });
  });

  it('leaves a note that it may be the account of a victim, with what was told, and only then', () => {
    const { indicators, notes } = view(played(plan, { part: ['a', 'b'], ageThen: 12 }));
    expect(indicators).toEqual([]);
    expect(notes).toEqual([
      {
        kind: 'mayBeVictim',
        sentence: expect.stringMatching(/before the age of 14.*may be victims/),
        because: [{ outcome: 'yes', sentence: '“Question part?” includes “A”' }],
      },
    ]);
    expect(view(played(plan, { part: ['b'], ageThen: 12 })).notes).toEqual([]);
    expect(view(played(plan, { part: ['a'], ageThen: 20 })).notes).toEqual([]);
  });

  it('follows the age that the law in force sets', () => {
    const twelve = { child: 'no', language: 'en', responsibleFrom: 12 } as const;
    const session = played(plan, { part: ['a'], ageThen: 13 }, twelve);
    expect(ids(session)).toEqual(['guarded']);
    expect(ids(withContext(session, { ...twelve, responsibleFrom: 14 }))).toEqual([]);
  });

  it('says of somebody between that age and eighteen that it was a child, and of nobody else', () => {
    const innocent = (age: number) => view(played(plan, { part: ['a'], ageThen: age })).indicators[0]!.innocent;
    expect(innocent(17)).toEqual([expect.stringMatching(/child then: capacity, coercion/), 'Forced.']);
    expect(innocent(18)).toEqual(['Forced.']);
  });
});

describe('an applicant who is a child at the interview', () => {
  const ageless = planOf([ask('part', 'multiChoice'), ask('ageThen', 'number')], { indicators: [indicator({})] });
  const at = (ageNow: number) => ({ child: 'unclear', language: 'en', ageNow }) as const;

  it('did nothing at a later age: below the age of responsibility nothing is raised, whatever ages the rule names', () => {
    for (const one of [plan, ageless]) {
      expect(ids(played(one, { part: ['a'] }, at(13)))).toEqual([]);
      expect(ids(played(one, { part: ['a'], ageThen: 30 }, at(13)))).toEqual([]);
      expect(ids(played(one, { part: ['a'] }, at(14)))).toEqual(['guarded']);
    }
  });

  it('is heard as a possible victim then, and from that age to eighteen as a child', () => {
    expect(view(played(ageless, { part: ['a'] }, at(13))).notes).toMatchObject([{ kind: 'mayBeVictim' }]);
    expect(view(played(ageless, { part: ['b'] }, at(13))).notes).toEqual([]);
    const innocent = (age: number) => view(played(ageless, { part: ['a'] }, at(age))).indicators[0]!.innocent;
    expect(innocent(17)).toEqual([expect.stringMatching(/child then: capacity, coercion/), 'Forced.']);
    expect(innocent(18)).toEqual(['Forced.']);
  });

  it('is followed when the age is established later', () => {
    const session = played(ageless, { part: ['a'] }, at(20));
    expect(ids(withContext(session, at(12)))).toEqual([]);
    expect(ids(withContext(withContext(session, at(12)), at(20)))).toEqual(['guarded']);
  });
});

describe('an uncertain age', () => {
  const calculated = planOf(
    [
      ask('born', 'date'),
      ask('part', 'multiChoice'),
      ask('when', 'date'),
      ask('ageWorked', 'integer', { calculate: { years: { from: { answer: 'born' }, to: { answer: 'when' } } } }),
      ask('ageThen', 'number'),
    ],
    { indicators: [indicator({ age: ['ageThen', 'ageWorked'] })] },
  );

  it.each([
    ['may lie on either side', { born: '1990', part: ['a'], when: '2004' }, []],
    ['certainly lies above', { born: '1989', part: ['a'], when: '2004' }, ['guarded']],
    ['is told otherwise than the dates have it', { born: '1992', part: ['a'], when: '2004', ageThen: 20 }, []],
  ])('is read as the youngest it may be when it %s', (_, told, raised) => {
    expect(ids(played(calculated, told))).toEqual(raised);
  });
});

describe('an age asked in each item', () => {
  const inItems = planOf([repeated('incidents', [ask('part', 'multiChoice'), ask('ageThen', 'number')])], {
    indicators: [
      indicator({ when: { some: 'incidents', where: { question: 'part', contains: 'a' } }, age: ['ageThen'] }),
    ],
  });
  const told = (...all: [part: string, age: number][]) =>
    played(
      inItems,
      all.flatMap(([part, age], item) => [
        { questionId: 'part', item, value: [part] },
        { questionId: 'ageThen', item, value: age },
      ]),
    );

  it('takes away the items of that age and no others', () => {
    expect(ids(told(['a', 12]))).toEqual([]);
    expect(ids(told(['a', 12], ['b', 30]))).toEqual([]);
    expect(ids(told(['a', 12], ['a', 30]))).toEqual(['guarded']);
  });

  it('gives as reason only what was told of the other items', () => {
    const [shown] = view(told(['a', 12], ['b', 30], ['a', 31])).indicators;
    expect(shown!.reason).toBe('Told: A.');
    expect(shown!.because).toEqual([
      { outcome: 'yes', sentence: 'for at least one item of “Repeat incidents”, “Question part?” includes “A”' },
    ]);
    expect(shown!.innocent).toEqual(['Forced.']);
  });

  it('is refused when the rule does not range over the items', () => {
    const mistaken = indicator({
      when: { question: 'other', answered: true },
      reason: { en: 'Told.' },
      age: ['ageThen'],
    });
    const items = [ask('other', 'text'), repeated('incidents', [ask('ageThen', 'number')])];
    expect(problemsOf(items, { indicators: [mistaken] }).map(({ message }) => message)).toEqual([
      expect.stringMatching(/"ageThen" is asked once per item of "incidents"/),
    ]);
  });
});

describe('what an indicator names as age', () => {
  it.each([
    ['ageThan', /no question "ageThan".*"ageThen"/],
    ['part', /"part" tells no age/],
  ])('is refused when it is %s', (age, message) => {
    const problems = problemsOf(items, { indicators: [indicator({ age: [age] })] });
    expect(problems).toEqual([
      expect.objectContaining({ pointer: '/indicators/0/age/0', message: expect.stringMatching(message) }),
    ]);
  });
});

describe('an indicator that replaces another one', () => {
  const severe = indicator({
    id: 'adultActs',
    severity: 'high',
    when: {
      all: [
        { question: 'part', contains: 'a' },
        { question: 'ageThen', above: 17 },
      ],
    },
    replaces: ['guarded'],
  });

  it('stands alone while it is raised, and the other one comes back after it', () => {
    const both = planOf(items, { indicators: [severe, indicator({})] });
    const lower = played(both, { part: ['a'] });
    expect(ids(lower)).toEqual(['guarded']);
    const higher = answer(lower, { questionId: 'ageThen', value: 30 });
    expect(higher).toMatchObject({ raised: ['adultActs'], cleared: ['guarded'] });
    if (!higher.ok) return;
    expect(view(higher.session).indicators.map(({ id }) => id)).toEqual(['adultActs']);
    expect(answer(higher.session, { questionId: 'ageThen', value: 16 })).toMatchObject({
      raised: ['guarded'],
      cleared: ['adultActs'],
    });
  });

  it('hides nothing certain while it is itself unclear', () => {
    const doubtful = planOf([...items, ask('place', 'place')], {
      indicators: [
        indicator({
          id: 'near',
          ifUnclear: 'raise',
          when: { question: 'place', within: 'strelsau' },
          replaces: ['guarded'],
        }),
        indicator({}),
      ],
    });
    expect(ids(played(doubtful, { part: ['a'], place: { said: 'somewhere' } }))).toEqual(['near', 'guarded']);
    expect(ids(start(doubtful, { child: 'no', language: 'en' }))).toEqual([]);
  });

  it.each<[string, Partial<Indicator>[], RegExp]>([
    ['a name nobody has', [{ replaces: ['guarted'] }], /no indicator "guarted".*"guarded"/],
    ['itself', [{ replaces: ['guarded'] }], /break the circle/],
    ['one in a circle', [{ replaces: ['b'] }, { id: 'b', replaces: ['guarded'] }], /break the circle/],
    ['one that weighs more', [{ replaces: ['b'] }, { id: 'b', severity: 'high' }], /of a higher severity/],
    ['one of another ground', [{ replaces: ['b'] }, { id: 'b', ground: '1F(b)' }], /neither may hide the other/],
  ])('is refused when it replaces %s', (_, written, message) => {
    const problems = problemsOf(items, { indicators: written.map(indicator) });
    expect(problems.map((one) => one.message)).toContainEqual(expect.stringMatching(message));
  });
});
