import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { planOf } from '../../../test/support/shipped-packs.js';
import { compile } from '../questionnaire/compile.js';
import type { Plan } from '../questionnaire/plan.js';
import { start, type AnswerInput } from '../questionnaire/session.js';
import type { TimelineFile } from './format.js';
import { timelineOf } from './timeline.js';

const mappings = ['RW', 'base'].map(
  (pack) => JSON.parse(readFileSync(`questionnaires/${pack}/timeline.json`, 'utf8')) as TimelineFile,
);
const timelineFor = (questionnaire: string | Plan, answers: AnswerInput[]) =>
  timelineOf({
    accounts: [
      {
        interviewId: 'one',
        session: start(
          typeof questionnaire === 'string' ? planOf(questionnaire) : questionnaire,
          { child: 'no', language: 'en' },
          answers,
        ),
        day: '2026-01-01',
      },
    ],
    registeredBirth: '1965',
    mappings,
  });
const home = (item: number, ref: string, period: string): AnswerInput[] => [
  { questionId: 'residencePlace', item, value: { ref } },
  { questionId: 'residencePeriod', item, value: period },
];

describe('the timelines of the shipped packs', () => {
  it('put homes of a Rwandan in order and ask about an event near one of them without naming it', () => {
    const { entries, questions } = timelineFor('RW-exclusion', [
      ...home(0, 'butare', '1996/2000'),
      ...home(1, 'kibeho', '1985/1996'),
    ]);
    expect(entries.map(({ place, when }) => [place?.said, when?.earliest, when?.latest])).toEqual([
      ['Kibeho', '1985-01-01', '1996-12-31'],
      ['Butare', '1996-01-01', '2000-12-31'],
    ]);
    expect(questions.map(({ id, question }) => [id, question])).toEqual([
      ['nearEvent:kibeho1995', 'What did you experience in or near Kibeho on 22 April 1995?'],
    ]);
  });

  it('ask where a Rwandan was in the weeks of the genocide that nothing covers', () => {
    const { questions } = timelineFor('RW-exclusion', [
      ...home(0, 'byumba', '1985/1994-04-05'),
      ...home(1, 'butare', '1994-06-01/2000'),
    ]);
    expect(questions.map(({ code, question }) => [code, question])).toEqual([
      ['gap', 'Where were you from 6 April 1994 to 31 May 1994?'],
    ]);
  });

  it('hold nobody to be anywhere in a year that was only named', () => {
    expect(timelineFor('RW-exclusion', home(0, 'kibeho', '1995')).questions.map(({ code }) => code)).toEqual(['gap']);
    const said: AnswerInput[] = [
      { questionId: 'accountPeriods', value: ['spring1994'] },
      { questionId: 'home1994', value: { ref: 'rusumo' } },
    ];
    const { entries, questions } = timelineFor('RW-screening', said);
    expect(questions).toEqual([]);
    expect(entries.map(({ kind, place, when }) => [kind, place?.ref, when?.startLatest])).toEqual([
      ['residence', 'rusumo', '1994-04-30'],
    ]);
  });

  it('find the questions of every questionnaire of an interview that has several', () => {
    const files = [...planOf('base-exclusion').files, ...planOf('RW-exclusion').files];
    const each = [...new Map(files.map((one) => [one.file, one])).values()];
    const combined = compile(each, { questionnaires: ['base-exclusion', 'RW-exclusion'] });
    if (!combined.ok) throw new Error(JSON.stringify(combined.problems));
    const { entries, questions } = timelineFor(combined.plan, [
      { questionId: 'residencePlace', item: 0, value: { said: 'A town abroad' } },
      { questionId: 'residencePeriod', item: 0, value: '1997/2000' },
      { questionId: 'RW-exclusion:residencePlace', item: 0, value: { ref: 'RW:kibeho' } },
      { questionId: 'RW-exclusion:residencePeriod', item: 0, value: '1985/1996' },
    ]);
    expect(entries.map(({ place }) => place)).toEqual([
      { ref: 'RW:kibeho', said: 'Kibeho' },
      { said: 'A town abroad' },
    ]);
    // The measures are those of the base pack, which knows no extent of a Rwandan town: nothing is certainly near.
    expect(questions).toEqual([]);
  });

  it('take service and detention of the modules, whoever includes them', () => {
    const { entries } = timelineFor('base-exclusion', [
      { questionId: 'links', value: ['military', 'prison'] },
      { questionId: 'militaryService.branch', value: { said: 'The army' } },
      { questionId: 'militaryService.unit', item: 0, value: { said: 'The fourth brigade' } },
      { questionId: 'militaryService.period', item: 0, value: '2001/2003' },
      { questionId: 'detentionFacility.role', value: ['held'] },
      { questionId: 'detentionFacility.place', value: { said: 'The old fort' } },
      { questionId: 'detentionFacility.period', value: '2004~' },
    ]);
    expect(
      entries.map(({ kind, unit, organisations, place }) => [kind, unit?.said ?? place?.said, organisations]),
    ).toEqual([
      ['service', 'The fourth brigade', [{ said: 'The army' }]],
      ['detention', 'The old fort', []],
    ]);
  });
});
