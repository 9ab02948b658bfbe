import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createAccount } from '../../src/identity/account-administration.js';
import { applySettings } from '../../src/settings/apply-settings.js';
import type { Settings } from '../../src/settings/settings.dto.js';
import { type Change, whereDataLeaves } from '../../src/settings/where-data-leaves.js';
import { publicHalf } from '../../src/receiver/envelope.js';
import { f1, type Said } from '../support/cli.js';
import { aDatabase, type TestDatabase } from '../support/database.js';

/** Each run of the command starts a process of its own. */
const RUNS_MS = 240_000;
const PASSWORD = 'an invented passphrase for tests';
const UNIT = { code: 'unit', name: 'An invented unit', country: 'BE', channel: 'inbox' };
const OTHER = { code: 'other', name: 'Another invented unit', country: 'BE', channel: 'inbox' };
const RULE = {
  code: 'unit-rule',
  version: 1,
  authority: 'unit',
  kinds: ['exclusion'],
  grounds: ['1F(a)'],
  legalBasis: 'an invented law for tests, section 1',
  validFrom: '2026-01-01',
};
const PROSECUTOR = { username: 'reads', displayName: 'Invented', roles: ['prosecutor'], authority: 'unit' };

describe('settings that decide where data leaves', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f1-two-'));
  let database: TestDatabase;
  let owner: pg.Client;

  beforeAll(async () => {
    database = await aDatabase();
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const apply = (settings: object, as?: string, password = PASSWORD): Promise<Said> => {
    const file = join(folder, `${randomUUID()}.json`);
    writeFileSync(file, JSON.stringify(settings));
    const environment = {
      F1_DATA_DIR: folder,
      DATABASE_URL: database.appUrl,
      MIGRATION_DATABASE_URL: database.ownerUrl,
    };
    return f1(['apply', file, ...(as ? ['--as', as] : [])], environment, { typed: `${password}\n` });
  };
  const rows = async <T>(sql: string): Promise<T[]> => (await owner.query(sql)).rows as T[];
  /** What the installation holds of whom it tells, as one text. */
  const told = async (): Promise<string> => {
    const held: unknown[] = [];
    for (const table of ['authority', 'authority_key', 'competence_rule', 'app_user'])
      held.push(await rows(`SELECT to_jsonb(t) AS row FROM ${table} t ORDER BY id`));
    return JSON.stringify(held);
  };
  const account = (username: string, roles: ['operator'] | ['caseOfficer']) =>
    createAccount(owner, { id: randomUUID(), username, displayName: 'Invented', roles, password: PASSWORD });

  it('are applied by one while nobody can be told anything yet', async () => {
    const applied = await apply({ authorities: [UNIT], competences: [RULE] });
    expect(applied).toMatchObject({ code: 0, stderr: '' });
    expect(applied.stdout).toMatch(/^1 authorities, 1 new competence rules/);
    await account('first', ['operator']);
    await account('second', ['operator']);
    await account('officer', ['caseOfficer']);
  });

  const key = {
    purpose: 'encryption',
    publicKey: publicHalf(generateKeyPairSync('x25519').privateKey),
    validFrom: '2026-01-01',
  };
  it.each<[string, object, Partial<Change>[]]>([
    [
      'its country',
      { authorities: [{ ...UNIT, country: 'RW' }] },
      [{ what: 'authority unit: country', from: 'BE', to: 'RW' }],
    ],
    [
      'for whom it speaks',
      { authorities: [{ ...UNIT, represents: 'RW' }] },
      [{ what: 'authority unit: represents', to: 'RW' }],
    ],
    ['what it is', { authorities: [{ ...UNIT, kind: 'embassy' }] }, [{ what: 'authority unit: kind', from: 'other' }]],
    [
      'its webhook',
      {
        authorities: [{ ...UNIT, channel: 'webhook', endpoint: 'https://elsewhere.example/in', receiptPublicKey: 'x' }],
      },
      ['channel', 'endpoint', 'receiptPublicKey'].map((word) => ({ what: `authority unit: ${word}` })),
    ],
    [
      'its mailbox',
      { authorities: [{ ...UNIT, alertEmail: 'in@elsewhere.example' }] },
      [{ what: 'authority unit: alertEmail' }],
    ],
    [
      'its statements',
      { authorities: [{ ...UNIT, statementUrl: 'https://elsewhere.example' }] },
      [{ what: 'authority unit: statementUrl' }],
    ],
    [
      'its keys',
      { authorities: [{ ...UNIT, keys: [key] }] },
      [{ what: expect.stringMatching(/^authority unit: encryption key /) as unknown as string, from: null }],
    ],
    [
      'who is told',
      { authorities: [OTHER] },
      [{ what: 'authority other', from: null, to: expect.objectContaining({ alertEmail: null }) }],
    ],
    [
      'who is competent',
      { competences: [{ ...RULE, version: 2 }] },
      [{ what: 'competence unit-rule version 2', from: null }],
    ],
    ['who reads it', { accounts: [PROSECUTOR] }, [{ what: 'account reads', from: null }]],
    [
      'who may confirm',
      { accounts: [{ ...PROSECUTOR, username: 'third', roles: ['operator'] }] },
      [{ what: 'account third', from: null }],
    ],
    [
      'nothing that moves no data',
      { authorities: [{ ...UNIT, name: 'Renamed', calendar: 'BE', contacts: [] }], competences: [RULE] },
      [],
    ],
    ['no key that is revoked', { authorities: [{ ...UNIT, keys: [{ ...key, revoked: true }] }] }, []],
  ])('are changed by %s', async (_what, settings, changes) => {
    const none = { authorities: [], competences: [], accounts: [], deadlines: [], legal: [], units: [] };
    expect(await whereDataLeaves(owner, { ...none, ...settings } as Settings)).toEqual(
      changes.map((change) => expect.objectContaining(change)),
    );
  });

  it('are changed by a key that goes on longer, and by none that ends sooner', async () => {
    await owner.query('BEGIN');
    const withKey = (validUntil?: string): Settings => {
      const keys = [{ ...key, ...(validUntil ? { validUntil } : {}) }];
      return {
        authorities: [{ ...UNIT, keys }],
        competences: [],
        accounts: [],
        deadlines: [],
        legal: [],
        units: [],
      } as unknown as Settings;
    };
    await applySettings(owner, withKey('2027-01-01'), { production: false });
    const changed = async (until?: string) => (await whereDataLeaves(owner, withKey(until))).map(({ from }) => from);
    expect(await changed('2027-01-01')).toEqual([]);
    expect(await changed('2026-06-01')).toEqual([]);
    expect(await changed('2028-01-01')).toEqual(['2027-01-01']);
    expect(await changed()).toEqual(['2027-01-01']);
    await owner.query('ROLLBACK');
  });

  it(
    'are not changed by one operator, who asks and may not confirm',
    async () => {
      const settings = { authorities: [{ ...UNIT, kind: 'police' }] };
      const says = /authority unit: kind: "other" -> "police"/;
      const before = await told();
      const alone = await apply(settings);
      expect(alone).toMatchObject({ code: 1, stdout: '' });
      expect(alone.stderr).toMatch(says);
      const asked = await apply(settings, 'first');
      expect(asked).toMatchObject({ code: 0, stderr: '' });
      expect(asked.stdout).toMatch(/^Asked\. Nothing is applied/);
      expect(asked.stdout).toMatch(says);
      expect(await apply(settings, 'first')).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/You asked for this already/),
      });
      expect(await told()).toBe(before);
    },
    RUNS_MS,
  );

  it(
    'are confirmed by an operator with a password alone, and only what was asked',
    async () => {
      const moved = { authorities: [{ ...UNIT, kind: 'police' }] };
      const before = await told();
      for (const [who, password] of [
        ['second', 'wrong'],
        ['officer', PASSWORD],
      ] as const)
        expect(await apply(moved, who, password)).toMatchObject({
          code: 1,
          stderr: expect.stringMatching(/was not confirmed/),
        });
      const another = await apply({ authorities: [{ ...UNIT, kind: 'police', country: 'FR' }] }, 'second');
      expect(another.stdout).toMatch(/^Asked/);
      expect(await told()).toBe(before);
      expect(await apply(moved, 'second')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 authorities/) });
      expect(await rows(`SELECT kind, country FROM authority WHERE code = 'unit'`)).toEqual([
        { kind: 'police', country: 'BE' },
      ]);
      const [change] = await rows<{ by: string[] }>(
        `SELECT ARRAY(SELECT username FROM app_user WHERE id IN (asked_by, confirmed_by) ORDER BY 1) AS by
       FROM settings_change WHERE confirmed_at IS NOT NULL`,
      );
      expect(change).toEqual({ by: ['first', 'second'] });
      // What was asked from another state is not what would happen now.
      expect((await apply({ authorities: [{ ...UNIT, kind: 'police', country: 'FR' }] }, 'first')).stdout).toMatch(
        /^Asked/,
      );
    },
    RUNS_MS,
  );

  it(
    'lapse when nobody confirmed them in time, and are kept as they were asked',
    async () => {
      const settings = { authorities: [OTHER] };
      expect((await apply(settings, 'first')).stdout).toMatch(/^Asked/);
      const waiting = `changes::text LIKE '%authority other"%' AND confirmed_at IS NULL`;
      await expect(
        owner.query(`UPDATE settings_change SET valid_until = now() WHERE ${waiting}`),
      ).rejects.toMatchObject({
        code: 'F1063',
      });
      await expect(owner.query(`DELETE FROM settings_change WHERE ${waiting}`)).rejects.toMatchObject({
        code: 'F1063',
      });
      await expect(
        owner.query(`UPDATE settings_change SET confirmed_by = asked_by, confirmed_at = now() WHERE ${waiting}`),
      ).rejects.toThrow('settings_change_by_two');
      await owner.query('ALTER TABLE settings_change DISABLE TRIGGER settings_change_keeps');
      await owner.query(`UPDATE settings_change SET valid_until = now() WHERE ${waiting}`);
      await owner.query('ALTER TABLE settings_change ENABLE TRIGGER settings_change_keeps');
      expect((await apply(settings, 'second')).stdout).toMatch(/^Asked/);
      expect(await rows(`SELECT FROM authority WHERE code = 'other'`)).toEqual([]);
    },
    RUNS_MS,
  );

  it('leave to one what cannot wait or moves nothing: a name, a key that is revoked, deadlines, officers', async () => {
    const deadlines = [
      { kind: 'triage', validFrom: '2026-02-01', amount: 3, unit: 'workingDays', source: 'house rule' },
    ];
    const accounts = [{ username: 'new', displayName: 'Invented', roles: ['caseOfficer'], unit: 'central' }];
    const authorities = [{ ...UNIT, kind: 'police', name: 'Renamed', keys: [{ ...key, revoked: true }] }];
    expect(await apply({ authorities, competences: [RULE], deadlines, accounts })).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await rows(`SELECT name FROM authority WHERE code = 'unit'`)).toEqual([{ name: 'Renamed' }]);
  });
});
