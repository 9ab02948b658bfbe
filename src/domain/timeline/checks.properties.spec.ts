import { describe, expect, it } from '@jest/globals';
import fc from '../../../test/support/properties.js';
import { anAccount, inventedPlan, inventia, mapping, type Said } from '../../../test/factories/timeline-pack.js';
import type { ReferenceEntry, ReferenceFile } from '../questionnaire/format-reference.js';
import type { StatedFact, TimelineEntry } from './entry.js';
import type { CaseTold, OpenQuestion } from './open-question.js';
import { FOREVER, SINCE_EVER, max, min, plusDays } from './spans.js';
import { questionsIn, tellingOf, timelineOf } from './timeline.js';
import { childAt, type UncertainDate } from './uncertain-date.js';

const day = fc
  .tuple(fc.integer({ min: 1988, max: 2000 }), fc.integer({ min: 1, max: 12 }))
  .map(([year, month]) => `${year}-${String(month).padStart(2, '0')}`);
const date = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(day, day).map(([a, b]) => (a < b ? `${a}/${b}` : `${b}/${a}`)) },
  { weight: 2, arbitrary: day },
  { weight: 1, arbitrary: fc.constantFrom('1994~', '199X', '1991/..', '../1996', '1994-05-11', 'unknown') },
);
const entry = (list: 'places' | 'units' | 'events') =>
  fc.constantFrom(...inventia[list]!.map(({ id }: ReferenceEntry) => ({ ref: id })));
const some = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const items = (item: Record<string, fc.Arbitrary<unknown>>) => fc.array(fc.record(item), { maxLength: 3 });

const account = fc
  .record({
    birthDate: fc.constantFrom('1970', '1970-06', '1975~', '1982', undefined),
    forces: fc.constantFrom(['none'], ['army'], ['guard'], ['army', 'guard'], undefined),
    guardPeriod: some(date),
    superior: fc.constantFrom('Exemplus Ficticius', 'Nemo Fictus', 'somebody', undefined),
    homes: items({ homePlace: entry('places'), homePeriod: date }),
    cells: items({ cellPlace: some(entry('places')), cellPeriod: date }),
    postings: items({
      postUnit: entry('units'),
      postPeriod: date,
      postPlace: some(entry('places')),
      postRank: some(fc.constant({ ref: 'colonel' })),
    }),
    incidents: items({
      incidentPlace: some(entry('places')),
      incidentDate: date,
      incidentAge: some(fc.integer({ min: 5, max: 40 })),
      incidentActs: some(fc.constant(['struck'])),
    }),
    papers: items({ paperUnit: entry('units'), paperPeriod: date }),
  })
  .map((said) => clean(said) as Said);

/** Without what was left out. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([key, one]) => [key, clean(one)]),
  );
}

const wholePlan = inventedPlan();
const accounts = fc.array(account, { minLength: 1, maxLength: 2 });
const inputOf = (said: readonly Said[], reference: ReferenceFile = inventia) => {
  const plan = reference === inventia ? wholePlan : inventedPlan(reference);
  return {
    accounts: said.map((one, index) => anAccount(one, { id: `i${index}`, plan })),
    registeredBirth: '1970',
    mappings: [mapping],
  };
};

/** A window at least as wide: every bound moves outwards by so many days. */
function widened(window: UncertainDate, [a, b, c, d]: readonly number[]): UncertainDate {
  const earliest = window.earliest === SINCE_EVER ? SINCE_EVER : plusDays(window.earliest, -a!);
  const latest = window.latest === FOREVER ? FOREVER : plusDays(window.latest, d!);
  return {
    earliest,
    startLatest: min(plusDays(window.startLatest, b!), latest),
    endEarliest: max(plusDays(window.endEarliest, -c!), earliest),
    latest,
  };
}

/** The same account told less exactly: every date by the next four numbers, or forgotten. */
function lessExactly(told: CaseTold, numbers: readonly number[]): CaseTold {
  let used = 0;
  const next = () => [0, 1, 2, 3].map((at) => numbers[(used + at) % numbers.length]!);
  const wider = (window: UncertainDate): UncertainDate => {
    const by = next();
    used += 4;
    return widened(window, by);
  };
  const birth = told.birth && wider(told.birth);
  const entries = told.entries.map((one): TimelineEntry => {
    const { when, ...rest } = one;
    const forgotten = next()[0]! > 900 && one.dated;
    const now = when && !forgotten ? wider(when) : undefined;
    const child = birth && now ? childAt(birth, now) : 'unclear';
    return { ...rest, ...(now && { when: now }), child };
  });
  const facts = told.facts.map((one): StatedFact =>
    one.type === 'date' ? { ...one, value: wider(one.value as UncertainDate) } : one,
  );
  return { ...told, entries, facts, ...(birth && { birth }) };
}

/** Of a gap, days inside days asked about before; of all else, the same question. */
function isCovered(question: OpenQuestion, before: readonly OpenQuestion[]): boolean {
  if (question.code !== 'gap') return before.some(({ id }) => id === question.id);
  const { from, to } = question.days!;
  return before.some(({ code, days }) => code === 'gap' && days!.from <= from && days!.to >= to);
}
const strangers = (after: readonly OpenQuestion[], before: readonly OpenQuestion[]) =>
  after.filter((one) => !isCovered(one, before)).map(({ id }) => id);

describe('whatever an applicant says', () => {
  it('less exact dates never make a check fire', () => {
    const fired = new Set<string>();
    const numbers = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1000 })), {
      minLength: 8,
      maxLength: 40,
    });
    fc.assert(
      fc.property(accounts, numbers, (said, by) => {
        const told = tellingOf(inputOf(said));
        const before = questionsIn(told);
        for (const { code } of before) fired.add(code);
        expect(strangers(questionsIn(lessExactly(told, by)), before)).toEqual([]);
      }),
      // One seed, so that the checks that fire are always the same ones.
      { numRuns: 200, seed: 1994 },
    );
    // Without checks that fire, the property would say nothing.
    expect([...fired].sort()).toEqual(
      expect.arrayContaining(['ageAtAct', 'documentDiffers', 'gap', 'interviewsDiffer', 'nearEvent', 'overlap']),
    );
    expect([...fired]).toEqual(expect.arrayContaining(['unitNotExisting', 'unitElsewhere', 'superiorNotInPost']));
  });

  it('reference entries that lose a source never make a check fire', () => {
    const lists = ['organisations', 'units', 'ranks', 'places', 'events', 'periods', 'posts'] as const;
    const entries = lists.flatMap((list) => inventia[list]!.map((_, index) => ({ list, index })));
    fc.assert(
      fc.property(accounts, fc.subarray(entries), (said, doubted) => {
        const reference = structuredClone(inventia);
        for (const { list, index } of doubted) reference[list]![index]!.sources.splice(1);
        const before = timelineOf(inputOf(said)).questions;
        expect(strangers(timelineOf(inputOf(said, reference)).questions, before)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('the same account always leaves the same questions in the same order, each with its answers and explanations', () => {
    fc.assert(
      fc.property(accounts, (said) => {
        const { questions } = timelineOf(inputOf(said));
        expect(timelineOf(inputOf(said)).questions).toEqual(questions);
        expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
        for (const { answers, innocent, question } of questions) {
          expect(answers.length).toBeGreaterThan(0);
          expect(innocent.length).toBeGreaterThan(1);
          expect(question).toMatch(/\?$/);
        }
      }),
      { numRuns: 40 },
    );
  });
});
