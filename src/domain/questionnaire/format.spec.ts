import { describe, expect, it } from '@jest/globals';
import { kindOf, schemaProblems } from './schemas.js';
import { smallModule, smallPack, smallQuestionnaire } from './testing/small-pack.js';

describe('the file format', () => {
  it.each(smallPack())('accepts $file of the small pack', ({ content }) => {
    expect(schemaProblems(kindOf(content)!, content)).toEqual([]);
  });

  it('refuses a condition without ifUnclear', () => {
    const section = { ...smallQuestionnaire.sections[0], when: { question: 'served', is: true } };
    expect(schemaProblems('questionnaire', { ...smallQuestionnaire, sections: [section] })).toEqual([
      { pointer: '/sections/0', message: expect.stringContaining('"when" stands here without "ifUnclear"') },
    ]);
  });

  it('refuses a misspelt key at its place', () => {
    expect(schemaProblems('module', { ...smallModule, secitons: [] })).toEqual([
      { pointer: '/secitons', message: expect.stringContaining('spelling') },
    ]);
  });
});
