import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { f1 } from '../support/cli.js';

describe('f1 without a database', () => {
  it('lists every command', async () => {
    const { code, stdout } = await f1(['--help']);
    expect(code).toBe(0);
    for (const command of ['migrate', 'seed', 'reconcile', 'audit', 'workflows', 'questionnaires', 'backup']) {
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
  });

  it('refuses to verify an installation that is not there, and makes none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'f1-none-'));
    const { code, stderr } = await f1(['reconcile'], { F1_DATA_DIR: folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^There is no installation in .*\.\n$/);
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it('names every bad variable at once and shows no secret', async () => {
    const { code, stdout, stderr } = await f1(['reconcile', '--json'], {
      PORT: 'many',
      ROLE: 'king',
      DATABASE_URL: 'not-a-url-with-secret',
      F1_MASTER_KEY: 'a-secret-too-short',
      F1_TIME_ZONE: 'Mars/Olympus',
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    for (const name of ['PORT', 'ROLE', 'DATABASE_URL', 'F1_MASTER_KEY', 'F1_TIME_ZONE'])
      expect(stderr).toContain(name);
    expect(stderr).not.toMatch(/secret|\n\s+at /);
  });

  it('asks in production for what has no default', async () => {
    const { code, stderr } = await f1(['migrate'], { NODE_ENV: 'production' });
    expect(code).toBe(1);
    for (const name of ['DATABASE_URL', 'F1_MASTER_KEY_COMMAND', 'F1_INDEX_KEY', 'F1_SIGNING_KEY'])
      expect(stderr).toContain(`${name} is required`);
  });

  it('says in a sentence that a database does not answer', async () => {
    const url = 'postgres://f1_owner:x@127.0.0.1:1/f1';
    const { code, stderr } = await f1(['migrate'], { DATABASE_URL: url, MIGRATION_DATABASE_URL: url });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The database does not answer: .*\n$/);
  });

  it('checks the workflow and questionnaire files', async () => {
    const [workflows, questionnaires] = await Promise.all([
      f1(['workflows', 'check', '--json']),
      f1(['questionnaires', 'check', '--json']),
    ]);
    expect(workflows).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(workflows.stdout)).toMatchObject({ ok: true });
    expect(questionnaires).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(questionnaires.stdout)).toMatchObject({ ok: true });
  });
});
