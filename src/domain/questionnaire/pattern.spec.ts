import { describe, expect, it } from '@jest/globals';
import { ask, planOf, problemsOf } from '../../../test/factories/one-section.js';
import { checkValue } from './values.js';

const passport = { matches: '[A-Z]{2}-?[0-9]{6}', message: { en: 'Write two capitals and six digits: AB123456.' } };

describe('a pattern', () => {
  it.each([
    ['AB123456', true],
    ['AB-123456', true],
    ['AB1234567', false],
    ['an AB123456', false],
    [`AB123456${' '.repeat(200)}`, false],
  ])('of the whole text takes %j: %s', (text, ok) => {
    const plan = planOf([ask('passport', 'text', { pattern: passport })]);
    const result = checkValue(plan, 'passport', text);
    expect(result.ok).toBe(ok);
    if (!result.ok) expect(result.message).toBe('Write two capitals and six digits: AB123456.');
  });

  it.each([
    ['(a+)+', 'a quantifier stands inside a quantified group'],
    ['(a|aa)+', 'a quantifier stands inside a quantified group'],
    ['((?:a|b)c?){2,}', 'a quantifier stands inside a quantified group'],
    ['(a?){30}', 'a quantifier stands inside a quantified group'],
    ['(.)\\1', 'no back-references'],
    ['(?=a)b', 'no look-around'],
    ['(?<year>a)', 'no named groups'],
    ['a*b*c*d*e*', 'at most 4 parts of no fixed length'],
    ['(a|a)'.repeat(36), 'in too many ways'],
    [`a*a*${'a?'.repeat(12)}`, 'in too many ways'],
    ['a*a*a*a*b', 'in too many ways'],
    ['[a-', 'no regular expression'],
    ['a'.repeat(301), 'at most 300 characters'],
  ])('%s is refused', (matches, message) => {
    const problems = problemsOf([ask('passport', 'text', { pattern: { ...passport, matches } })]);
    expect(problems).toMatchObject([
      { pointer: '/sections/0/items/0/pattern/matches', message: expect.stringContaining(message) },
    ]);
  });

  it.each([
    '(?:AB|CD)[0-9]{6}',
    '(\\d{4}-){2}\\d{2}',
    '[*+(]a+',
    '\\(a+\\)',
    'a+b+',
    '(?:A|B|C)-?[0-9]+ ?[0-9]+',
    '\\d{1,3}/\\d{1,3}/\\d{1,3}/\\d{1,3}',
  ])('%s is taken', (matches) => {
    expect(problemsOf([ask('passport', 'text', { pattern: { ...passport, matches } })])).toEqual([]);
  });

  it('belongs to text', () => {
    expect(problemsOf([ask('passport', 'integer', { pattern: passport })])).toMatchObject([
      { message: expect.stringContaining('"pattern" has no meaning on a integer') },
    ]);
  });
});
