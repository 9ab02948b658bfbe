import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from '../plan.js';
import { CODES } from './codes.js';
import { lintGuide } from './guide.js';
import { lintFiles } from './lint.js';

const folder = join(process.cwd(), 'questionnaires');
const packs = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'pack.json')));
const files: SourceFile[] = packs.flatMap((pack) =>
  readdirSync(join(folder, pack), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
      file: `${pack}/${name}`,
      content: JSON.parse(readFileSync(join(folder, pack, name), 'utf8')) as unknown,
    })),
);

describe('the packs in the repository', () => {
  it('are all there', () => {
    expect(packs).toEqual(expect.arrayContaining(['RW', 'base']));
  });

  it.each(packs)('%s has no error and no warning', (pack) => {
    const findings = lintFiles(files, { about: (file) => file.startsWith(`${pack}/`) });
    const toMend = findings.filter(({ severity }) => severity !== 'advice');
    expect(toMend.map(({ code, file, pointer, reason }) => `${code} ${file}#${pointer}: ${reason}`)).toEqual([]);
  });
});

describe('the guide for authors', () => {
  const guide = readFileSync(join(process.cwd(), 'docs/guides/lint.md'), 'utf8');

  it('says what every code means (write it anew with "f1 questionnaires lint --guide")', () => {
    expect(guide).toBe(lintGuide());
    for (const code of Object.keys(CODES)) expect(guide).toContain(`\`${code}\``);
  });
});
