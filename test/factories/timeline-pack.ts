import { compile } from '../../src/domain/questionnaire/compile.js';
import type { Question } from '../../src/domain/questionnaire/format.js';
import type { ReferenceFile, Source } from '../../src/domain/questionnaire/format-reference.js';
import type { Plan } from '../../src/domain/questionnaire/plan.js';
import { start, type AnswerInput } from '../../src/domain/questionnaire/session.js';
import type { TimelineFile } from '../../src/domain/timeline/format.js';
import type { Account } from '../../src/domain/timeline/statements.js';
import { timelineOf, type Timeline } from '../../src/domain/timeline/timeline.js';

/** Two independent sources. Everything in this pack is invented. */
const TWO: Source[] = [
  { source: 'Court of Inventia, judgment of 1 May 2001', url: 'https://court.example/1', judgment: true },
  { source: 'Inventia Review, 2002', url: 'https://review.example.org/2' },
];
const firm = { sources: TWO, verified: true };
/** Seen in one place only: no check may rest on it. */
const loose = { sources: [TWO[0]!], verified: true };

export const inventia: ReferenceFile = {
  format: 1,
  reference: 'inv',
  organisations: [
    { id: 'army', name: 'Army of Inventia', active: '../1999', ...firm },
    { id: 'guard', name: 'Guard', active: '1992/1999', ...loose },
  ],
  units: [
    { id: 'first', name: 'First Brigade', organisation: 'army', active: '1991/1998', area: ['north'], ...firm },
    { id: 'second', name: 'Second Brigade', organisation: 'army', ...firm },
    { id: 'third', name: 'Third Brigade', organisation: 'army', active: '1991/1998', area: ['north'], ...loose },
  ],
  ranks: [{ id: 'colonel', name: 'Colonel', organisation: 'army', order: 9, yearsOfService: 12, ...firm }],
  places: [
    { id: 'north', name: 'North', kind: 'province', latitude: 10, longitude: 10, radiusKm: 30, ...firm },
    { id: 'hill', name: 'Hill', kind: 'village', parent: 'north', latitude: 10.1, longitude: 10, ...firm },
    { id: 'well', name: 'Well', kind: 'village', parent: 'north', ...firm },
    { id: 'south', name: 'South', kind: 'village', latitude: 0, longitude: 10, ...firm },
    { id: 'rumoured', name: 'Rumoured', kind: 'village', latitude: 10.1, longitude: 10, ...loose },
    { id: 'somewhere', name: 'Somewhere', kind: 'unheardOf', ...firm },
  ],
  events: [
    { id: 'attack', name: 'Attack on Hill', kind: 'attack', date: '1994-05-10/1994-05-12', places: ['hill'], ...firm },
    { id: 'talk', name: 'Talks', kind: 'talks', date: '1994-05-11', places: ['hill'], ...firm },
    { id: 'rumour', name: 'Rumour', kind: 'attack', date: '1994-05-20', places: ['hill'], ...loose },
  ],
  periods: [
    { id: 'war', name: 'War', date: '1993-01-01/1996-12-31', classification: 'nonInternational', ...firm },
    { id: 'riots', name: 'Riots', date: '1990-01-01/1990-12-31', classification: 'disputed', ...loose },
  ],
  posts: [
    {
      id: 'firstCommander',
      name: 'Commander of the First Brigade',
      holder: 'Exemplus Ficticius',
      unit: 'first',
      date: '1992/1994',
      ...firm,
    },
    { id: 'secondCommander', name: 'Commander', holder: 'Nemo Fictus', unit: 'second', date: '1992/1994', ...loose },
  ],
};

const ask = (id: string, type: Question['type'], more: Partial<Question> = {}): Question => ({
  id,
  type,
  text: { en: `${id}?` },
  purpose: 'exclusion',
  basis: ['invented'],
  ...more,
});
const repeat = (id: string, items: Question[]) =>
  ({ id, repeat: true, title: { en: id }, itemTitle: { en: id }, items }) as const;

