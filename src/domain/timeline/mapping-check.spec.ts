import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { timelineSchema } from '../questionnaire/schema-timeline.js';
import { smallPack } from '../../../test/factories/small-pack.js';
import { timelineProblems } from './mapping-check.js';

const folder = join(process.cwd(), 'questionnaires');
const packs = readdirSync(folder).filter((pack) => existsSync(join(folder, pack, 'timeline.json')));
const filesOf = (pack: string) =>
  readdirSync(join(folder, pack), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json') && !name.startsWith('scenarios'))
    .map((name) => ({
      file: `${pack}/${name}`,
      content: JSON.parse(readFileSync(join(folder, pack, name), 'utf8')) as unknown,
    }));

/** The RW files with another timeline.json. */
const withTimeline = (content: object) => [
  ...filesOf('RW').filter(({ file }) => !file.endsWith('/timeline.json')),
  { file: 'RW/timeline.json', content: { format: 1, timeline: 'RW', ...content } },
];
const withEntry = (entry: object) =>
  timelineProblems('RW', withTimeline({ questionnaires: { 'RW-exclusion': { entries: [entry] } } }));

describe('the timeline.json of a pack', () => {
  it.each(packs)('of %s names only what is in its files', (pack) => {
    expect(timelineProblems(pack, filesOf(pack))).toEqual([]);
  });

  it('is the same in timeline.schema.json as in the code', () => {
    const file = join(folder, 'schema', 'timeline.schema.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(timelineSchema)));
  });

  it('may be missing', () => {
    expect(timelineProblems('RW', smallPack())).toEqual([]);
  });

  it.each([
    [{ id: 'a', kind: 'residence', place: 'residencPlace' }, '/place', 'Did you mean "residencePlace"?'],
    [
      { id: 'a', kind: 'residence', place: 'residencePeriod' },
      '/place',
      'is a date question; a place question belongs',
    ],
    [{ id: 'a', kind: 'service', unit: 'postingUnit', place: 'residencePlace' }, '', 'different repeats'],
    [{ id: 'a', kind: 'service', unit: 'postingUnit', during: '1994-13' }, '/during', 'does not exist'],
    [{ id: 'a', kind: 'service', period: 'officePeriod', during: '1994' }, '', 'in one way'],
    [{ id: 'a', kind: 'service', only: { question: 'serviceForces', codes: ['far'] } }, '', 'nothing to show'],
    [{ id: 'a', kind: 'service', act: { question: 'barrierOwnActs', codes: ['strukc'] } }, '/act/codes', '"struck"'],
    [
      { id: 'a', kind: 'service', organisation: { question: 'serviceForces', codes: { far: 'frr' } } },
      '/organisation/codes/far',
      'among its organisations',
    ],
  ])('is refused with the place and the cure: %j', (entry, pointer, message) => {
    expect(withEntry(entry)).toContainEqual({
      file: 'RW/timeline.json',
      pointer: `/questionnaires/RW-exclusion/entries/0${pointer}`,
      message: expect.stringContaining(message),
    });
  });

  it('names questionnaires, modules and periods that exist, and its own folder', () => {
    const content = {
      timeline: 'base',
      questionnaires: { 'RW-exclusoin': {} },
      modules: { militaryService: {} },
      settings: { gapDaysInPeriod: { far: 7 } },
    };
    expect(timelineProblems('RW', withTimeline(content)).map(({ pointer }) => pointer)).toEqual([
      '/timeline',
      '/questionnaires/RW-exclusoin',
      '/modules/militaryService',
      '/settings/gapDaysInPeriod/far',
    ]);
  });

  it('refuses a misspelt key and an id used twice', () => {
    const twice = { id: 'home', kind: 'residence', place: 'residencePlace' };
    const content = { questionnaires: { 'RW-exclusion': { entries: [twice, twice] } } };
    expect(timelineProblems('RW', withTimeline(content))[0]!.message).toContain('used twice');
    expect(timelineProblems('RW', withTimeline({ setings: {} }))[0]!.pointer).toBe('/setings');
  });
});
