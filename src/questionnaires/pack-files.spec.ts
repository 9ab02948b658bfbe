import { afterEach, describe, expect, it } from '@jest/globals';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PacksRefused, readPackFiles } from './pack-files.js';

const folders: string[] = [];

/** The shipped packs in a folder of the test's own. */
function aCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'f1-packs-'));
  folders.push(folder);
  cpSync('questionnaires', folder, { recursive: true });
  return folder;
}

function edit(folder: string, file: string, change: (content: Record<string, unknown>) => void): void {
  const content = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>;
  change(content);
  writeFileSync(join(folder, file), JSON.stringify(content));
}

function problemsOf(folder: string) {
  try {
    readPackFiles(folder);
  } catch (error) {
    if (error instanceof PacksRefused) return error.problems;
    throw error;
  }
  return [];
}

describe('reading the packs of a folder', () => {
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  it('compiles every shipped pack with its modules and reference data', () => {
    const packs = readPackFiles('questionnaires');
    const plans = packs.flatMap(({ plans }) => plans);
    expect(packs.map(({ pack }) => pack.pack)).toEqual(expect.arrayContaining(['RW', 'base']));
    expect(plans.map(({ id, purpose }) => [id, purpose])).toEqual(
      expect.arrayContaining([
        ['RW-screening', 'screening'],
        ['RW-exclusion', 'exclusion'],
        ['base-screening', 'screening'],
        ['base-exclusion', 'exclusion'],
      ]),
    );
    const { files } = plans.find(({ id }) => id === 'RW-exclusion')!;
    expect(files.map(({ file }) => file)).toContain('base/modules/detentionFacility.v1.json');
  });

  it('names every problem of every pack at once, with file and JSON Pointer', () => {
    const folder = aCopy();
    edit(folder, 'RW/pack.json', (pack) => (pack['countries'] = ['RW', 'QQ']));
    edit(folder, 'base/screening.v1.json', (questionnaire) => delete questionnaire['title']);
    writeFileSync(join(folder, 'base', 'broken.json'), '{"format": 1,');
    const found = problemsOf(folder).map(({ file, pointer }) => `${file}#${pointer}`);
    expect(found).toEqual(
      expect.arrayContaining(['base/broken.json#', 'RW/pack.json#/countries/1', 'base/screening.v1.json#']),
    );
  });

  it('refuses two questionnaires under the same id and version', () => {
    const folder = aCopy();
    edit(folder, 'RW/screening.v1.json', (questionnaire) => (questionnaire['id'] = 'base-screening'));
    expect(problemsOf(folder)).toContainEqual({
      file: 'base/screening.v1.json',
      pointer: '/id',
      message: 'version 1 of "base-screening" is RW/screening.v1.json already; give it another id',
    });
  });
});