const questionnaire = {
  format: 1,
  id: 'inv-exclusion',
  version: 1,
  purpose: 'exclusion',
  title: { en: 'Invented' },
  languages: ['en'],
  lists: {
    forces: ['none', 'army', 'guard', 'other'].map((code) => ({ code, text: { en: code } })),
    acts: ['none', 'struck'].map((code) => ({ code, text: { en: code } })),
  },
  sections: [
    {
      id: 'all',
      title: { en: 'All' },
      phase: 'open',
      items: [
        ask('birthDate', 'date'),
        ask('forces', 'multiChoice', { list: 'forces' }),
        ask('superior', 'text'),
        repeat('homes', [ask('homePlace', 'place'), ask('homePeriod', 'date')]),
        repeat('cells', [ask('cellPlace', 'place'), ask('cellPeriod', 'date')]),
        repeat('postings', [
          ask('postUnit', 'unit'),
          ask('postPeriod', 'date'),
          ask('postPlace', 'place'),
          ask('postRank', 'rank'),
        ]),
        repeat('incidents', [
          ask('incidentPlace', 'place'),
          ask('incidentDate', 'date'),
          ask('incidentAge', 'number'),
          ask('incidentActs', 'multiChoice', { list: 'acts' }),
          ask('incidentEvent', 'event'),
        ]),
        repeat('papers', [ask('paperUnit', 'unit'), ask('paperPeriod', 'date')]),
        ask('guardPeriod', 'date', { when: { question: 'forces', contains: 'guard' }, ifUnclear: 'closed' }),
        repeat('seen', [
          ask('seenPlace', 'place', { purpose: 'witness' }),
          ask('seenDate', 'date', { purpose: 'witness' }),
        ]),
      ],
    },
  ],
};

export const mapping: TimelineFile = {
  format: 1,
  timeline: 'inv',
  settings: { gapDays: 30, eventKinds: ['attack'], placeRadiusKm: { village: 2 }, overlapDays: 10 },
  questionnaires: {
    'inv-exclusion': {
      entries: [
        { id: 'homes', kind: 'residence', place: 'homePlace', period: 'homePeriod' },
        { id: 'cells', kind: 'detention', place: 'cellPlace', period: 'cellPeriod' },
        {
          id: 'postings',
          kind: 'service',
          unit: 'postUnit',
          period: 'postPeriod',
          place: 'postPlace',
          rank: 'postRank',
          superior: 'superior',
        },
        {
          id: 'guard',
          kind: 'service',
          period: 'guardPeriod',
          organisation: { question: 'forces', codes: { guard: 'guard', army: 'army', other: null } },
        },
        {
          id: 'incidents',
          kind: 'incident',
          place: 'incidentPlace',
          period: 'incidentDate',
          age: 'incidentAge',
          event: 'incidentEvent',
          act: { question: 'incidentActs', codes: ['struck'] },
        },
        { id: 'papers', kind: 'service', basis: 'document', unit: 'paperUnit', period: 'paperPeriod' },
        { id: 'seen', kind: 'incident', place: 'seenPlace', period: 'seenDate' },
      ],
      facts: [
        { fact: 'birthDate', question: 'birthDate' },
        { fact: 'inv.forces', question: 'forces', exclusive: ['none'] },
      ],
    },
  },
};

/** The plan over this reference data. */
export function inventedPlan(reference: ReferenceFile = inventia): Plan {
  const result = compile([
    { file: 'inv/exclusion.json', content: questionnaire },
    { file: 'inv/reference.json', content: reference },
  ]);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}
const plan = inventedPlan();

/** What an applicant says: by question, and for a repeat one object per item. */
export type Said = { readonly [question: string]: unknown };

/** One invented interview. */
export function anAccount(said: Said, about: { id?: string; child?: 'no' | 'unclear'; plan?: Plan } = {}): Account {
  const { id = 'one', child = 'no' } = about;
  const answers = Object.entries(said).flatMap(([question, value]): AnswerInput[] => {
    const items = (about.plan ?? plan).nodes.find((node) => node.id === question)?.kind === 'repeat';
    if (!items) return [answerOf(question, value)];
    return (value as Said[]).flatMap((item, index) =>
      Object.entries(item).map(([inner, one]) => ({ ...answerOf(inner, one), item: index })),
    );
  });
  const session = start(about.plan ?? plan, { child, language: 'en' }, answers);
  return { interviewId: id, session, day: '2020-01-01' };
}

const answerOf = (questionId: string, value: unknown): AnswerInput =>
  value === 'unknown' ? { questionId, status: 'unknown' } : { questionId, value };

/** The timeline of a case in which somebody born in 1970 says this. */
export const timelineFor = (...accounts: (Said | Account)[]): Timeline =>
  timelineOf({
    accounts: accounts.map((one, index) => ('session' in one ? (one as Account) : anAccount(one, { id: `i${index}` }))),
    registeredBirth: '1970',
    mappings: [mapping],
  });

export const codesOf = ({ questions }: Timeline): string[] => questions.map(({ code }) => code);
export const inPlace = (ref: string) => ({ ref });
