import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { accountId, authorityId, seedDemo } from '../../src/demo/seed.js';
import { createAccount } from '../../src/identity/account-administration.js';
import { Config } from '../../src/platform/config/config.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { aCaseFile, type CaseFileIds } from '../factories/case-file.js';
import { aDatabase, type TestDatabase } from '../support/database.js';
import { suspending } from '../support/suspended.js';

const OWN = 'demo-prosecution';

/** What the database itself lets a recipient read, whatever the application would do. */
describe('access to what was sent, as the database keeps it', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  let api: pg.Client;
  let folder: string;
  let file: CaseFileIds;
  let referral: string;
  let document: string;
  const colleague = randomUUID();

  const connect = async (url: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client;
  };
  const claim = (id: string) => api.query(`SELECT set_config('f1.actor', $1, false)`, [id]);
  /** Whether this account gets the package and the document that it names. */
  const opens = async (id: string): Promise<{ body: boolean; document: boolean }> => {
    await claim(id);
    const { rows } = await api.query<{ body: boolean }>('SELECT f1_referral_body($1) IS NOT NULL AS body', [referral]);
    const found = await api.query('SELECT FROM document WHERE id = $1', [document]);
    return { body: rows[0]!.body, document: found.rowCount === 1 };
  };
  /** A grant as it might stand in the table, the only one there is. */
  const granted = async (columns: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const row: Record<string, unknown> = {
      id: randomUUID(),
      referral_id: referral,
      case_id: file.caseId,
      authority_id: authorityId(OWN),
      user_id: accountId('prosecutor'),
      purpose: 'investigation',
      sealed: 'sealed',
      opened_by: accountId('prosecutor'),
      valid_from: new Date(Date.now() - 86_400_000),
      valid_until: new Date(Date.now() + 86_400_000),
      ...columns,
    };
    await owner.query('ALTER TABLE access_grant DISABLE TRIGGER access_grant_keeps');
    await owner.query('DELETE FROM access_grant');
    await owner.query('ALTER TABLE access_grant ENABLE TRIGGER access_grant_keeps');
    const names = Object.keys(row);
    await owner.query(
      `INSERT INTO access_grant (${names.join(', ')}) VALUES (${names.map((_, at) => `$${at + 1}`).join(', ')})`,
      Object.values(row),
    );
    return String(row['id']);
  };
  const CLOSED = { body: false, document: false };
  const OPEN = { body: true, document: true };

  beforeAll(async () => {
    database = await aDatabase();
    folder = mkdtempSync(join(tmpdir(), 'f1-grants-'));
    await seedDemo(database.ownerUrl, folder);
    owner = await connect(database.ownerUrl);
    api = await connect(database.apiUrl);
    const keys = keysFrom(Object.assign(new Config(), { F1_DATA_DIR: folder }));
    await createAccount(owner, {
      id: colleague,
      username: 'prosecutors-colleague',
      displayName: 'Colleague Demo',
      roles: ['prosecutor'],
      authorityId: authorityId(OWN),
      password: randomUUID(),
      certificates: [],
    });
    const told = [authorityId(OWN), authorityId('demo-war-crimes-unit')];
    file = await aCaseFile(owner, { keys, unit: 'central', by: accountId('officer'), authorities: told });
    referral = file.referralIds[0]!;
    const { rows } = await owner.query<{ id: string }>('SELECT id FROM document WHERE case_id = $1', [file.caseId]);
    document = rows[0]!.id;
    await owner.query(`INSERT INTO referral_item (referral_id, case_id, kind, ref) VALUES ($1, $2, 'document', $3)`, [
      referral,
      file.caseId,
      document,
    ]);
  });

  afterAll(async () => {
    await Promise.all([owner, api].map((client) => client.end()));
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('opens under a live grant, to the person it names and to nobody else', async () => {
    await granted();
    expect(await opens(accountId('prosecutor'))).toEqual(OPEN);
    expect(await opens(colleague)).toEqual(CLOSED);
    expect(await opens(accountId('war-crimes'))).toEqual(CLOSED);
    expect(await opens(accountId('officer-north'))).toEqual(CLOSED);
    expect(await opens(accountId('officer'))).toEqual(OPEN);
  });

  it('opens under a standing grant to everybody of that authority, and to no other authority', async () => {
    await granted({ user_id: null, opened_by: accountId('legal') });
    expect(await opens(accountId('prosecutor'))).toEqual(OPEN);
    expect(await opens(colleague)).toEqual(OPEN);
    expect(await opens(accountId('war-crimes'))).toEqual(CLOSED);
  });

  it.each<[string, () => Readonly<Record<string, unknown>>]>([
    ['has expired', () => ({ valid_until: new Date(Date.now() - 1_000) })],
    ['has not begun', () => ({ valid_from: new Date(Date.now() + 3_600_000) })],
    ['was revoked', () => ({ revoked_at: new Date(), revoked_by: accountId('legal') })],
    ['was given to another authority', () => ({ authority_id: authorityId('demo-war-crimes-unit') })],
    ['is of another referral', () => ({ referral_id: file.referralIds[1] })],
  ])('stays closed under a grant that %s', async (_, columns) => {
    await granted(columns());
    expect(await opens(accountId('prosecutor'))).toEqual(CLOSED);
  });

  it('closes while access to the referral is suspended, and when the account is', async () => {
    await granted();
    await owner.query(suspending('now()', `id = '${referral}'`));
    expect(await opens(accountId('prosecutor'))).toEqual(CLOSED);
    await owner.query(suspending('NULL', `id = '${referral}'`));
    await owner.query('UPDATE app_user SET disabled_at = now() WHERE id = $1', [accountId('prosecutor')]);
    expect(await opens(accountId('prosecutor'))).toEqual(CLOSED);
    await owner.query('UPDATE app_user SET disabled_at = NULL WHERE id = $1', [accountId('prosecutor')]);
    expect(await opens(accountId('prosecutor'))).toEqual(OPEN);
  });

  it('closes when the authority becomes a blocked recipient of the case, whatever was granted before', async () => {
    await granted();
    await owner.query(
      `INSERT INTO persecution_actor (id, case_id, authority_id, sealed, recorded_by) VALUES ($1, $2, $3, '\\x00', $4)`,
      [randomUUID(), file.caseId, authorityId(OWN), accountId('officer')],
    );
    expect(await opens(accountId('prosecutor'))).toEqual(CLOSED);
    await owner.query('DELETE FROM persecution_actor');
    expect(await opens(accountId('prosecutor'))).toEqual(OPEN);
  });

  it('closes with the authority: when it is disabled its people read neither list nor file', async () => {
    await granted();
    const listed = async () => (await api.query('SELECT FROM referral WHERE id = $1', [referral])).rowCount;
    await owner.query('UPDATE authority SET disabled_at = now() WHERE code = $1', [OWN]);
    expect(await opens(accountId('prosecutor'))).toEqual(CLOSED);
    expect(await listed()).toBe(0);
    await owner.query('UPDATE authority SET disabled_at = NULL WHERE code = $1', [OWN]);
    expect(await opens(accountId('prosecutor'))).toEqual(OPEN);
    expect(await listed()).toBe(1);
  });

  it('opens only the documents that the package names', async () => {
    await granted({
      referral_id: file.referralIds[1],
      authority_id: authorityId('demo-war-crimes-unit'),
      user_id: null,
    });
    await claim(accountId('war-crimes'));
    const { rows } = await api.query<{ body: boolean }>('SELECT f1_referral_body($1) IS NOT NULL AS body', [
      file.referralIds[1],
    ]);
    expect(rows[0]!.body).toBe(true);
    expect((await api.query('SELECT FROM document')).rowCount).toBe(0);
    expect((await api.query('SELECT FROM recording')).rowCount).toBe(0);
  });

  it('gives nobody the content by plain SQL', async () => {
    await granted();
    for (const id of [accountId('prosecutor'), accountId('officer')]) {
      await claim(id);
      await expect(api.query('SELECT body FROM referral')).rejects.toThrow(/permission denied/);
    }
  });

  it('lets a prosecutor open for themselves only, and not again what was revoked', async () => {
    await granted({ valid_until: new Date(Date.now() - 1_000) });
    await claim(accountId('prosecutor'));
    const open = (user: string | null, by = accountId('prosecutor'), to = referral) =>
      api.query(
        `INSERT INTO access_grant (id, referral_id, case_id, authority_id, user_id, purpose, sealed, opened_by, valid_from, valid_until)
         VALUES (gen_random_uuid(), $1, $2, $3, $4, 'investigation', 'x', $5, now(), now() + interval '1 day')`,
        [to, file.caseId, authorityId(OWN), user, by],
      );
    await expect(open(null)).rejects.toThrow(/row-level security/);
    await expect(open(colleague)).rejects.toThrow(/row-level security/);
    await expect(open(accountId('prosecutor'), colleague)).rejects.toThrow(/row-level security/);
    await expect(open(accountId('prosecutor'), accountId('prosecutor'), file.referralIds[1])).rejects.toThrow(
      /row-level security/,
    );
    expect((await open(accountId('prosecutor'))).rowCount).toBe(1);
    await granted({ revoked_at: new Date(), revoked_by: accountId('legal') });
    await claim(accountId('prosecutor'));
    await expect(open(accountId('prosecutor'))).rejects.toThrow(/row-level security/);
  });

  it('lets no recipient take access away or lengthen it, and nobody change a grant that was revoked', async () => {
    const id = await granted();
    await claim(accountId('prosecutor'));
    const revoke = `UPDATE access_grant SET revoked_at = now(), revoked_by = f1_actor() WHERE id = $1`;
    expect((await api.query(revoke, [id])).rowCount).toBe(0);
    await expect(
      api.query(`UPDATE access_grant SET valid_until = now() + interval '1 year' WHERE id = $1`, [id]),
    ).rejects.toThrow(/permission denied/);
    await claim(accountId('officer'));
    expect((await api.query(revoke, [id])).rowCount).toBe(0);
    await claim(accountId('legal'));
    expect((await api.query(revoke, [id])).rowCount).toBe(1);
    await expect(api.query(revoke, [id])).rejects.toMatchObject({ code: 'F1001' });
  });

  it('lets nobody who decided in the case decide its reconsideration', async () => {
    const decide = (by: string) =>
      owner.query(
        `UPDATE reconsideration SET outcome = 'maintained', sealed = 'x', decided_by = $2, decided_at = now()
         WHERE case_id = $1`,
        [file.caseId, by],
      );
    await expect(decide(accountId('officer'))).rejects.toMatchObject({ code: 'F1014' });
    expect((await decide(accountId('decider'))).rowCount).toBe(2);
    await expect(decide(accountId('decider'))).rejects.toMatchObject({ code: 'F1001' });
  });
});
