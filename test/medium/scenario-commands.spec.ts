import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { f1 } from '../support/cli.js';

describe('f1 questionnaires test and diff', () => {
  let folder: string;
  const file = (...names: string[]) => join(folder, 'RW', ...names);

  // A copy of the pack elsewhere, with a failing scenario and a second version that the pack does not name yet.
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'f1-pack-'));
    cpSync('questionnaires/RW', file(), { recursive: true });
    const scenario = { id: 'x', title: 'Nobody Inventus', role: 'bystander', answers: { partyTaken: ['none'] } };
    const content = (expected: object) =>
      JSON.stringify({ format: 1, questionnaire: 'RW-screening', scenarios: [{ ...scenario, expect: expected }] });
    writeFileSync(file('scenarios', 'failing.json'), content({ raised: ['localOffice'] }));
    writeFileSync(file('scenarios', 'wrong.json'), content({ raised: ['localOfice'] }));
    const screening = readFileSync(file('screening.v1.json'), 'utf8');
    writeFileSync(
      file('screening.v2.json'),
      screening.replace('"version": 1', '"version": 2').replace('1976-04-07', '1975-04-07'),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('run what a pack of the repository says of itself, with what it reaches', async () => {
    const { code, stdout } = await f1(['questionnaires', 'test', 'RW', '--json']);
    expect(code).toBe(0);
    const { ok, files, coverage } = JSON.parse(stdout) as {
      ok: boolean;
      files: { questionnaire: { id: string }; problems: unknown[] }[];
      coverage: { questions: { reached: number; total: number } }[];
    };
    expect([ok, files.map(({ questionnaire, problems }) => [questionnaire.id, problems])]).toEqual([
      true,
      [
        ['RW-exclusion', []],
        ['RW-screening', []],
      ],
    ]);
    expect(coverage.map(({ questions }) => questions.reached / questions.total)).toEqual([1, 1]);
  });

  it('fail with the place and the reason where a scenario does not hold', async () => {
    const { code, stdout } = await f1(['questionnaires', 'test', file('scenarios', 'failing.json')]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /0 of 1 scenarios hold.*\n {2}x \(Nobody Inventus\)\n {4}- #\/scenarios\/0\/expect\/raised\/0: "localOffice" is not raised/,
    );
  });

  it('say what to write where a file cannot be used', async () => {
    const { code, stdout } = await f1(['questionnaires', 'test', file('scenarios', 'wrong.json')]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /cannot be used:\n {2}- #\/scenarios\/0\/expect\/raised\/0: .* Did you mean "localOffice"\?/,
    );
  });

  it('list what no scenario reaches, with answers that would', async () => {
    const { stdout } = await f1(['questionnaires', 'test', file('scenarios', 'failing.json'), '--gaps']);
    expect(stdout).toMatch(
      /"answers": \{"serviceForces":\["\w+"\]\} would reach:\n {4}- question "serviceRole" is never asked/,
    );
  });

  it('tell two versions apart with answers that show it', async () => {
    const { code, stdout } = await f1([
      'questionnaires',
      'diff',
      'RW-screening@1',
      file('screening.v2.json'),
      '--json',
    ]);
    expect(code).toBe(0);
    const { changes, breaking } = JSON.parse(stdout) as { changes: unknown[]; breaking: number };
    expect(breaking).toBe(0);
    expect(changes).toContainEqual(
      expect.objectContaining({
        kind: 'conditionChanged',
        id: 'ownActsTold',
        examples: [expect.objectContaining({ before: 'raised', after: 'silent' })],
      }),
    );
  });

  it('say what is meant where nothing has that name', async () => {
    const [test, diff] = await Promise.all([
      f1(['questionnaires', 'test', 'QQ']),
      f1(['questionnaires', 'diff', 'RW-screening@9', 'RW-screening']),
    ]);
    expect([test.code, diff.code]).toEqual([1, 1]);
    expect(test.stderr).toMatch(/no file or folder QQ, and no pack or questionnaire of that name/);
    expect(diff.stderr).toMatch(/no questionnaire "RW-screening@9"/);
  });
});
