import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { Findings } from '../../src/audit/audit-findings.js';
import { verifyAttempts } from '../../src/audit/verify-attempts.js';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Database } from '../../src/platform/database/database.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { fingerprint } from '../../src/platform/keys/fingerprint.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { migrateQueue } from '../../src/platform/queue/postgres-backend.js';
import { takeDrop } from '../../src/receiver/drop.js';
import { openEnvelope, publicHalf } from '../../src/receiver/envelope.js';
import { ReceiptLog } from '../../src/receiver/receipt-log.js';
import { receiver } from '../../src/receiver/server.js';
import { FileReceipts } from '../../src/referrals/file-receipts.js';
import { ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { aFileForDecision, aHouse, type House } from '../faults/support/referral-case.js';
import { aReferralSystem, decideExclusion, eventually } from '../faults/support/referral-system.js';
import { aDatabase, type TestDatabase } from '../support/database.js';
import { Withdrawals } from '../../src/referrals/withdrawals.js';
import { aQueueBackend } from '../support/queue-backend.js';
import { suspending } from '../support/suspended.js';

describe('what leaves for a recipient outside', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f1-envelope-'));
  const queue = aQueueBackend();
  const receipts = generateKeyPairSync('ed25519').privateKey;
  const [older, newer, latest] = [0, 1, 2].map(() => generateKeyPairSync('x25519').privateKey) as [
    typeof receipts,
    typeof receipts,
    typeof receipts,
  ];
  const log = new ReceiptLog(join(folder, 'receipts.jsonl'));
  const drop = join(folder, 'drop');
  let database: TestDatabase;
  let system: INestApplicationContext;
  let house: House;
  let server: ReturnType<typeof receiver>;
  let wire: { id: string; body: Buffer }[];

  const office = () => ({
    log,
    privateKey: receipts,
    opens: [older, newer, latest],
    sender: () => system.get(Keys).signing.publicKey,
  });
  const owner = (sql: string, values: unknown[] = []) =>
    asOwner(database.ownerUrl, (client) => client.query(sql, values));
  const addKey = (privateKey: typeof receipts) => {
    const publicKey = publicHalf(privateKey);
    return owner(
      `INSERT INTO authority_key (id, authority_id, purpose, public_key, key_id, valid_from) VALUES ($1, $2, 'encryption', $3, $4, '2020-01-01')`,
      [randomUUID(), house.authorities['abroad']!.id, publicKey, fingerprint(Buffer.from(publicKey, 'base64'))],
    );
  };
  const read = <T extends object>(sql: string, id: string): Promise<T[]> =>
    system.get(Database).inWorkerTx((tx) => tx.rows<T>(sql, [id]));
  const refer = async (): Promise<string> => {
    const file = await aFileForDecision(database.ownerUrl, house, system.get(Keys));
    return (await decideExclusion(system, house, file)).obliged[0]!.obligationId;
  };
  const tryAgain = (id: string) => owner('UPDATE outbox SET next_attempt_at = now() WHERE referral_id = $1', [id]);
  const receiptOf = async (id: string) =>
    (
      await read<{ body_sha256: string; channel: string }>(
        'SELECT body_sha256, channel FROM receipt WHERE referral_id = $1',
        id,
      )
    )[0];
  const attempted = (id: string, problem: string) =>
    eventually(
      async () =>
        (
          await read(
            'SELECT FROM delivery_attempt WHERE referral_id = $1 AND problem = $2'.replace('$2', `'${problem}'`),
            id,
          )
        ).length > 0,
    );
  const sentOf = (id: string) => wire.filter((message) => message.id === id).map(({ body }) => body.toString());
  const fail = (fault: string) => fetch(`${origin()}/fault`, { method: 'PUT', body: fault });
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  beforeAll(async () => {
    database = await aDatabase();
    await migrateQueue(database.ownerUrl);
    wire = [];
    server = receiver({
      log,
      privateKey: receipts,
      opens: [older, newer, latest],
      sender: () => system.get(Keys).signing.publicKey,
    });
    server.prependListener('request', (request) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => wire.push({ id: String(request.headers['webhook-id']), body: Buffer.concat(chunks) }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const webhook = { endpoint: `${origin()}/referrals`, receiptPublicKey: publicHalf(receipts) };
    house = await aHouse(database.ownerUrl, [{ code: 'abroad', webhook }]);
    await addKey(older);
    system = await aReferralSystem({ appUrl: database.appUrl, dataDir: folder, queue });
  });

  afterAll(async () => {
    await system?.close();
    server?.close();
    server?.closeAllConnections();
    await log.close();
    await queue.drop();
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is one envelope, the same bytes on every attempt, which its recipient opens and checks', async () => {
    await fail('error500');
    const id = await refer();
    await attempted(id, 'serverError');
    await fail('none');
    await tryAgain(id);
    const receipt = await eventually(() => receiptOf(id));
    const sent = sentOf(id);
    expect(sent.length).toBeGreaterThan(1);
    expect(new Set(sent).size).toBe(1);
    expect(receipt.body_sha256).toBe(createHash('sha256').update(sent[0]!).digest('hex'));
    const opened = await openEnvelope(sent[0]!, id, { own: [older], sender: system.get(Keys).signing.publicKey });
    expect(opened).toMatchObject({ ok: true, referral: { referralId: id, exculpatory: expect.any(Object) } });
  });

  it('opens with the old and the new key while the recipient changes them', async () => {
    await addKey(newer);
    const id = await refer();
    await eventually(() => receiptOf(id));
    for (const own of [older, newer]) {
      expect(
        (await openEnvelope(sentOf(id)[0]!, id, { own: [own], sender: system.get(Keys).signing.publicKey })).ok,
      ).toBe(true);
    }
  });

  it.each([
    ['whose keys open it', `key_ids = ARRAY[gen_random_uuid()]`],
    ['who signed it', `signed_by = 'somebody else'`],
    ['when it was made', `made_at = made_at - interval '1 day'`],
    ['its number', 'number = number + 5'],
  ])('is named by the verification where somebody changed %s past the application', async (_what, change) => {
    const superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    const found = async (statement: string): Promise<Set<string>> => {
      await superuser.query('BEGIN');
      await superuser.query(`SET LOCAL session_replication_role = 'replica'`);
      expect((await superuser.query(statement)).rowCount).toBeGreaterThan(0);
      const findings = new Findings();
      await verifyAttempts(async <T extends object>(sql: string) => (await superuser.query<T>(sql)).rows, findings);
      await superuser.query('ROLLBACK');
      return new Set(findings.list.map(({ kind, where }) => `${kind} ${where.replace(/\/.*/, '')}`));
    };
    try {
      expect(await found('UPDATE envelope SET number = number')).toEqual(new Set());
      expect(await found(`UPDATE envelope SET ${change}`)).toEqual(new Set(['rowChanged envelope']));
      const told = `UPDATE event SET facets = facets - 'envelopes' WHERE type = 'RECORD_RECEIPT'`;
      expect(await found(told)).toEqual(new Set());
    } finally {
      await superuser.end();
    }
  });

  it('is made anew for the keys that are left when one of them was revoked, and either receipt counts', async () => {
    await fail('error500');
    const id = await refer();
    await attempted(id, 'serverError');
    await owner('UPDATE authority_key SET revoked_at = now() WHERE public_key = $1', [publicHalf(older)]);
    await fail('none');
    await tryAgain(id);
    await eventually(() => receiptOf(id));
    const last = sentOf(id).at(-1)!;
    const sender = system.get(Keys).signing.publicKey;
    expect((await openEnvelope(last, id, { own: [older], sender })).ok).toBe(false);
    expect((await openEnvelope(last, id, { own: [newer], sender })).ok).toBe(true);
  });

  it('stays here while no key of its recipient is left, says so of the attempt, and leaves once there is one', async () => {
    await fail('error500');
    const id = await refer();
    await attempted(id, 'serverError');
    await owner('UPDATE authority_key SET revoked_at = now() WHERE revoked_at IS NULL');
    await fail('none');
    const before = sentOf(id).length;
    await tryAgain(id);
    await attempted(id, 'noEncryptionKey');
    const [tried] = await read<{ outcome: string }>(
      `SELECT outcome FROM delivery_attempt WHERE referral_id = $1 AND problem = 'noEncryptionKey'`,
      id,
    );
    expect(tried).toEqual({ outcome: 'refused' });
    expect(sentOf(id)).toHaveLength(before);
    await addKey(latest);
    await tryAgain(id);
    await eventually(() => receiptOf(id));
    const sender = system.get(Keys).signing.publicKey;
    expect((await openEnvelope(sentOf(id).at(-1)!, id, { own: [latest], sender })).ok).toBe(true);
  });

  it('waits in a drop folder until the recipient puts its receipt there, and leaves what is not its own alone', async () => {
    await owner(`UPDATE authority SET channel = 'file', endpoint = $1 WHERE code = 'abroad'`, [
      pathToFileURL(drop).href,
    ]);
    const id = await refer();
    await attempted(id, 'awaitingReceipt');
    expect(readdirSync(join(drop, 'out'))).toEqual([`${id}.jwe`]);
    const foreign = [join(drop, 'receipts', 'notes.txt'), join(drop, 'receipts', `${randomUUID()}.jws`)];
    for (const path of foreign) writeFileSync(path, 'something else');
    const poll = () => system.get(FileReceipts, { strict: false }).poll();
    expect((await poll()).sort()).toEqual([...foreign].sort());
    expect(await receiptOf(id)).toBeUndefined();
    expect(await takeDrop(drop, office())).toEqual({});
    await poll();
    const receipt = await receiptOf(id);
    expect(receipt).toMatchObject({ channel: 'file' });
    expect(receipt!.body_sha256).toBe(
      createHash('sha256')
        .update(readFileSync(join(drop, 'out', `${id}.jwe`)))
        .digest('hex'),
    );
    expect(foreign.every((path) => existsSync(path))).toBe(true);
  });

  it('takes receipts from a drop folder in which what is named like another one cannot be read', async () => {
    const [first, second] = [await refer(), await refer()].sort() as [string, string];
    for (const id of [first, second]) await attempted(id, 'awaitingReceipt');
    const [folderThere, pipe] = [first, second].map((id) => join(drop, 'receipts', `${id}.jws`)) as [string, string];
    mkdirSync(folderThere);
    execFileSync('mkfifo', [pipe]);
    const poll = () => system.get(FileReceipts, { strict: false }).poll();
    expect(await poll()).toEqual(expect.arrayContaining([folderThere, pipe]));
    for (const path of [folderThere, pipe]) rmSync(path, { recursive: true });
    await takeDrop(drop, office());
    await poll();
    expect(await Promise.all([first, second].map(receiptOf))).toMatchObject([{ channel: 'file' }, { channel: 'file' }]);
  });

  it('never takes a receipt that somebody else signed, and never replaces a file of that name that is not ours', async () => {
    const id = await refer();
    await attempted(id, 'awaitingReceipt');
    const stranger = generateKeyPairSync('ed25519').privateKey;
    const elsewhere = new ReceiptLog(join(folder, 'stranger.jsonl'));
    await takeDrop(drop, { ...office(), log: elsewhere, privateKey: stranger });
    await elsewhere.close();
    expect(await system.get(FileReceipts, { strict: false }).poll()).toContain(join(drop, 'receipts', `${id}.jws`));
    expect(await receiptOf(id)).toBeUndefined();
    writeFileSync(join(drop, 'out', `${id}.jwe`), 'a file of the recipient');
    await tryAgain(id);
    await attempted(id, 'foreignFile');
    expect(readFileSync(join(drop, 'out', `${id}.jwe`), 'utf8')).toBe('a file of the recipient');
    rmSync(join(drop, 'out', `${id}.jwe`));
    rmSync(join(drop, 'receipts', `${id}.jws`));
    await tryAgain(id);
    await eventually(() => Promise.resolve(existsSync(join(drop, 'out', `${id}.jwe`))));
    await takeDrop(drop, office());
    await system.get(FileReceipts, { strict: false }).poll();
    await eventually(() => receiptOf(id));
  });

  it('reconciles: every receipt is over the bytes that were sent', async () => {
    const found = await system.get(ReconcilerService, { strict: false }).reconcile();
    expect(found).toMatchObject({ ok: true, differences: [] });
    expect(found.receipts).toBe(found.obligations);
  });

  it.each([
    ['it is recalled', (id: string) => owner(suspending('now()', `id = '${id}'`))],
    [
      'its recipient is blocked',
      (id: string) =>
        owner(
          `INSERT INTO persecution_actor (id, case_id, authority_id, sealed, recorded_by)
           SELECT gen_random_uuid(), r.case_id, r.authority_id, 'x', $2 FROM referral r WHERE r.id = $1`,
          [id, house.decisionMaker],
        ),
    ],
  ])('is taken out of the drop folder again when %s before it was picked up', async (_when, happens) => {
    const [id, other] = [await refer(), await refer()];
    for (const one of [id, other]) await attempted(one, 'awaitingReceipt');
    const path = (one: string) => join(drop, 'out', `${one}.jwe`);
    const round = () => system.get(Withdrawals, { strict: false }).round();
    expect(await round()).toEqual([]);
    await happens(id);
    expect(await round()).toEqual([path(id)]);
    expect([existsSync(path(id)), existsSync(path(other))]).toEqual([false, true]);
    expect(await read('SELECT last_problem AS problem FROM outbox WHERE referral_id = $1', id)).toEqual([
      { problem: 'withdrawn' },
    ]);
    writeFileSync(path(id), 'of somebody else');
    expect(await round()).toEqual([]);
    expect(existsSync(path(id))).toBe(true);
  });
});
