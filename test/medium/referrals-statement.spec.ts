import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, randomUUID, verify } from 'node:crypto';
import pg from 'pg';
import { Database } from '../../src/platform/database/database.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { signed } from '../../src/receiver/receipts.js';
import { ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { statementAt, takeStatement } from '../../src/referrals/statements.js';
import { eventually } from '../faults/support/referral-system.js';
import { aTelling, type Telling } from '../support/telling.js';

describe("an authority's own list", () => {
  let telling: Telling;
  let id: string;

  beforeAll(async () => {
    telling = await aTelling();
    ({ id } = await telling.refer());
    const receipts = () => telling.read('SELECT FROM receipt WHERE referral_id = $1', id);
    await eventually(async () => (await receipts()).length === 1);
  });

  afterAll(() => telling.stop());

  const reconcile = (chains = false) => telling.system.get(ReconcilerService, { strict: false }).reconcile({ chains });
  const key = generateKeyPairSync('ed25519');
  const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const list = (referrals: unknown, at: unknown = minutesFromNow(0)) =>
    signed({ format: 'f1-statement/1', at, referrals }, key.privateKey);
  const entry = (of: string, bodySha256 = telling.receiver.log.find(id)!.bodySha256) => ({
    id: of,
    bodySha256,
    receivedAt: telling.receiver.log.find(id)!.receivedAt,
  });
  const take = (jws: string) => takeStatement(telling.system.get(Database), jws);
  const asItsOwn = async <T>(act: () => Promise<T>): Promise<T> => {
    const publicKey = key.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    await telling.owner('UPDATE authority SET receipt_public_key = $1', [publicKey]);
    try {
      return await act();
    } finally {
      await telling.owner('UPDATE authority SET receipt_public_key = $1', [telling.receiver.receiptPublicKey]);
    }
  };
  const stored = async () =>
    telling.read<{ referrals: unknown; signed: string }>(
      'SELECT referrals, signed FROM authority_statement ORDER BY at',
    );
  /** As if lists had been made, and taken, so much later. */
  const listsLater = (minutes: number) =>
    withoutTriggers(
      `UPDATE authority_statement SET at = at + $1 * interval '1 minute', taken_at = taken_at + $1 * interval '1 minute'`,
      [minutes],
    );
  const withoutTriggers = async (sql: string, values: unknown[] = []) => {
    const client = new pg.Client({ connectionString: telling.database.superuserUrl });
    await client.connect();
    try {
      await client.query('SET session_replication_role = replica');
      await client.query(sql, values);
    } finally {
      await client.end();
    }
  };

  it('agrees with ours as the reference receiver gives it', async () => {
    const given = await fetch(telling.receiver.endpoint.replace('/referrals', '/statement'));
    expect(await takeStatement(telling.system.get(Database), await given.text())).toMatchObject({
      authority: 'abroad',
      referrals: 1,
    });
    const lists = [{ authority: 'abroad', entries: 1, unmatched: [] }];
    expect(await reconcile(true)).toMatchObject({ ok: true, differences: [], chains: [], lists });
  });

  it('is read no further than it may be long', async () => {
    const url = telling.receiver.endpoint.replace('/referrals', '/statement');
    expect((await statementAt(url)).length).toBeGreaterThan(20);
    await expect(statementAt(url, 20)).rejects.toThrow(/longer than 20 bytes/);
  });

  it('is taken from nobody whose receipt key we do not know', async () => {
    await expect(takeStatement(telling.system.get(Database), await list([]))).rejects.toMatchObject({
      code: 'invalidInput',
    });
  });

  it.each(['11/22/60', 'Nov 22 55', '2026-02-30T00:00:00Z', '2060-01-01T00:00:00Z', 1_700_000_000_000, null])(
    'is not taken when it is dated %s',
    (at) =>
      asItsOwn(async () => {
        await expect(take(await list([], at))).rejects.toMatchObject({ code: 'invalidInput' });
      }),
  );

  it.each<[string, () => unknown]>([
    ['an id in a list', () => ({ ...entry(id), id: [id] })],
    ['an id with a NUL', () => ({ ...entry(id), id: `${id}\0` })],
    ['an id with a line end', () => ({ ...entry(id), id: `${id}\n` })],
    ['an id in capitals', () => ({ ...entry(id), id: id.toUpperCase() })],
    ['no id', () => ({ ...entry(id), id: undefined })],
    ['a hash in a list', () => ({ ...entry(id), bodySha256: ['0'.repeat(64)] })],
    ['a number for a hash', () => ({ ...entry(id), bodySha256: 1e63 })],
    ['a hash of the package in a list', () => ({ ...entry(id), packageSha256: ['0'.repeat(64)] })],
    ['a hash of the package with a NUL', () => ({ ...entry(id), packageSha256: '\0' })],
    ['no time', () => ({ ...entry(id), receivedAt: undefined })],
    ['a word for a time', () => ({ ...entry(id), receivedAt: 'x' })],
    ['a time with a NUL', () => ({ ...entry(id), receivedAt: '\0' })],
    ['a time in a list', () => ({ ...entry(id), receivedAt: [minutesFromNow(0)] })],
    ['a number for a time', () => ({ ...entry(id), receivedAt: 1e308 })],
    ['a time ahead', () => ({ ...entry(id), receivedAt: minutesFromNow(11) })],
    ['nothing', () => null],
    ['a text', () => id],
    ['a list', () => [id]],
  ])('is refused, with the number of the entry, when one has %s', (_what, bad) =>
    asItsOwn(async () => {
      const before = await stored();
      await expect(take(await list([entry(id), bad()]))).rejects.toMatchObject({
        code: 'invalidInput',
        message: expect.stringMatching(/Entry 2 of its `referrals` is not of the form/),
      });
      expect(await stored()).toEqual(before);
    }),
  );

  it.each([[{}], ['x'], [undefined], [1]])('is refused when its referrals are %p', (referrals) =>
    asItsOwn(async () => {
      await expect(take(await list(referrals))).rejects.toMatchObject({ code: 'invalidInput' });
    }),
  );

  it('is kept as it was signed, and of each entry what the form has', () =>
    asItsOwn(async () => {
      const extra = { note: 'a\0b', number: 1e400, [`\0`]: { deep: [] } };
      const { receivedAt, ...said } = entry(id);
      const text = await list([
        { ...said, packageSha256: null, receivedAt: receivedAt.replace('Z', '+00:00'), ...extra },
      ]);
      expect(await take(text)).toMatchObject({ authority: 'abroad', referrals: 1 });
      expect((await stored()).at(-1)).toEqual({ referrals: [{ ...said, receivedAt }], signed: text });
      expect(await reconcile()).toMatchObject({ ok: true });
    }));

  it('changes nothing when it comes again, and is refused when another one has its time', () =>
    asItsOwn(async () => {
      const at = minutesFromNow(0);
      const first = await list([entry(id)], at);
      await take(first);
      const before = await stored();
      expect(await take(`${first}\n`)).toMatchObject({ authority: 'abroad', at, referrals: 1 });
      await expect(take(await list([], at))).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(/have abroad make the list anew, with the time of its making as its `at`/),
      });
      expect(await stored()).toEqual(before);
      expect(before.at(-1)!.signed).toBe(first);
    }));

  it.each<[string, () => object[], string]>([
    ['does not have what we hold a receipt for', () => [], 'unknownToAuthority'],
    ['has what we never sent', () => [entry(id), entry(randomUUID())], 'unknownToUs'],
    ['has another body than we sent', () => [entry(id, '0'.repeat(64))], 'statedWithAnotherBody'],
  ])('is a difference when it %s', (_what, referrals, what) =>
    asItsOwn(async () => {
      await take(await list(referrals()));
      await listsLater(11);
      const found = await reconcile();
      await listsLater(-11);
      expect(found.ok).toBe(false);
      expect(found.differences.map((difference) => difference.what)).toEqual([what]);
    }),
  );

  it.each<[string, number, number, readonly string[]]>([
    ['made before a receipt, by a clock that runs ahead', 9, 0, []],
    ['dated long after we took it', 60, 0, []],
    ['made soon after a receipt, by a clock that may run ahead', 9, 9, []],
    ['made long after it, and taken then', 11, 11, ['unknownToAuthority']],
    ['made long after it, and taken later still', 11, 90, ['unknownToAuthority']],
    ['made before it, and taken long after', -1, 90, []],
  ])('that lacks a receipt, %s: made %d and taken %d minutes after it', async (_what, made, taken, differences) => {
    await telling.owner(
      `INSERT INTO authority_statement (id, authority_id, at, taken_at, referrals, signed)
       SELECT gen_random_uuid(), a.id, p.at + $2 * interval '1 minute', p.at + $3 * interval '1 minute', '[]', 'dated'
       FROM authority a, (SELECT greatest(received_at, recorded_at) AS at FROM receipt WHERE referral_id = $1) p
       WHERE a.code = 'abroad'`,
      [id, made, taken],
    );
    // Whatever was taken before is not the newest of them.
    await withoutTriggers(`UPDATE authority_statement SET at = at - interval '1 day' WHERE signed <> 'dated'`);
    const found = await reconcile();
    await withoutTriggers(`DELETE FROM authority_statement WHERE signed = 'dated'`);
    await withoutTriggers(`UPDATE authority_statement SET at = at + interval '1 day'`);
    expect(found.differences.map(({ what }) => what)).toEqual(differences);
  });

  it('is a difference for each entry without an id that was taken before ids were checked, and hides no other', async () => {
    await telling.owner(
      `INSERT INTO authority_statement (id, authority_id, at, referrals, signed)
       SELECT gen_random_uuid(), id, f1_now(), $1::jsonb, 'as it was taken' FROM authority WHERE code = 'abroad'`,
      [JSON.stringify([{ ...entry(id), id: [id] }, { ...entry(id), id: 'x' }, { bodySha256: '' }, null, entry(id)])],
    );
    const found = await reconcile();
    const unread = { what: 'unknownToUs', authority: 'abroad', obligationId: null, causeId: null };
    expect(found.differences).toEqual(Array(4).fill(expect.objectContaining(unread)));
    expect(found.lists).toMatchObject([{ entries: 5, unmatched: [{ what: 'unknownToUs', number: 4 }] }]);
    await asItsOwn(async () => take(await list([entry(id)])));
    expect(await reconcile()).toMatchObject({ ok: true, differences: [] });
  });

  it('finds a row whose state is not the one its chain leads to', async () => {
    await telling.owner(`UPDATE referral SET snapshot = '{"delivery":"closed","standing":"valid"}' WHERE id = $1`, [
      id,
    ]);
    expect((await reconcile(true)).chains).toContain(`referral/${id}`);
  });

  it('is part of what is signed and kept', async () => {
    const kept = await eventually(async () => {
      const found = await telling.read<{ statement: string; signature: Buffer }>(
        'SELECT statement, signature FROM reconciliation ORDER BY at DESC LIMIT 1',
      );
      return found[0];
    });
    const { publicKey } = telling.system.get(Keys).signing;
    expect(verify(null, Buffer.from(kept.statement), publicKey, kept.signature)).toBe(true);
    expect(JSON.parse(kept.statement)).toMatchObject({ format: 'f1-reconciliation/1', chains: expect.any(Array) });
  });
});
