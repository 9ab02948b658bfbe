import { afterEach, describe, expect, it } from '@jest/globals';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { PacksRefused, readPackFiles, readQuestionnaireFile } from './pack-files.js';
import { packFoldersIn, readPacksWithScenarios } from './scenario-files.js';

const folders: string[] = [];

/** A folder of the test's own with the pack for Rwanda and the modules it borrows. */
function aLibrary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'f1-scenarios-'));
  folders.push(folder);
  for (const name of ['RW', 'base', 'schema'])
    cpSync(join('questionnaires', name), join(folder, name), { recursive: true });
  return folder;
}
const filesOf = (library: string, target?: string) =>
  readPacksWithScenarios(library, target)?.map(({ pack, scenarioFiles }) => [
    pack.pack,
    scenarioFiles.map(({ file }) => basename(file)),
  ]);
const both = ['RW-exclusion.json', 'RW-screening.json'];

describe('the scenarios beside a pack', () => {
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  it('are no questionnaires, and no part of a hash', () => {
    const library = aLibrary();
    const hashes = () => readPackFiles(library).flatMap(({ plans }) => plans.map(({ hash }) => hash));
    const before = hashes();
    writeFileSync(join(library, 'RW', 'scenarios', 'RW-exclusion.json'), '{"format": 1,');
    expect(hashes()).toEqual(before);
  });

  it('are found for every pack, for one by its folder, for one questionnaire and for one file', () => {
    const library = aLibrary();
    expect(packFoldersIn(library).map((folder) => basename(folder))).toEqual(['RW', 'base']);
    expect(filesOf(library)).toEqual([
      ['RW', both],
      ['base', ['base-exclusion.json', 'base-screening.json']],
    ]);
    for (const target of [join(library, 'RW'), join(library, 'RW', 'pack.json')])
      expect(filesOf(library, target)).toEqual([['RW', both]]);
    expect(filesOf(library, join(library, 'RW', 'exclusion.v1.json'))).toEqual([['RW', ['RW-exclusion.json']]]);
    const one = join(library, 'RW', 'scenarios', 'RW-screening.json');
    expect(filesOf(library, one)).toEqual([['RW', ['RW-screening.json']]]);
  });

  it('are nothing where there is no pack', () => {
    const library = aLibrary();
    for (const name of ['schema', 'schema/pack.schema.json'])
      expect(readPacksWithScenarios(library, join(library, name))).toBeUndefined();
  });

  it('that are not JSON are told, and the others still read', () => {
    const library = aLibrary();
    writeFileSync(join(library, 'RW', 'scenarios', 'broken.json'), '{"format": 1,');
    const [pack] = readPacksWithScenarios(library, join(library, 'RW'))!;
    expect(pack!.problems).toEqual([
      { file: 'RW/scenarios/broken.json', pointer: '', message: expect.stringMatching(/not JSON/) },
    ]);
    expect(pack!.scenarioFiles).toHaveLength(2);
  });

  it('belong to a pack wherever it stands, with the modules of the library', () => {
    const library = aLibrary();
    const elsewhere = mkdtempSync(join(tmpdir(), 'f1-elsewhere-'));
    folders.push(elsewhere);
    cpSync(join(library, 'RW'), join(elsewhere, 'RW'), { recursive: true });
    const [here, there] = [
      readPacksWithScenarios(library, join(library, 'RW'))!,
      readPacksWithScenarios(library, join(elsewhere, 'RW'))!,
    ];
    expect(there[0]!.plans.map(({ hash }) => hash)).toEqual(here[0]!.plans.map(({ hash }) => hash));
  });
});

describe('one questionnaire file', () => {
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  it('is compiled before its pack names it', () => {
    const library = aLibrary();
    const content = JSON.parse(readFileSync(join(library, 'RW', 'screening.v1.json'), 'utf8')) as { version: number };
    writeFileSync(join(library, 'RW', 'screening.v2.json'), JSON.stringify({ ...content, version: 2 }));
    const { id, version } = readQuestionnaireFile(join(library, 'RW', 'screening.v2.json'), library);
    expect([id, version]).toEqual(['RW-screening', 2]);
  });

  it('is refused with its place when it cannot be compiled', () => {
    const library = aLibrary();
    writeFileSync(join(library, 'RW', 'screening.v2.json'), '{"id": "RW-screening"}');
    expect(() => readQuestionnaireFile(join(library, 'RW', 'screening.v2.json'), library)).toThrow(PacksRefused);
    expect(() => readQuestionnaireFile(join(library, 'RW', 'screening.v2.json'), library)).toThrow(
      /RW\/screening.v2.json#/,
    );
  });
});
