import { describe, expect, it } from '@jest/globals';
import { importFhir } from './fhir-import.js';

const imported = (item: unknown, more: object = {}) =>
  importFhir({ resourceType: 'Questionnaire', status: 'draft', item, ...more }, { pack: 'XX' });

describe('a FHIR questionnaire that is none', () => {
  it.each([
    ['an item that is no object', [null], '/item must be a list of objects'],
    ['an item without a name', [{ type: 'string' }], '/item/0 has no "linkId"'],
    ['a type that is no text', [{ linkId: 'a', type: 7 }], '/item/0/type must be a text'],
    ['words that are a list', [{ linkId: 'a', type: 'string', text: [] }], '/item/0/text must be a text'],
    [
      'inner items that are no list',
      [{ linkId: 'a', type: 'group', item: { 0: null } }],
      '/item/0/item must be a list of objects',
    ],
    [
      'an option without a coding',
      [{ linkId: 'a', type: 'choice', answerOption: [{ valueCoding: null }] }],
      '/item/0/answerOption/0/valueCoding must be an object',
    ],
    [
      'a condition on nothing',
      [{ linkId: 'a', type: 'string', enableWhen: [{ operator: '=' }] }],
      '/item/0/enableWhen/0 has no "question"',
    ],
  ])('is refused with the place of %s', (_, item, words) => {
    expect(() => imported(item)).toThrow(`this is no FHIR Questionnaire that can be read: ${words}`);
  });

  it('is refused when it is nested without end, wherever', () => {
    const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as unknown;
    expect(() => imported([{ linkId: 'a', type: 'string' }], { contained: deep })).toThrow('nested deeper than 100');
  });
});
