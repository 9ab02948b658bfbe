import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import * as definitions from './schema-definition.js';
import { kindOf, schemaProblems } from './schema-check.js';
import { smallModule, smallPack, smallQuestionnaire } from '../../../test/factories/small-pack.js';

describe('the file format', () => {
  it.each(['pack', 'questionnaire', 'module', 'reference'] as const)(
    'is the same in %s.schema.json as in the code',
    (kind) => {
      const file = new URL(`../../../questionnaires/schema/${kind}.schema.json`, import.meta.url);
      const definition: unknown = JSON.parse(JSON.stringify(definitions[`${kind}Schema`]));
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(definition);
    },
  );

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
