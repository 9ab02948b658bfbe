import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, questionnaire, reference } from '../factories/lint-pack.js';
import { f1 } from '../support/cli.js';

describe('f1 questionnaires lint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f1-lint-'));
  const file = join(folder, 'Tiny', 'screening.v1.json');
  const write = (below: number): void => {
    const when = {
      all: [
        { question: 'age', below },
        { question: 'age', above: 20 },
      ],
    };
    const { content } = questionnaire([ask('age', 'number'), ask('last', 'text', { when, ifUnclear: 'closed' })]);
    writeFileSync(file, JSON.stringify(content));
  };

  beforeAll(() => {
    mkdirSync(join(folder, 'Tiny'));
    writeFileSync(join(folder, 'Tiny', 'reference.json'), JSON.stringify(reference({}).content));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('names what is wrong with a file outside the installation, and ends with 1', async () => {
    write(10);
    const told = await f1(['questionnaires', 'lint', file]);
    expect(told.code).toBe(1);
    expect(told.stdout).toContain('error unreachable  Tiny/screening.v1.json#/sections/0/items/1/when');
    expect(told.stdout).toContain('1 error(s), 0 warning(s), 0 advice');
    const { code, stdout } = await f1(['questionnaires', 'lint', join(folder, 'Tiny'), '--json']);
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
      code: 1,
      ok: false,
      findings: [
        { code: 'unreachable', severity: 'error', pointer: '/sections/0/items/1/when', witness: { answers: [] } },
      ],
    });
  });

  it('ends with 0 once it is mended', async () => {
    write(30);
    expect(await f1(['questionnaires', 'lint', file, '--json'])).toMatchObject({
      code: 0,
      stdout: '{"ok":true,"findings":[]}\n',
    });
  });

  it('says what is no JSON, and what is not there', async () => {
    writeFileSync(file, '{');
    const broken = await f1(['questionnaires', 'lint', file, '--json']);
    expect(broken.code).toBe(1);
    expect(broken.stdout).toContain('"code":"notAFile"');
    const nowhere = await f1(['questionnaires', 'lint', join(folder, 'nowhere')]);
    expect(nowhere).toMatchObject({ code: 1 });
    expect(nowhere.stderr).toMatch(/^There is no file or folder .*nowhere, and no pack or questionnaire of that name/);
  });

  it.each(['LK/screening', 'LK-screening'])('takes a questionnaire by its name: %s', async (name) => {
    const told = await f1(['questionnaires', 'lint', name, '--json']);
    expect([told.code, told.stdout]).toEqual([0, expect.stringContaining('{"ok":true')]);
    const tested = await f1(['questionnaires', 'test', name, '--json']);
    const { files } = JSON.parse(tested.stdout) as { files: { file: string }[] };
    expect(files.map(({ file }) => file)).toEqual(['LK/scenarios/LK-screening.json']);
  });

  it.each([
    ['lint', 'LK/screning', 'LK/screening'],
    ['test', 'RWW', 'RW'],
  ])('%s says which name was probably meant by "%s"', async (command, wrong, meant) => {
    const { code, stderr } = await f1(['questionnaires', command, wrong]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`Did you mean "${meant}"?`)]);
  });
});
