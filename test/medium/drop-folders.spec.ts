import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QueryResult } from 'pg';
import { pathToFileURL } from 'node:url';
import { sha256 } from '../../src/platform/database/sealing.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { Stopping } from '../../src/platform/queue/stopping.js';
import { takeDrop } from '../../src/receiver/drop.js';
import { publicHalf } from '../../src/receiver/envelope.js';
import { ReceiptLog } from '../../src/receiver/receipt-log.js';
import { LEASE_MS } from '../../src/referrals/delivery.service.js';
import { DeliveryStore } from '../../src/referrals/delivery.store.js';
import { DropsStore, WITHDRAWN } from '../../src/referrals/drops.store.js';
import { FileChannel } from '../../src/referrals/file.channel.js';
import { FileReceipts } from '../../src/referrals/file-receipts.js';
import { ReceiptsService } from '../../src/referrals/receipts.service.js';
import { UnfinishedDrops } from '../../src/referrals/unfinished-drops.js';
import { Withdrawals } from '../../src/referrals/withdrawals.js';
import { eventually } from '../faults/support/referral-system.js';
import { aTelling, type Telling } from '../support/telling.js';
import { suspending } from '../support/suspended.js';

describe('a drop folder that its recipient writes to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f1-drop-'));
  const log = new ReceiptLog(join(folder, 'receipts.jsonl'));
  const { privateKey } = generateKeyPairSync('ed25519');
  let telling: Telling;

  beforeAll(async () => {
    telling = await aTelling();
    await telling.owner('UPDATE authority SET receipt_public_key = $1', [publicHalf(privateKey)]);
  });
  afterAll(async () => {
    await telling?.stop();
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const of = <T>(what: new (...args: never[]) => T): T => telling.system.get(what, { strict: false });
  const dropsAt = (name: string) =>
    telling.owner(`UPDATE authority SET channel = 'file', endpoint = $1`, [pathToFileURL(join(folder, name)).href]);
  const fileOf = (name: string, id: string) => join(folder, name, 'out', `${id}.json`);
  const recall = (id: string) => telling.owner(suspending('now()', `id = '${id}'`));
  const receipted = async (id: string) =>
    (await telling.read('SELECT FROM receipt WHERE referral_id = $1', id)).length === 1;
  const dropped = async (): Promise<string> => {
    const { id } = await telling.refer();
    await eventually(async () => {
      const waits = `SELECT FROM outbox WHERE referral_id = $1 AND last_problem = 'awaitingReceipt'`;
      return (await telling.read(waits, id)).length === 1;
    });
    return id;
  };
  /** Dropped by a worker that dies before it can say so. */
  const droppedByTheDead = async (name: string): Promise<string> => {
    const store = of(DeliveryStore);
    store.wait = () => Promise.reject(new Error('killed here'));
    try {
      const { id } = await telling.refer();
      await eventually(() => Promise.resolve(existsSync(fileOf(name, id))));
      return id;
    } finally {
      Reflect.deleteProperty(store, 'wait');
    }
  };
  const office = () => ({ log, privateKey, sender: () => telling.system.get(Keys).signing.publicKey });
  const withdraw = () => of(Withdrawals).round();
  const poll = () => of(FileReceipts).poll();

  it('is cleared of what was recalled although pipes and links lie beside it, and its receipts are still taken', async () => {
    await dropsAt('one');
    const ids = await Promise.all([1, 2, 3, 4, 5].map(dropped));
    const [arrives, ...recalled] = ids as [string, ...string[]];
    for (const [n, id] of recalled.entries()) {
      const path = fileOf('one', id);
      if (n === 0) continue;
      rmSync(path);
      if (n === 1) symlinkSync('/dev/zero', path);
      else execFileSync('mkfifo', [path]);
    }
    for (const id of recalled) await recall(id);
    expect(await withdraw()).toEqual([fileOf('one', recalled[0]!)]);
    for (const id of recalled.slice(1)) rmSync(fileOf('one', id));
    await takeDrop(join(folder, 'one'), office());
    expect(await poll()).toEqual([]);
    expect(await receipted(arrives)).toBe(true);
  });

  it('keeps a pipe of the name of a referral, which is then refused as a foreign file', async () => {
    await dropsAt('one');
    const id = await dropped();
    const path = fileOf('one', id);
    rmSync(path);
    execFileSync('mkfifo', [path]);
    await telling.owner('UPDATE outbox SET next_attempt_at = now() WHERE referral_id = $1', [id]);
    await eventually(async () => {
      const refused = `SELECT FROM delivery_attempt WHERE referral_id = $1 AND problem = 'foreignFile' AND outcome = 'refused'`;
      return (await telling.read(refused, id)).length === 1;
    });
    rmSync(path);
  });

  it('is cleared of what a worker dropped that died before it could say so', async () => {
    await dropsAt('one');
    const id = await droppedByTheDead('one');
    await recall(id);
    expect(await withdraw()).toEqual([fileOf('one', id)]);
    expect(existsSync(fileOf('one', id))).toBe(false);
  });

  it('gives the receipt of what a worker dropped that died before it could say so', async () => {
    await dropsAt('one');
    const id = await droppedByTheDead('one');
    await takeDrop(join(folder, 'one'), office());
    expect(await poll()).toEqual([]);
    expect(await receipted(id)).toBe(true);
  });

  it.each([
    ['another folder', () => dropsAt('two')],
    [
      'a webhook',
      async () => {
        await telling.receiver.fail('error500');
        await telling.owner(`UPDATE authority SET channel = 'webhook', endpoint = $1`, [telling.receiver.endpoint]);
      },
    ],
  ])('is still looked after when its authority is reached by %s since', async (_other, change) => {
    await dropsAt('one');
    const [recalled, arrives] = [await dropped(), await dropped()];
    await change();
    await recall(recalled);
    expect(await withdraw()).toEqual([fileOf('one', recalled)]);
    await takeDrop(join(folder, 'one'), office());
    expect(await poll()).toEqual([]);
    expect(await receipted(arrives)).toBe(true);
  });

  it.each([
    ['another folder', () => dropsAt('two')],
    [
      'a webhook',
      async () => {
        await telling.receiver.fail('none');
        await telling.owner(`UPDATE authority SET channel = 'webhook', endpoint = $1, receipt_public_key = $2`, [
          telling.receiver.endpoint,
          telling.receiver.receiptPublicKey,
        ]);
      },
    ],
  ])('is cleared of what has arrived by %s since, and then not looked at again', async (_other, move) => {
    await dropsAt('one');
    await withdraw();
    const [moved, taken] = [await dropped(), await dropped()];
    await takeDrop(join(folder, 'one'), office());
    rmSync(join(folder, 'one', 'receipts', `${moved}.jws`));
    expect(await poll()).toEqual([]);
    expect([await receipted(moved), await receipted(taken)]).toEqual([false, true]);
    expect(await withdraw()).toEqual([]);
    await move();
    await telling.owner('UPDATE outbox SET next_attempt_at = now() WHERE referral_id = $1', [moved]);
    await eventually(async () => {
      await takeDrop(join(folder, 'two'), office());
      await poll();
      return receipted(moved);
    });
    expect(await withdraw()).toEqual([fileOf('one', moved)]);
    expect([fileOf('one', moved), fileOf('one', taken)].map((path) => existsSync(path))).toEqual([false, true]);

    const looked = async () => (await of(DropsStore).withdrawn()).map(({ referralId }) => referralId);
    expect(await looked()).toContain(moved);
    await telling.owner(`UPDATE outbox SET done_at = done_at - interval '2 days' WHERE done_at IS NOT NULL`);
    expect(await withdraw()).toEqual([]);
    expect(await looked()).not.toContain(moved);
    await telling.owner('UPDATE authority SET receipt_public_key = $1', [publicHalf(privateKey)]);
    await expect(telling.owner('UPDATE dropped SET cleared_at = NULL')).rejects.toMatchObject({ code: 'F1001' });
  });

  it('gives its receipts although nothing can be taken back', async () => {
    await dropsAt('one');
    const id = await dropped();
    await takeDrop(join(folder, 'one'), office());
    const failing = { round: () => Promise.reject(new Error('no database for a moment')) } as unknown as Withdrawals;
    await new FileReceipts(of(DropsStore), of(ReceiptsService), failing, new Stopping()).round();
    expect(await receipted(id)).toBe(true);
  });

  describe('while a file is written', () => {
    const outOf = (name: string) => join(folder, name, 'out');
    const partsOf = (name: string, id: string) => readdirSync(outOf(name)).filter((one) => one.startsWith(`.${id}.`));
    const sweep = () => of(UnfinishedDrops).round();
    /** Writes it anew, and stands still as soon as all of it is on disk and has no name yet. */
    const standingStill = async (name: string, id: string) => {
      const body = readFileSync(fileOf(name, id), 'utf8');
      rmSync(fileOf(name, id));
      const bodySha256 = sha256(Buffer.from(body)).toString('hex');
      const handle = await open(folder);
      const prototype = Object.getPrototypeOf(handle) as FileHandle;
      await handle.close();
      const { sync } = prototype;
      let goOn!: () => void;
      const until = new Promise<void>((resolve) => (goOn = resolve));
      const stands = new Promise<void>((resolve) => {
        prototype.sync = function (this: FileHandle) {
          prototype.sync = sync;
          resolve();
          return until.then(() => sync.call(this));
        };
      });
      const outcome = of(FileChannel).deliver({
        referralId: id,
        channel: 'file',
        endpoint: pathToFileURL(join(folder, name)).href,
        body,
        bodySha256,
        encrypted: false,
        receipts: {
          keys: [],
          bodies: [bodySha256],
          packageSha256: bodySha256,
          referral: { madeAt: new Date(), askedAt: new Date() },
        },
      });
      await stands;
      return {
        body,
        goOn: () => {
          goOn();
          return outcome;
        },
      };
    };
    const asIfLeftBehind = (path: string) => {
      const before = new Date(Date.now() - LEASE_MS - 1_000);
      utimesSync(path, before, before);
    };

    it('it is noted before any of it is there', async () => {
      await dropsAt('one');
      const drops = of(DropsStore);
      const before = readdirSync(outOf('one')).length;
      const there: number[] = [];
      drops.note = () => {
        there.push(readdirSync(outOf('one')).length);
        return Promise.reject(new Error('killed here'));
      };
      const { id } = await telling.refer();
      try {
        await eventually(() => Promise.resolve(there.length > 0));
      } finally {
        Reflect.deleteProperty(drops, 'note');
      }
      expect(there[0]).toBe(before);
      await telling.owner('UPDATE outbox SET next_attempt_at = now() WHERE referral_id = $1', [id]);
      await eventually(() => Promise.resolve(existsSync(fileOf('one', id))));
    });

    it('what lies unfinished is taken back with the rest, and its writer then brings nothing', async () => {
      await dropsAt('one');
      const [id, other] = [await dropped(), await dropped()];
      const [writer, another] = [await standingStill('one', id), await standingStill('one', other)];
      const [part, ...more] = partsOf('one', id);
      expect(more).toEqual([]);
      expect(readFileSync(join(outOf('one'), part!), 'utf8')).toBe(writer.body);
      await recall(id);
      expect(await withdraw()).toEqual([join(outOf('one'), part!)]);
      expect(partsOf('one', id)).toEqual([]);
      expect(partsOf('one', other)).toHaveLength(1);
      expect(await writer.goOn()).toEqual({ outcome: 'unreachable', problem: 'dropFolder' });
      expect(existsSync(fileOf('one', id))).toBe(false);
      expect(await another.goOn()).toMatchObject({ outcome: 'waiting' });
      expect(readFileSync(fileOf('one', other), 'utf8')).toBe(another.body);
    });

    it('two that write the same at once bring it whole, and leave nothing else', async () => {
      await dropsAt('one');
      const id = await dropped();
      const first = await standingStill('one', id);
      writeFileSync(fileOf('one', id), first.body);
      const second = await standingStill('one', id);
      expect(partsOf('one', id)).toHaveLength(2);
      for (const one of [second, first]) {
        expect(await one.goOn()).toMatchObject({ outcome: 'waiting' });
        expect(readFileSync(fileOf('one', id), 'utf8')).toBe(first.body);
      }
      expect(partsOf('one', id)).toEqual([]);
    });

    it('what a dead worker left is removed once nobody can be writing it, where nothing is dropped any more too, and nothing else is', async () => {
      await dropsAt('one');
      const id = await dropped();
      const writer = await standingStill('one', id);
      const left = join(outOf('one'), partsOf('one', id)[0]!);
      await telling.owner(`UPDATE authority SET channel = 'inbox', endpoint = NULL`);
      const at = (name: string) => join(outOf('one'), name);
      const digits = '0123456789abcdef';
      const ofTheFirstRelease = at(`.${digits}.part`);
      const foreign = [at(`.${digits}.parts`), at(`.${id}.part`), at(`x.${id}.${digits}.part`), at('.upload.part')];
      for (const path of [ofTheFirstRelease, ...foreign]) {
        writeFileSync(path, 'words');
        asIfLeftBehind(path);
      }
      const [link, inner] = [at(`.${id}.${digits}.part`), at(`.${id}.${digits.replace('0', 'f')}.part`)];
      symlinkSync(foreign[0]!, link);
      mkdirSync(inner);
      asIfLeftBehind(inner);
      expect(await sweep()).toEqual([ofTheFirstRelease]);
      asIfLeftBehind(left);
      expect(await sweep()).toEqual([left]);
      expect([link, inner, ...foreign].filter((path) => !existsSync(path))).toEqual([]);
      expect(await writer.goOn()).toMatchObject({ outcome: 'unreachable' });
      for (const path of [link, inner, ...foreign]) rmSync(path, { recursive: true });
    });
  });

  it('is not read again and again for what has arrived in it: a round asks by the folders that are not used any more', async () => {
    const oneWay = ['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin'].map((way) => `SET enable_${way} = off`);
    const said = (await telling.owner(`${oneWay.join('; ')}; EXPLAIN (COSTS off) ${WITHDRAWN}`)) as unknown;
    const plan = (said as QueryResult<{ 'QUERY PLAN': string }>[]).at(-1)!.rows.map((row) => row['QUERY PLAN']);
    const found = plan.flatMap((line, n) => (/ on dropped [df]/.test(line) ? [`${line} ${plan[n + 1]}`] : []));
    expect(found).toEqual([
      expect.stringMatching(/using dropped_pkey .*Cond: \(referral_id = o\.referral_id\)/),
      expect.stringMatching(/using dropped_by_folder .*authority_id = .*endpoint < /),
      expect.stringMatching(/using dropped_by_folder .*authority_id = .*endpoint > /),
    ]);
    expect(plan.join()).toMatch(/on outbox o.*done_at IS NULL|using outbox_(put_off|due|leased) on outbox o/);
  });
});
