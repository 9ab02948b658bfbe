import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import request from 'supertest';
import type { AuditVerification } from '../../src/audit/audit-verify.js';
import { type HeadRow, headOf, signHead } from '../../src/audit/ledger.js';
import { readWitness } from '../../src/audit/witness.js';
import { accountId } from '../../src/demo/seed.js';
import { anAuditedHouse, type Audited, found } from '../support/audited.js';

describe('the ledger', () => {
  let audit: Audited;

  beforeAll(async () => {
    audit = await anAuditedHouse();
  });

  afterAll(() => audit.close());

  describe('gives away', () => {
    const firstOf = async (caseId: string) =>
      Number(
        (await audit.owner.query(`SELECT n FROM ledger WHERE source_id = $1 AND source_seq = 1`, [caseId])).rows[0].n,
      );
    const headsNow = async () => (await audit.verify()).heads;
    const lastCheckpoint = async () => {
      const { rows } = await audit.owner.query<{ size: string }>('SELECT max(size) AS size FROM ledger_checkpoint');
      return rows[0]!.size;
    };

    it('a changed row', async () => {
      const n = await firstOf(audit.file.caseId);
      await audit.expectFound(
        [[`UPDATE ledger SET leaf = sha256('x') WHERE n = $1`, [n]]],
        `ledgerChanged ledger#${n}`,
        `eventChanged case/${audit.file.caseId}#1`,
        `checkpointMismatch checkpoint#${await lastCheckpoint()}`,
      );
    });

    it('a removed row, and that the counts are no longer those that were signed', async () => {
      const n = await firstOf(audit.other.caseId);
      await audit.tampering([['DELETE FROM ledger WHERE n = $1', [n]]], async () => {
        const result = found(await audit.verify());
        expect(result).toContain(`ledgerMissing ledger#${n}`);
        expect(result).toContain(`eventInserted case/${audit.other.caseId}#1`);
        expect(result).toContain(`headMismatch head#${await headsNow()}`);
      });
    });

    it('a cut tail', async () => {
      const { rows } = await audit.owner.query<{ n: string }>('SELECT max(n) AS n FROM ledger');
      await audit.tampering([['DELETE FROM ledger WHERE n = $1', [rows[0]!.n]]], async () => {
        expect(found(await audit.verify())).toContain(`ledgerMissing ledger#${rows[0]!.n}`);
      });
    });

    it('a head that was removed, in the middle or at the end', async () => {
      const heads = await headsNow();
      expect(heads).toBeGreaterThan(1);
      await audit.expectFound(
        [['DELETE FROM ledger_head WHERE number = 1']],
        'headMissing head#1',
        'witnessMismatch head#1',
      );
      await audit.expectFound(
        [['DELETE FROM ledger_head WHERE number = $1', [heads]]],
        `headMissing head#${heads}`,
        `witnessMismatch head#${heads}`,
      );
    });

    it('a head that was changed', async () => {
      const heads = await headsNow();
      await audit.expectFound(
        [['UPDATE ledger_head SET aggregates = aggregates - 1 WHERE number = $1', [heads]]],
        `headForged head#${heads}`,
        `headMismatch head#${heads}`,
      );
    });

    it('a rewriting of everything that only lacks the signing key', async () => {
      const heads = await headsNow();
      const { privateKey } = generateKeyPairSync('ed25519');
      const { rows } = await audit.owner.query<HeadRow>('SELECT * FROM ledger_head WHERE number = $1', [heads]);
      await audit.expectFound(
        [['UPDATE ledger_head SET signature = $2 WHERE number = $1', [heads, signHead(headOf(rows[0]!), privateKey)]]],
        `headForged head#${heads}`,
        `witnessMismatch head#${heads}`,
      );
    });

    it('with the witness alone, that the last batches were taken out everywhere', async () => {
      const first = await firstOf(audit.other.caseId);
      const { rows } = await audit.owner.query<{ number: number; after: string }>(
        `SELECT number::int, (SELECT max(n) FROM ledger_head WHERE n < $1) AS after FROM ledger_head WHERE n >= $1 ORDER BY number`,
        [first],
      );
      const after = rows[0]!.after;
      const gone = `IN (SELECT source_id FROM ledger WHERE n > ${after})`;
      await audit.tampering(
        [
          ...['person', 'interview', 'referral'].map((table): [string] => [`DELETE FROM ${table} WHERE id ${gone}`]),
          [`DELETE FROM case_file WHERE id ${gone}`],
          [`DELETE FROM event WHERE aggregate_id ${gone}`],
          [`DELETE FROM ledger WHERE n > ${after}`],
          [`DELETE FROM ledger_head WHERE number >= ${rows[0]!.number}`],
        ],
        async () => {
          expect(found(await audit.verify())).toEqual(rows.map(({ number }) => `witnessMismatch head#${number}`));
          expect(await audit.verifyWithoutWitness()).toMatchObject({ ok: true, witness: 'none' });
        },
      );
    });
  });

  describe('the sequencer', () => {
    it('waits for a transaction that is still running, so that nothing arrives before what is signed', async () => {
      await audit.sequenceAll();
      const slow = await audit.connect(audit.house.database.ownerUrl);
      await slow.query('BEGIN');
      await slow.query(
        `INSERT INTO access_log (id, action, resource, outcome) VALUES (gen_random_uuid(), 'slow', '/', 'read')`,
      );
      try {
        await audit.read('/api/cases/after-the-slow-one');
        expect(await audit.sequence()).toBe(0);
        expect(await audit.verify()).toMatchObject({ ok: true, unsequenced: 1 });
        await slow.query('COMMIT');
      } finally {
        await slow.end();
      }
      expect(await audit.sequenceAll()).toBe(2);
      const { rows } = await audit.owner.query<{ action: string }>(
        `SELECT a.action FROM ledger l JOIN access_log a ON a.id = l.source_id ORDER BY n DESC LIMIT 2`,
      );
      expect(rows.map(({ action }) => action)).toEqual(['read Case', 'slow']);
      expect(await audit.verify()).toMatchObject({ ok: true, unsequenced: 0 });
    });

    it('adds every record once, however many workers are at it', async () => {
      await Promise.all(Array.from({ length: 20 }, (_, i) => audit.read(`/api/cases/${i}`)));
      await Promise.all([audit.sequence(), audit.sequence(), audit.sequence()]);
      await audit.sequenceAll();
      expect(await audit.verify()).toMatchObject({ ok: true, unsequenced: 0 });
    });

    it('is verified while it grows: a head signed meanwhile is no contradiction', async () => {
      let growing = true;
      const grow = async () => {
        for (let n = 0; growing; n++) {
          await audit.read(`/api/cases/growing-${n}`);
          await audit.sequence();
        }
      };
      const running = grow();
      try {
        for (let round = 0; round < 5; round++) expect(found(await audit.verify())).toEqual([]);
      } finally {
        growing = false;
        await running;
      }
      await audit.sequenceAll();
    });

    it('goes on after a restore into a new cluster, where transaction numbers start low again', async () => {
      const { rows } = await audit.superuser.query<HeadRow>('SELECT * FROM ledger_head ORDER BY number DESC LIMIT 1');
      const head = { ...headOf(rows[0]!), txWatermark: '900000000000' };
      await audit.superuser.query('UPDATE ledger_head SET tx_watermark = $2::xid8, signature = $3 WHERE number = $1', [
        head.number,
        head.txWatermark,
        signHead(head, audit.keys.signing.privateKey),
      ]);
      await audit.read('/api/cases/after-the-restore');
      expect(await audit.sequenceAll()).toBe(1);
      await audit.read('/api/cases/and-one-more');
      expect(await audit.sequenceAll()).toBe(1);
      expect(await audit.verifyWithoutWitness()).toMatchObject({ ok: true, unsequenced: 0 });
    });

    it('tells the witness each head once, also those signed while the file was away', async () => {
      writeFileSync(audit.witnessFile, '');
      const again = await audit.anotherSequencer();
      await audit.read('/api/cases/seen-again');
      await again.sequence();
      await again.sequence();
      const numbers = readWitness(audit.witnessFile).map(({ number }) => number);
      expect(numbers).toEqual(Array.from({ length: (await audit.verify()).heads }, (_, i) => i + 1));
      expect(await audit.verify()).toMatchObject({ ok: true });
    });
  });

  describe('over HTTP', () => {
    const tokenOf = async (username: string) =>
      (
        await request(audit.house.app.getHttpServer())
          .post('/api/tokens')
          .send({ username, password: audit.house.passwordOf(username) })
          .expect(201)
      ).body.token as string;
    const get = async (username: string, path: string) =>
      request(audit.house.app.getHttpServer())
        .get(path)
        .set('Authorization', `Bearer ${await tokenOf(username)}`);

    it('gives an auditor the same verdict as the command line, without a key', async () => {
      await audit.sequenceAll();
      const { status, body } = await get('auditor', '/api/audit/verification');
      const { unsequenced, accesses, ...rest } = body as AuditVerification;
      expect(status).toBe(200);
      expect(rest).toMatchObject({ ok: true, findings: [], cases: 2, events: 16 });
      expect(unsequenced).toBeGreaterThan(0); // signing in just now
      expect(accesses).toBeGreaterThan(20);
    });

    it('pages through the access log without a gap or a repetition', async () => {
      const token = await tokenOf('auditor');
      const { rows } = await audit.owner.query<{ id: string }>(
        'SELECT id FROM access_log WHERE actor_id = $1 ORDER BY at DESC, id DESC',
        [accountId('officer')],
      );
      const seen: string[] = [];
      let path: string | undefined = `/api/audit/access?limit=7&actor=${accountId('officer')}`;
      while (path) {
        const page: request.Response = await request(audit.house.app.getHttpServer())
          .get(path)
          .set('Authorization', `Bearer ${token}`);
        expect(page.status).toBe(200);
        seen.push(...(page.body.items as { id: string }[]).map(({ id }) => id));
        path = /<([^>]+)>; rel="next"/.exec(page.headers['link'] ?? '')?.[1];
      }
      expect(seen).toEqual(rows.map(({ id }) => id));
      expect(seen.length).toBeGreaterThan(20);
    });

    it('tells who read one file', async () => {
      const { body } = await get('auditor', `/api/audit/access?resource=/api/cases/${audit.other.caseId}`);
      expect(body.items).toHaveLength(3);
      expect(body.items[0]).toMatchObject({ actorId: accountId('officer'), action: 'read Case', outcome: 'read' });
    });

    it.each([
      '/api/audit/access?cursor=x',
      '/api/audit/access?limit=0',
      '/api/audit/access?limit=1000',
      '/api/audit/access?actor=me',
      '/api/audit/access?order=up',
    ])('refuses %s', async (path) => {
      expect((await get('auditor', path)).status).toBe(400);
    });

    it.each(['officer', 'prosecutor', 'operator'])('is closed to %s', async (username) => {
      expect((await get(username, '/api/audit/verification')).status).toBe(403);
      expect((await get(username, '/api/audit/access')).status).toBe(403);
    });
  });
});
