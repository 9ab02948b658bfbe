import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { auditVerify } from '../../src/audit/audit-verify.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { Stopping } from '../../src/platform/queue/stopping.js';
import { takeDrop } from '../../src/receiver/drop.js';
import { publicHalf } from '../../src/receiver/envelope.js';
import { ReceiptLog } from '../../src/receiver/receipt-log.js';
import { DropsStore } from '../../src/referrals/drops.store.js';
import { FileReceipts } from '../../src/referrals/file-receipts.js';
import { ReceiptsService } from '../../src/referrals/receipts.service.js';
import { ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { Withdrawals } from '../../src/referrals/withdrawals.js';
import { eventually } from '../faults/support/referral-system.js';
import { erasedAgain } from '../support/erased.js';
import { aTellingHouse, type TellingHouse } from '../support/telling.js';

describe('trouble in one drop folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f1-trouble-'));
  const log = new ReceiptLog(join(folder, 'receipts.jsonl'));
  const { privateKey } = generateKeyPairSync('ed25519');
  const codes = ['first', 'last'];
  let house: TellingHouse;

  beforeAll(async () => {
    const webhook = { endpoint: 'http://127.0.0.1:9/none', receiptPublicKey: publicHalf(privateKey) };
    house = await aTellingHouse(codes.map((code) => ({ code, webhook })));
    for (const code of codes)
      await house.owner(`UPDATE authority SET channel = 'file', endpoint = $1 WHERE code = $2`, [at(code), code]);
  });
  afterAll(async () => {
    await house?.stop();
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const at = (code: string) => pathToFileURL(join(folder, code)).href;
  const of = <T>(what: new (...args: never[]) => T): T => house.system.get(what, { strict: false });
  const receiptsOf = (code: string) => join(folder, code, 'receipts');
  /** A picker of its own, which no round of the process disturbs. */
  const picker = (receipts = of(ReceiptsService), drops = of(DropsStore)) =>
    new FileReceipts(drops, receipts, of(Withdrawals), new Stopping());
  const answered = async (): Promise<void> => {
    const office = { log, privateKey, sender: () => house.system.get(Keys).signing.publicKey };
    for (const code of codes) await takeDrop(join(folder, code), office);
  };
  /** A case whose referrals, one for each authority, lie in their folders. */
  const referred = async (): Promise<string> => {
    const { file } = await house.refer();
    await eventually(async () => {
      const waits = `SELECT FROM outbox WHERE case_id = $1 AND last_problem = 'awaitingReceipt'`;
      return (await house.read(waits, file.caseId)).length === codes.length;
    });
    return file.caseId;
  };
  const receiptedOf = async (caseId: string): Promise<string[]> => {
    const receipted = `SELECT a.code FROM receipt p JOIN referral r ON r.id = p.referral_id JOIN authority a ON a.id = r.authority_id
      WHERE r.case_id = $1 ORDER BY a.code`;
    return (await house.read<{ code: string }>(receipted, caseId)).map(({ code }) => code);
  };

  it('of a case that was erased stops no other receipt, and its own are kept as proof, without a clock for anybody', async () => {
    const [erased, other] = [await referred(), await referred()];
    await erasedAgain(house.database.ownerUrl, erased);
    const findings = async () =>
      (await auditVerify(house.database.ownerUrl, house.system.get(Keys))).findings.map((one) => one.kind);
    const before = await findings();
    await answered();
    expect(await picker().poll()).toEqual([]);
    expect(await receiptedOf(erased)).toEqual(codes);
    expect(await receiptedOf(other)).toEqual(codes);
    const clocks = `SELECT kind FROM deadline WHERE case_id = $1 AND met_at IS NULL AND ended_at IS NULL`;
    expect(await house.read(clocks, erased)).toEqual([]);
    expect(await house.read(clocks, other)).not.toEqual([]);
    const { differences, erasedUnreceipted, chains } = await of(ReconcilerService).reconcile({ chains: true });
    // The invented case has no history but its erasure, to which no chart leads at once.
    const expected = { differences: [], erasedUnreceipted: [], chains: [`case/${erased}`] };
    expect({ differences, erasedUnreceipted, chains }).toEqual(expected);
    expect(await of(ReconcilerService).reconcile()).toMatchObject({ ok: true });
    expect(await findings()).toEqual(before);
  });

  it('that cannot be recorded is tried again, and stops no other', async () => {
    const [one, two] = [await referred(), await referred()];
    await answered();
    const receipts = of(ReceiptsService);
    const refusing = await house.read<{ id: string }>(`SELECT id FROM referral WHERE case_id = $1`, one);
    const failing = {
      record: (...[parcel, ...rest]: Parameters<ReceiptsService['record']>) =>
        refusing.some(({ id }) => id === parcel.referralId)
          ? Promise.reject(new Error('no space left on a disk'))
          : receipts.record(parcel, ...rest),
    } as unknown as ReceiptsService;
    const trouble = picker(failing);
    expect(await trouble.poll()).toEqual([]);
    expect([await receiptedOf(one), await receiptedOf(two)]).toEqual([[], codes]);
    failing.record = receipts.record.bind(receipts);
    expect(await trouble.poll()).toEqual([]);
    expect(await receiptedOf(one)).toEqual(codes);
  });

  it('that cannot even be named stops no other', async () => {
    const id = await referred();
    await answered();
    await house.owner(`UPDATE authority SET endpoint = 'file:///drop%2Fno-folder' WHERE code = 'first'`);
    try {
      await picker().poll();
      expect(await receiptedOf(id)).toEqual(codes);
    } finally {
      await house.owner(`UPDATE authority SET endpoint = $1 WHERE code = 'first'`, [at('first')]);
    }
  });

  it('full of files that are no receipts costs one question, and few words', async () => {
    const id = await referred();
    await answered();
    mkdirSync(receiptsOf('first'), { recursive: true });
    const junk = Array.from({ length: 300 }, () => join(receiptsOf('first'), `${randomUUID()}.jws`));
    for (const path of junk) writeFileSync(path, '');
    const drops = of(DropsStore);
    const asked: number[] = [];
    const counting = {
      folders: () => drops.folders(),
      dropped: (ids: readonly string[], authorityId: string) => {
        asked.push(ids.length);
        return drops.dropped(ids, authorityId);
      },
    } as unknown as DropsStore;
    const lines: unknown[] = [];
    const said = () => lines.splice(0).length;
    Logger.overrideLogger({ log: () => undefined, error: () => undefined, warn: (line: unknown) => lines.push(line) });
    try {
      const one = picker(undefined, counting);
      expect((await one.poll()).sort()).toEqual([...junk].sort());
      expect(await receiptedOf(id)).toEqual(codes);
      expect(asked.filter((ids) => ids >= junk.length)).toHaveLength(1);
      expect(asked).toHaveLength(codes.length);
      expect(said()).toBe(21);
      await one.poll();
      expect(said()).toBe(0);
      // What is gone is forgotten, so that it is told again when it comes back.
      for (const path of junk) rmSync(path);
      expect(await one.poll()).toEqual([]);
      writeFileSync(junk[0]!, '');
      expect(await one.poll()).toEqual([junk[0]]);
      expect(said()).toBe(1);
    } finally {
      Logger.overrideLogger(true);
      for (const path of junk) rmSync(path, { force: true });
    }
  });
});
