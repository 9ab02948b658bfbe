import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { auditVerify } from '../../src/audit/audit-verify.js';
import { headOf, type HeadRow, signHead } from '../../src/audit/ledger.js';
import { LedgerSequencer } from '../../src/audit/ledger-sequencer.service.js';
import { LedgerStore } from '../../src/audit/ledger.store.js';
import { recordRestore, restoreSaid } from '../../src/audit/record-restore.js';
import type { SignedRestore } from '../../src/audit/restore-record.js';
import { TransparencyLog } from '../../src/audit/transparency-log.service.js';
import { readSegments } from '../../src/audit/witness.js';
import { createBackup } from '../../src/platform/backup/create-backup.js';
import { checkBackup, restoreBackup } from '../../src/platform/backup/restore-backup.js';
import { runtimeDataSource } from '../../src/platform/database/data-source.js';
import { Database } from '../../src/platform/database/database.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { proveDuties } from '../../src/referrals/duty-proof.js';
import { type Audited, anAuditedHouse, found } from '../support/audited.js';
import { aDatabase, type TestDatabase } from '../support/database.js';
import { asTheGuideSays } from '../support/proof-guide.js';

describe('a log restored from an older backup', () => {
  let folder: string;
  let house: Audited;
  let takenAt: string;
  let kept: { heads: number; leaves: number };
  const restored: TestDatabase[] = [];
  const sources: DataSource[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'f1-restored-log-'));
    house = await anAuditedHouse();
    await checkpoint();
    await createBackup({
      ownerUrl: house.house.database.ownerUrl,
      file: join(folder, 'backup'),
      signing: house.keys.signing,
    });
    const [row] = (
      await house.owner.query<{ heads: number; leaves: number }>(
        'SELECT max(number)::int AS heads, max(n)::int AS leaves FROM ledger_head',
      )
    ).rows;
    kept = row!;
    for (let more = 0; more < 3; more++) {
      await house.read(`/api/cases/${house.other.caseId}`);
      await house.sequenceAll();
    }
    await checkpoint();
    expect(await house.verify()).toMatchObject({ ok: true, restores: [] });
  });
  afterAll(async () => {
    await Promise.all(sources.map((source) => source.destroy()));
    await Promise.all(restored.map((database) => database.drop()));
    await house?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const checkpoint = () => house.house.app.get(TransparencyLog, { strict: false }).checkpoint();

  /** The backup in another database, and a copy of the witness file that is to go on with it. */
  async function aRestore() {
    const database = await aDatabase();
    restored.push(database);
    const { ownerUrl } = database;
    const { signing } = house.keys;
    const file = join(folder, 'backup');
    const manifest = await checkBackup(file, signing);
    takenAt = manifest.takenAt;
    await restoreBackup({ ownerUrl, file, signing, manifest });
    const witnessFile = join(folder, `${database.name}.jsonl`);
    copyFileSync(house.witnessFile, witnessFile);
    const pool = { url: database.workerUrl, role: 'f1_worker' as const, size: 2, timeZone: 'UTC' };
    const source = await runtimeDataSource(pool).initialize();
    sources.push(source);
    const config = { ...house.house.config, F1_WITNESS_FILE: witnessFile } as typeof house.house.config;
    const worker = new Database(undefined, source);
    const log = TransparencyLog.of(config, worker, house.keys);
    const sequencer = new LedgerSequencer(config, worker, house.keys, new LedgerStore(), log);
    const verify = () => auditVerify(ownerUrl, house.keys, { witnessFile, rows: false });
    const waiting = async () => (await verify()).unsequenced;
    return {
      ...{ database, worker, witnessFile, log, verify },
      record: (): Promise<SignedRestore> =>
        asOwner(ownerUrl, (owner) => recordRestore(owner, { backupTakenAt: takenAt, witnessFile, signing })),
      read: () =>
        asOwner(ownerUrl, (owner) =>
          owner.query(
            `INSERT INTO access_log (id, action, resource, outcome) VALUES (gen_random_uuid(), 'read', '/x', 'read')`,
          ),
        ),
      sequence: async () => {
        do await sequencer.sequence();
        while ((await waiting()) > 0);
      },
      beside: async (...statements: string[]) => {
        const superuser = await house.connect(database.superuserUrl);
        await superuser.query(`SET session_replication_role = replica`);
        for (const statement of statements) expect((await superuser.query(statement)).rowCount).toBeGreaterThan(0);
        await superuser.end();
      },
    };
  }

  it('is an alarm for ever while the restore is not on record, and a signed loss with its figures once it is', async () => {
    const { record, verify, beside, worker } = await aRestore();
    const alarm = found(await verify());
    expect(alarm.map((one) => one.split('#')[0])).toEqual(
      expect.arrayContaining(['witnessMismatch head', 'witnessMismatch checkpoint']),
    );
    const { lostByRestore, ...restore } = await record();
    const lastSeen = readSegments(house.witnessFile)[0]!;
    expect(restore).toMatchObject({
      backupTakenAt: takenAt,
      witness: 'read',
      kept: { head: kept.heads, leaves: kept.leaves },
    });
    expect(lostByRestore).toEqual({
      ...{ fromLeaf: kept.leaves + 1, toLeaf: lastSeen.heads.at(-1)!.n, lastHead: lastSeen.heads.at(-1)!.number },
      heads: lastSeen.heads.at(-1)!.number - kept.heads,
      ...{ checkpoints: 1, lastCheckpoint: lastSeen.checkpoints.at(-1)!.checkpoint, lastSeenAt: expect.any(String) },
    });
    const verified = await verify();
    expect(verified).toMatchObject({ ok: true, findings: [], restores: [{ backupTakenAt: takenAt, lostByRestore }] });
    expect(restoreSaid(verified.restores[0]!, 'UTC')).toContain(
      `leaves ${kept.leaves + 1} to ${lostByRestore!.toLeaf}`,
    );

    const { proof, bytes } = await proveDuties(worker, house.keys.signing);
    const [signed, ...more] = proof.restores;
    expect([more, JSON.parse(signed!.statement).lostByRestore]).toEqual([[], lostByRestore]);
    const forReader = mkdtempSync(join(folder, 'proof-'));
    writeFileSync(join(forReader, 'statement.json'), bytes);
    writeFileSync(join(forReader, 'key.pem'), house.keys.signing.publicKey.export({ type: 'spki', format: 'pem' }));
    for (const said of ['checkpoint.txt', 'restore.json'])
      expect(asTheGuideSays(forReader, said)).toBe('Signature Verified Successfully\n');
    expect(readFileSync(join(forReader, 'restore.json'), 'utf8')).toBe(signed!.statement);
    expect(readFileSync(join(forReader, 'checkpoint.txt'), 'utf8')).toBe(proof.checkpoint);

    await beside(`UPDATE ledger_restore SET statement = replace(statement, '"toLeaf":', '"toLeaf":9')`);
    expect(found(await verify())).toEqual([`restoreForged restore#${verified.restores[0]!.id}`, ...alarm]);
    await beside('DELETE FROM ledger_restore');
    expect(found(await verify())).toEqual(alarm);
  });

  it('goes on in the same witness file, in which what comes after the restore counts again', async () => {
    const { record, read, sequence, log, verify, witnessFile, beside } = await aRestore();
    const { id, lostByRestore } = await record();
    await read();
    await sequence();
    await log.checkpoint();
    const [before, after, ...more] = readSegments(witnessFile);
    expect(readFileSync(witnessFile, 'utf8').startsWith(readFileSync(house.witnessFile, 'utf8'))).toBe(true);
    expect(more).toEqual([]);
    expect(after).toMatchObject({ restore: id, heads: [{ number: kept.heads + 1 }], checkpoints: [{}] });
    expect(after!.checkpoints[0]!.size).toBeLessThan(before!.checkpoints.at(-1)!.size);
    expect(await verify()).toMatchObject({ ok: true, findings: [], restores: [{ lostByRestore }] });

    const cut = `number > ${kept.heads}`;
    await beside(
      `DELETE FROM ledger_checkpoint WHERE size > ${kept.leaves}`,
      `DELETE FROM ledger WHERE n > ${kept.leaves}`,
      `DELETE FROM ledger_head WHERE ${cut}`,
    );
    expect(found(await verify())).toEqual(
      expect.arrayContaining([
        `witnessMismatch head#${kept.heads + 1}`,
        `witnessMismatch checkpoint#${after!.checkpoints[0]!.size}`,
      ]),
    );
  });

  it('names what is lost once more when the same backup is restored again', async () => {
    const { record, read, sequence, witnessFile } = await aRestore();
    const first = await record();
    await read();
    await sequence();
    const again = await aRestore();
    writeFileSync(again.witnessFile, readFileSync(witnessFile));
    const second = await again.record();
    expect(second.lostByRestore!.heads).toBeGreaterThan(first.lostByRestore!.heads);
    expect(await again.verify()).toMatchObject({ ok: true, restores: [{ id: second.id }] });
    await again.read();
    await again.sequence();
    expect(await again.verify()).toMatchObject({ ok: true, findings: [] });
    expect(readSegments(again.witnessFile).map(({ restore }) => restore)).toEqual([undefined, first.id, second.id]);
  });

  it('says so where no witness file was there', async () => {
    const { record, witnessFile, verify } = await aRestore();
    rmSync(witnessFile);
    expect(await record()).toMatchObject({ witness: 'none', lostByRestore: null });
    expect(restoreSaid((await verify()).restores[0]!, 'UTC')).toContain('no witness file was there');
  });

  describe('in another cluster, whose transactions have lower numbers', () => {
    /** As if the last head that came with the backup had been signed when transactions had got as far as that. */
    const signedAt = async (ownerUrl: string, superuserUrl: string, watermark: string) => {
      const rows = await asOwner(ownerUrl, (owner: pg.Client) =>
        owner.query<HeadRow>('SELECT * FROM ledger_head ORDER BY number DESC LIMIT 1'),
      );
      const head = { ...headOf(rows.rows[0]!), txWatermark: watermark };
      const superuser = await house.connect(superuserUrl);
      await superuser.query(`SET session_replication_role = replica`);
      await superuser.query('UPDATE ledger_head SET tx_watermark = $1::xid8, signature = $2 WHERE number = $3', [
        watermark,
        signHead(head, house.keys.signing.privateKey),
        head.number,
      ]);
      await superuser.end();
    };

    it.each([
      ['lower still', async () => '999999999999'],
      [
        'that have overtaken it since, while no worker ran',
        async (url: string) =>
          (await asOwner(url, (owner) => owner.query<{ tx: string }>('SELECT pg_current_xact_id()::text AS tx')))
            .rows[0]!.tx,
      ],
    ])('does not take what is new there (%s) for inserted, and puts it in order', async (_what, watermark) => {
      const { database, record, read, sequence, verify, witnessFile } = await aRestore();
      rmSync(witnessFile); // its heads are not the one that is signed here
      await record();
      await read();
      await signedAt(database.ownerUrl, database.superuserUrl, await watermark(database.ownerUrl));
      const { ok, findings, unsequenced } = await verify();
      expect({ ok, findings, unsequenced }).toEqual({ ok: true, findings: [], unsequenced: 1 });
      await sequence();
      expect(await verify()).toMatchObject({ ok: true, unsequenced: 0 });
    });
  });
});
