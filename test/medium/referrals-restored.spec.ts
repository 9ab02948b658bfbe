import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { auditVerify } from '../../src/audit/audit-verify.js';
import { createBackup } from '../../src/platform/backup/create-backup.js';
import { checkBackup, restoreBackup } from '../../src/platform/backup/restore-backup.js';
import { withScratchDatabase } from '../../src/platform/backup/scratch-database.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { fingerprint } from '../../src/platform/keys/fingerprint.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { migrateQueue } from '../../src/platform/queue/postgres-backend.js';
import { publicHalf } from '../../src/receiver/envelope.js';
import { ReceiptLog } from '../../src/receiver/receipt-log.js';
import { receiver } from '../../src/receiver/server.js';
import { ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { aFileForDecision, aHouse, type House } from '../faults/support/referral-case.js';
import { aReferralSystem, decideExclusion, eventually } from '../faults/support/referral-system.js';
import { aDatabase, type TestDatabase } from '../support/database.js';

interface Told {
  readonly receipt: string;
  readonly package: string;
  readonly envelope: string;
  /** What the reconciler finds then. */
  readonly differences: readonly object[];
}

const TOLD = `SELECT p.body_sha256 AS receipt, r.body_sha256 AS package, e.sha256 AS envelope FROM referral r
  JOIN receipt p ON p.referral_id = r.id JOIN envelope e ON e.referral_id = r.id WHERE r.id = $1`;

describe('a database restored to before a referral left, under a receiver that has it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f1-restored-'));
  const file = join(folder, 'backup');
  const [receipts, opens] = [generateKeyPairSync('ed25519').privateKey, generateKeyPairSync('x25519').privateKey];
  const log = new ReceiptLog(join(folder, 'receipts.jsonl'));
  let database: TestDatabase;
  let keys: Keys;
  let house: House;
  let server: ReturnType<typeof receiver>;

  const owned = <T>(ownerUrl: string, work: (owner: pg.Client) => Promise<T>) => asOwner(ownerUrl, work);
  /** Lets one worker of its own work on a database until this referral has its receipt there. */
  const told = async (appUrl: string, ownerUrl: string, id: string): Promise<Told> => {
    const queue = { prefix: `{f1-${randomUUID()}}` };
    const system = await aReferralSystem({ appUrl, dataDir: folder, queue });
    try {
      const row = () =>
        owned(ownerUrl, async (owner) => (await owner.query<Omit<Told, 'differences'>>(TOLD, [id])).rows[0]);
      const found = await eventually(row);
      const { differences } = await system.get(ReconcilerService, { strict: false }).reconcile({ chains: false });
      return { ...found, differences };
    } finally {
      await system.close();
    }
  };

  beforeAll(async () => {
    database = await aDatabase();
    await migrateQueue(database.ownerUrl);
    server = receiver({ log, privateKey: receipts, opens: [opens], sender: () => keys.signing.publicKey });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/referrals`;
    house = await aHouse(database.ownerUrl, [
      { code: 'abroad', webhook: { endpoint, receiptPublicKey: publicHalf(receipts) } },
    ]);
    const publicKey = publicHalf(opens);
    await owned(database.ownerUrl, (owner) =>
      owner.query(
        `INSERT INTO authority_key (id, authority_id, purpose, public_key, key_id, valid_from) VALUES ($1, $2, 'encryption', $3, $4, '2020-01-01')`,
        [randomUUID(), house.authorities['abroad']!.id, publicKey, fingerprint(Buffer.from(publicKey, 'base64'))],
      ),
    );
  });
  afterAll(async () => {
    server?.close();
    server?.closeAllConnections();
    await log.close();
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('sends it again in another envelope, and takes the receipt that names the package in it', async () => {
    const deciding = await aReferralSystem({ appUrl: database.appUrl, dataDir: folder });
    keys = deciding.get(Keys);
    const decided = await decideExclusion(deciding, house, await aFileForDecision(database.ownerUrl, house, keys));
    const id = decided.obliged[0]!.obligationId;
    await createBackup({ ownerUrl: database.ownerUrl, file, signing: keys.signing });

    const before = await told(database.appUrl, database.ownerUrl, id);
    expect(before.receipt).toBe(before.envelope);

    const { ownerUrl, superuserUrl: adminUrl } = database;
    await withScratchDatabase({ adminUrl, ownerUrl }, async (scratch) => {
      const manifest = await checkBackup(file, keys.signing);
      await restoreBackup({ ownerUrl: scratch, file, signing: keys.signing, manifest });
      await migrateQueue(scratch);
      const name = new URL(scratch).pathname.slice(1);
      await owned(scratch, (owner) => owner.query(`GRANT CONNECT ON DATABASE ${name} TO f1_app`));
      const appUrl = new URL(database.appUrl);
      appUrl.pathname = name;

      const after = await told(appUrl.href, scratch, id);
      expect(after.envelope).not.toBe(before.envelope);
      expect(after).toMatchObject({ receipt: before.package, differences: [] });
      expect(log.summary()).toEqual({ ids: [id], wireDuplicates: 1, changedBodies: 1 });
      const { findings } = await auditVerify(scratch, keys);
      expect(findings.filter(({ where }) => where.startsWith('receipt/'))).toEqual([]);
    });
    await deciding.close();
  }, 180_000);
});
