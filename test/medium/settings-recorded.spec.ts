import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Ask, Findings } from '../../src/audit/audit-findings.js';
import { recordOperatorAct } from '../../src/audit/operator-act.js';
import { notingSettings, recordedRows, settingsRows } from '../../src/audit/settings-record.js';
import { verifySettings } from '../../src/audit/verify-settings.js';
import { auditVerify } from '../../src/audit/audit-verify.js';
import { accountId } from '../../src/demo/seed.js';
import { createAccount } from '../../src/identity/account-administration.js';
import { Config } from '../../src/platform/config/config.js';
import { sha256 } from '../../src/platform/database/sealing.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { validated } from '../../src/platform/http/validation.js';
import { applySettings } from '../../src/settings/apply-settings.js';
import { Settings } from '../../src/settings/settings.dto.js';
import { whatLoosens } from '../../src/settings/what-loosens.js';
import { f1, type Said } from '../support/cli.js';
import { anInstalledDatabase, type TestDatabase } from '../support/database.js';

/** Each run of the command starts a process of its own. */
const RUNS_MS = 240_000;
const PASSWORD = 'an invented passphrase for tests';

const deadline = (kind: string, amount: number, unit = 'days') => ({
  ...{ kind, amount, unit },
  validFrom: '2026-12-01',
  source: 'house rule',
});
const age = (value: number) => ({
  ...{ name: 'ageOfCriminalResponsibility', value },
  validFrom: '2026-12-01',
  source: 'house rule',
});
const account = (...roles: string[]) => ({ username: 'ghost', displayName: 'Invented', unit: 'central', roles });
const authority = (more: object) => ({
  ...{ code: 'demo-prosecution', name: 'Invented', country: 'BE', channel: 'inbox' },
  ...more,
});

