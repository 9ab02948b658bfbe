import { describe, expect, it } from '@jest/globals';
import { CODES, SOURCES, ask, findingsOf, questionnaire, reference } from '../../../../test/factories/lint-pack.js';

const role = (min: number) => ask('role', 'multiChoice', { list: 'codes', min });
const place = (source: string) => ({ id: 'camp', name: 'Camp', sources: [...SOURCES, { source }], verified: true });
const placed = (source: string) => [questionnaire([ask('home', 'place')]), reference({ places: [place(source)] })];

describe('what is there and says nothing', () => {
  it.each([
    ['words', 'schema', '/sections/0/items/0/text/fr', { text: { en: 'What happened?', fr: ' ' } }],
    ['a basis', 'noPurposeOrBasis', '/sections/0/items/0/basis/0', { basis: [' '] }],
    [
      'the source of a basis',
      'noPurposeOrBasis',
      '/sections/0/items/0/basis/0',
      { basis: [{ source: ' ', verified: false }] },
    ],
  ])('is found: %s', (_, code, pointer, more) => {
    expect(findingsOf(questionnaire([ask('first', 'text', more)]))).toContainEqual({ code, pointer });
  });

  it('is found: words that are null', () => {
    const found = findingsOf(questionnaire([ask('first', 'text')], { title: { en: null } }));
    expect(found).toEqual([{ code: 'schema', pointer: '/title/en' }]);
  });

  it('is found: the source of an entry', () => {
    expect(findingsOf(...placed(' '))).toContainEqual({ code: 'noSource', pointer: '/places/0/sources/2' });
    expect(findingsOf(...placed('Third commission, report of 2004'))).toEqual([]);
  });

  it('is found: a question that wants more codes than may be chosen together', () => {
    expect(findingsOf(questionnaire([role(3)], CODES))).toEqual([
      { code: 'invalid', pointer: '/sections/0/items/0/min' },
    ]);
    expect(findingsOf(questionnaire([role(2)], CODES))).toEqual([]);
  });

  it('is found: conditions that only each other use, in a circle', () => {
    const conditions = { one: { condition: 'two' }, two: { condition: 'one' } };
    expect(findingsOf(questionnaire([ask('held', 'boolean')], { conditions }))).toEqual([
      { code: 'unusedCondition', pointer: '/conditions/one' },
      { code: 'unusedCondition', pointer: '/conditions/two' },
    ]);
  });

  it.each(['Who were the rapists?', 'Were you forced into intercourse?', 'Who touched your private parts?'])(
    'and "%s" is no question for a child',
    (en) => {
      expect(findingsOf(questionnaire([ask('first', 'text', { text: { en } })]))).toMatchObject([
        { code: 'childAskedIntimate' },
      ]);
    },
  );
});
