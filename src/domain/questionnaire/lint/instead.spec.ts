import { describe, expect, it } from '@jest/globals';
import { ask, indicator, questionnaire } from '../../../../test/factories/lint-pack.js';
import { lintFiles } from './lint.js';

const held = ask('held', 'boolean');
const last = (more: object) => questionnaire([held, ask('day', 'date'), ask('last', 'text', { ...more })]);
const when = (condition: unknown) => last({ when: condition, ifUnclear: 'closed' });

describe('what lint says to write instead', () => {
  it.each([
    ['no ifUnclear', last({ when: { question: 'held', is: true } }), /"closed" or "open"/],
    ['two operators', when({ question: 'held', is: true, answered: true }), /^Write it as the reason says\.$/],
    ['a day that is none', when({ question: 'day', before: '12.5.1990' }), /^Write it as the reason says\.$/],
    ['a misspelt operator', when({ question: 'held', answred: true }), /^Write "answered", or take it out\.$/],
    ['an id of two words', questionnaire([ask('two words', 'text')]), /such as prisonYears\.$/],
    ['an indicator without innocence', questionnaire([held], { indicators: [bare()] }), /Cooks work there too/],
  ])('of %s', (_, file, fix) => {
    const [found] = lintFiles([file]).filter(({ severity }) => severity === 'error');
    expect(found?.fix).toMatch(fix);
  });

  it('lists the keys that may stand where none is close', () => {
    const [found] = lintFiles([when({ question: 'held', equals: true })]);
    expect(found?.reason).toMatch(/the keys here are .*question.*isOneOf/);
  });
});

function bare(): object {
  const { innocent: _, ...rest } = indicator('bare', { question: 'held', is: true }) as { innocent: unknown };
  return rest;
}