describe('what operators apply', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f1-recorded-'));
  let database: TestDatabase;
  let owner: pg.Client;
  let country: string;

  beforeAll(async () => {
    ({ database } = await anInstalledDatabase());
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    for (const username of ['first', 'second'])
      await createAccount(owner, {
        ...{ id: accountId(username), username, displayName: 'Invented', roles: ['operator'], password: PASSWORD },
      });
    country = (await owner.query(`SELECT country FROM authority WHERE code = 'demo-prosecution'`)).rows[0].country;
  });
  afterAll(async () => {
    await owner.end();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const fileOf = (settings: object): { file: string; hash: string } => {
    const [file, text] = [join(folder, `${randomUUID()}.json`), JSON.stringify(settings)];
    writeFileSync(file, text);
    return { file, hash: sha256(text).toString('hex') };
  };
  const apply = (file: string, as?: string): Promise<Said> =>
    f1(
      ['apply', file, ...(as ? ['--as', as] : [])],
      { F1_DATA_DIR: folder, DATABASE_URL: database.appUrl, MIGRATION_DATABASE_URL: database.ownerUrl },
      { typed: `${PASSWORD}\n` },
    );
  const acts = async () =>
    (await owner.query(`SELECT actor_id, action, detail FROM access_log WHERE resource = 'settings' ORDER BY at`)).rows;
  const loosened = async (settings: object) =>
    (await whatLoosens(owner, await validated(Settings, settings))).map(({ what }) => what);
  const found = async () => {
    const keys = keysFrom(Object.assign(new Config(), { F1_DATA_DIR: folder }));
    return (await auditVerify(database.ownerUrl, keys)).findings.map(({ kind, where }) => `${kind} ${where}`);
  };

  it.each([
    ['refer', 99_999],
    ['acknowledge', 99_999],
    ['correctionAnswer', 61],
    ['correctionDecision', 15],
  ])('take no %s deadline of %s days', async (kind, amount) => {
    await expect(validated(Settings, { deadlines: [deadline(kind, amount)] })).rejects.toMatchObject({
      errors: [{ pointer: expect.stringContaining('amount'), detail: expect.stringMatching(/at most \d+ days/) }],
    });
  });

  it.each<[string, object, string[]]>([
    ['a longer time to refer', { deadlines: [deadline('refer', 20)] }, ['deadline refer from 2026-12-01']],
    ['one that is longer in another unit', { deadlines: [deadline('refer', 169, 'hours')] }, [expect.anything()]],
    ['no shorter one', { deadlines: [deadline('refer', 4), deadline('acknowledge', 240, 'hours')] }, []],
    ['no longer time for what tells nobody', { deadlines: [deadline('triage', 20)] }, []],
    [
      'roles that watch each other',
      { accounts: [account('officer1F', 'reviewer')] },
      ['account ghost: roles that watch each other'],
    ],
    ['no roles of one side', { accounts: [account('reviewer', 'legalAdviser')] }, []],
    [
      'an authority that is switched off',
      { authorities: [authority({ disabled: true })] },
      ['authority demo-prosecution: disabled'],
    ],
    ['another age of criminal responsibility', { legal: [age(12)] }, ['ageOfCriminalResponsibility from 2026-12-01']],
    ['no new source of the same', { legal: [age(14)] }, []],
    ['nothing of one that is on already', { authorities: [authority({ disabled: false })] }, []],
  ] as [string, object, string[]][])('loosen by %s what two must want', async (_what, settings, expected) => {
    expect(await loosened(settings)).toEqual(expected);
  });

  it('set the age of criminal responsibility from a day on, once, and take no change of what was set', async () => {
    const setTo = async (value: number) =>
      applySettings(owner, await validated(Settings, { legal: [age(value)] }), { production: false });
    await owner.query('BEGIN');
    try {
      expect(await setTo(12)).toMatchObject({ legal: 1 });
      expect(await setTo(12)).toMatchObject({ legal: 0 });
      await expect(setTo(13)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('2026-12-01'),
      });
    } finally {
      await owner.query('ROLLBACK');
    }
    await expect(setTo(6)).rejects.toMatchObject({ errors: [{ pointer: expect.stringContaining('value') }] });
  });

  it(
    'stand in the access log, the first with all there is, and whatever SQL changes beside them is named',
    async () => {
      await owner.query(`UPDATE authority SET alert_email = 'not@applied.example' WHERE code = 'demo-war-crimes-unit'`);
      expect(await found()).toEqual([]);
      const { file, hash } = fileOf({ deadlines: [deadline('refer', 4)] });
      expect(await apply(file)).toMatchObject({ code: 0, stderr: '' });
      const [act] = await acts();
      expect(act).toMatchObject({
        actor_id: null,
        action: 'apply Settings',
        detail: { file: hash, login: userInfo().username, number: 1 },
      });
      expect(act.detail.rows['deadline/refer/2026-12-01']).toMatchObject({ to: { amount: 4, unit: 'days' } });
      expect(Object.keys(act.detail.rows)).toEqual(
        expect.arrayContaining(['authority/demo-prosecution', `account/${accountId('first')}`]),
      );
      expect(await found()).toEqual([]);
      const [officer, adviser] = [accountId('officer'), accountId('adviser')];
      const changes: [string, string][] = [
        [
          `UPDATE authority SET country = 'RW' WHERE code = 'demo-prosecution'`,
          'rowChanged authority/demo-prosecution',
        ],
        [
          `UPDATE authority SET disabled_at = now() WHERE code = 'demo-prosecution'`,
          'rowChanged authority/demo-prosecution',
        ],
        [
          `UPDATE app_user SET roles = roles || '{reviewer}' WHERE username = 'officer'`,
          `rowChanged account/${officer}`,
        ],
        [
          `UPDATE deadline_rule SET amount = 99999 WHERE kind = 'acknowledge'`,
          'rowChanged deadline/acknowledge/2003-01-01',
        ],
        [`DELETE FROM deadline_rule WHERE valid_from = '2026-12-01'`, 'rowMissing deadline/refer/2026-12-01'],
        [`UPDATE legal_setting SET value = '18'`, 'rowChanged legal/ageOfCriminalResponsibility/2003-01-01'],
        [
          `INSERT INTO legal_setting VALUES ('ageOfCriminalResponsibility', '2020-01-01', '18', 'x')`,
          'rowInserted legal/ageOfCriminalResponsibility/2020-01-01',
        ],
        [
          `UPDATE credential SET password_hash = password_hash || '!' WHERE user_id = '${accountId('second')}'`,
          `rowChanged credential/${accountId('second')}`,
        ],
        [
          `INSERT INTO app_user (id, username, display_name, roles) VALUES ('${adviser}', 'x', 'X', '{auditor}')`,
          `rowInserted account/${adviser}`,
        ],
      ];
      for (const [sql, expected] of changes) {
        await owner.query('BEGIN');
        expect((await owner.query(sql)).rowCount).toBe(1);
        await owner.query('COMMIT');
        expect(await found()).toEqual([expected]);
        await undo(sql);
        expect(await found()).toEqual([]);
      }
    },
    RUNS_MS,
  );

  /** Puts back what one of the changes above did. */
  const undo = async (sql: string): Promise<void> => {
    if (sql.includes('country')) await owner.query(`UPDATE authority SET country = $1 WHERE country = 'RW'`, [country]);
    else if (sql.includes('disabled_at')) await owner.query('UPDATE authority SET disabled_at = NULL');
    else if (sql.includes('roles ||'))
      await owner.query(`UPDATE app_user SET roles = '{caseOfficer}' WHERE username = 'officer'`);
    else if (sql.startsWith('UPDATE credential'))
      await owner.query(
        `UPDATE credential SET password_hash = rtrim(password_hash, '!') WHERE password_hash LIKE '%!'`,
      );
    else if (sql.includes('99999')) await owner.query('UPDATE deadline_rule SET amount = 10 WHERE amount = 99999');
    else if (sql.startsWith('UPDATE legal')) await owner.query(`UPDATE legal_setting SET value = '14'`);
    else if (sql.startsWith('INSERT INTO legal')) await owner.query(`DELETE FROM legal_setting WHERE source = 'x'`);
    else if (sql.startsWith('DELETE'))
      await owner.query(`INSERT INTO deadline_rule VALUES ('refer', '2026-12-01', 4, 'days', 'house rule')`);
    else await owner.query(`DELETE FROM app_user WHERE username = 'x'`);
  };

  it(
    'are held since a later release only from the act on that notes them',
    async () => {
      const other = (await anInstalledDatabase()).database;
      const client = new pg.Client({ connectionString: other.ownerUrl });
      await client.connect();
      const rowsOf = async (): Promise<string[]> => [...(await recordedRows(ask))!.keys()];
      const ask: Ask = async <R extends object>(sql: string) => (await client.query<R>(sql)).rows;
      const broken = async (): Promise<string[]> => {
        const findings = new Findings();
        await verifySettings(ask, findings);
        return findings.list.map(({ kind, where }) => `${kind} ${where}`);
      };
      try {
        const before = Object.entries(Object.fromEntries(await settingsRows(ask)))
          .filter(([key]) => !/^(legal|credential)\//.test(key))
          .map(([key, { sha256: hash }]) => [key, { sha256: hash }]);
        const detail = { number: 1, rows: Object.fromEntries(before) };
        await recordOperatorAct(client, { actorId: null, action: 'apply Settings', resource: 'settings', detail });
        expect(await broken()).toEqual([]);
        await client.query('BEGIN');
        await notingSettings(client, 'seed Rules', () => Promise.resolve());
        await client.query('COMMIT');
        expect((await rowsOf()).filter((key) => key.startsWith('legal/'))).toHaveLength(1);
        await client.query(`UPDATE legal_setting SET value = '18'`);
        expect(await broken()).toEqual(['rowChanged legal/ageOfCriminalResponsibility/2003-01-01']);
      } finally {
        await client.end();
        await other.drop();
      }
    },
    RUNS_MS,
  );

  it(
    'are not washed clean by what is applied after somebody changed a row by SQL',
    async () => {
      await owner.query(`UPDATE deadline_rule SET amount = 30 WHERE kind = 'acknowledge'`);
      const { file } = fileOf({ deadlines: [deadline('correctionAnswer', 5)] });
      expect(await apply(file, 'first')).toMatchObject({ code: 0, stderr: '' });
      const act = (await acts()).at(-1);
      expect(act).toMatchObject({ actor_id: accountId('first'), detail: { number: 2 } });
      expect(Object.keys(act.detail.rows)).toEqual(['deadline/correctionAnswer/2026-12-01']);
      expect(await found()).toEqual(['rowChanged deadline/acknowledge/2003-01-01']);
      await owner.query(`UPDATE deadline_rule SET amount = 10 WHERE kind = 'acknowledge'`);
    },
    RUNS_MS,
  );

  it(
    'switch an authority off and on again by two, who both are named',
    async () => {
      const off = fileOf({ authorities: [authority({ country, disabled: true })] });
      expect(await apply(off.file)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/authority demo-prosecution: disabled: false -> true/),
      });
      expect((await apply(off.file, 'first')).stdout).toMatch(/^Asked/);
      expect(await apply(off.file, 'second')).toMatchObject({ code: 0, stderr: '' });
      const disabled = async () => (await owner.query('SELECT FROM authority WHERE disabled_at IS NOT NULL')).rowCount;
      expect(await disabled()).toBe(1);
      const on = fileOf({ authorities: [authority({ country, disabled: false })] });
      expect(await apply(on.file)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/authority demo-prosecution: disabled: true -> false/),
      });
      expect((await apply(on.file, 'first')).stdout).toMatch(/^Asked/);
      expect(await disabled()).toBe(1);
      expect(await apply(on.file, 'second')).toMatchObject({ code: 0, stderr: '' });
      expect(await disabled()).toBe(0);
      expect((await acts()).slice(-2)).toMatchObject([
        { actor_id: accountId('first'), action: 'ask Settings', detail: { file: on.hash, changes: 1 } },
        {
          ...{ actor_id: accountId('second'), action: 'apply Settings' },
          detail: { rows: { 'authority/demo-prosecution': { changed: ['disabled_at'], to: { disabled_at: null } } } },
        },
      ]);
      expect(await found()).toEqual([]);
    },
    RUNS_MS,
  );
});
