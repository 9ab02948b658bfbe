import { describe, expect, it } from '@jest/globals';
import { packageSchema } from './schema/package.js';

type Node = Readonly<Record<string, unknown>>;

/** Every schema in it, with where it stands. */
function schemasIn(node: Node, at: string): (readonly [string, Node])[] {
  const named = Object.entries((node['properties'] ?? {}) as Record<string, Node>);
  const below = ['items', 'then', 'else']
    .filter((key) => typeof node[key] === 'object')
    .map((key) => [key, node[key]] as const);
  const either = ((node['oneOf'] ?? []) as Node[]).map((one, n) => [`oneOf/${n}`, one] as const);
  const inside = [...named, ...below, ...either] as (readonly [string, Node])[];
  return [[at, node], ...inside.flatMap(([name, child]) => schemasIn(child, `${at}/${name}`))];
}

describe('the schema of packages', () => {
  const all = schemasIn(packageSchema, '');

  it('describes every property', () => {
    expect(all.length).toBeGreaterThan(200);
    expect(all.filter(([, node]) => typeof node['description'] !== 'string').map(([at]) => at)).toEqual([]);
  });

  it('requires what speaks for the person', () => {
    const referral = packageSchema['else'] as Node;
    expect(referral['required']).toEqual(expect.arrayContaining(['exculpatory', 'facts', 'assessments', 'handling']));
    expect(referral['additionalProperties']).toBe(false);
  });
});
