import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import * as definitions from './schema-definition.js';
import { kindOf, schemaProblems } from './schema-check.js';
import { smallModule, smallPack, smallQuestionnaire } from '../../../test/factories/small-pack.js';

/** Pointers to properties that nothing describes, neither themselves nor what they refer to in the same schema. */
function undescribed(schema: unknown, pointer: string, root = schema): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    const here = `${pointer}/${key}`;
    // Rules about properties (if, then) repeat names that are described where they stand.
    if (['if', 'then', 'else', 'enum', 'const', 'required'].includes(key) && !pointer.endsWith('/properties'))
      return [];
    const named = pointer.endsWith('/properties') && !isDescribed(value, root) ? [here] : [];
    return [...named, ...undescribed(value, here, root)];
  });
}

function isDescribed(property: unknown, root: unknown): boolean {
  const { description, $ref = '' } = property as { description?: string; $ref?: string };
  if (description !== undefined) return true;
  const found = $ref
    .replace('#/', '')
    .split('/')
    .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], root);
  return found !== undefined && found !== root && isDescribed(found, root);
}

describe('the file format', () => {
  it.each(['pack', 'questionnaire', 'module', 'reference'] as const)(
    'is the same in %s.schema.json as in the code',
    (kind) => {
      const file = new URL(`../../../questionnaires/schema/${kind}.schema.json`, import.meta.url);
      const definition: unknown = JSON.parse(JSON.stringify(definitions[`${kind}Schema`]));
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(definition);
    },
  );

  it.each(['pack', 'questionnaire', 'module', 'reference'] as const)(
    'has a description on every property of %s.schema.json, which the editor and the guides show',
    (kind) => {
      expect(undescribed(definitions[`${kind}Schema`], '')).toEqual([]);
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
      { pointer: '/secitons', message: 'this key does not exist here. Did you mean "sections"?' },
    ]);
  });
});
