import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import request from 'supertest';
import { AccessLog } from '../../src/audit/access-log.service.js';
import { auditVerify, type AuditVerification } from '../../src/audit/audit-verify.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { type HeadRow, headOf, signHead } from '../../src/audit/ledger.js';
import { LedgerStore } from '../../src/audit/ledger.store.js';
import { TransparencyLog } from '../../src/audit/transparency-log.service.js';
import { readWitness } from '../../src/audit/witness.js';
import { LedgerSequencer } from '../../src/audit/ledger-sequencer.service.js';
import { accountId, authorityId } from '../../src/demo/seed.js';
import { type EventFacts, eventHash } from '../../src/platform/database/chain.js';
import { Database } from '../../src/platform/database/database.js';
import type { Actor } from '../../src/platform/http/actor.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { aCaseFile, type CaseFileIds } from '../factories/case-file.js';
import { anIdentityApp, type IdentityApp } from '../support/identity-app.js';

describe('the audit', () => {
  let house: IdentityApp;
  let superuser: pg.Client;
  let owner: pg.Client;
  let keys: Keys;
  let witnessFile: string;
  let folder: string;
  let file: CaseFileIds;
  let other: CaseFileIds;

  const connect = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client;
  };
  const sequence = () => house.app.get(LedgerSequencer, { strict: false }).sequence();
  /** Until nothing waits: a transaction running anywhere in the cluster, as of another test, holds the horizon back. */
  const sequenceAll = async () => {
    let added = await sequence();
    while ((await verify()).unsequenced > 0) added += await sequenceAll();
    return added;
  };
  /** The chains and the ledger; the rows of these files were written by nobody's command. */
  const verify = () => auditVerify(house.database.ownerUrl, keys, { witnessFile, rows: false });
  const verifyWithoutWitness = () => auditVerify(house.database.ownerUrl, keys, { rows: false });
  const found = ({ findings }: AuditVerification) => findings.map(({ kind, where }) => `${kind} ${where}`);
  const aFile = () =>
    aCaseFile(owner, {
      keys,
      unit: 'central',
      by: accountId('officer'),
      authorities: [authorityId('demo-prosecution')],
    });
  const read = (resource: string) =>
    house.app
      .get(AccessLog, { strict: false })
      .record({ actor: { id: accountId('officer') }, action: 'read Case', resource, outcome: 'read' });

  const verifyAsAuditor = () => {
    const actor = { id: accountId('auditor') } as Actor;
    return house.app.get(AuditService, { strict: false }).verify(actor);
  };
  const anotherSequencer = async () =>
    new LedgerSequencer(
      house.config,
      house.app.get(Database),
      keys,
      new LedgerStore(),
      house.app.get(TransparencyLog, { strict: false }),
    );
  const chainOf = async (id: string) =>
    (
      await owner.query<{
        aggregate_id: string;
        seq: number;
        aggregate_kind: EventFacts['aggregateKind'];
        type: string;
        actor_id: string;
        at: Date;
        facets: Record<string, unknown>;
        content_hash: Buffer | null;
        hash: Buffer;
      }>('SELECT * FROM event WHERE aggregate_id = $1 ORDER BY seq', [id])
    ).rows;
  /** The hash as anybody who reads the source can compute it. */
  const forged = (previous: Buffer, event: Awaited<ReturnType<typeof chainOf>>[number]) =>
    eventHash(previous, {
      aggregateId: event.aggregate_id,
      seq: event.seq,
      aggregateKind: event.aggregate_kind,
      type: event.type,
      actorId: event.actor_id,
      at: event.at.toISOString(),
      facets: event.facets,
      contentHash: event.content_hash,
    });

  /**
   * What somebody with every right in the database does: no trigger, no constraint, no policy stands in the way. The state
   * before is put back afterwards, so that each test starts from an installation that is in order.
   */
  const tampering = async (statements: [string, unknown[]?][], look: () => Promise<void>) => {
    const tables = [
      'event',
      'access_log',
      'ledger',
      'ledger_head',
      'ledger_tile',
      'ledger_checkpoint',
      'case_file',
      'person',
      'interview',
      'referral',
      'data_key',
    ];
    // No sequencer adds to the ledger meanwhile: what it added would be taken away with the rest.
    await superuser.query(`SELECT pg_advisory_lock(hashtext('f1 ledger'))`);
    await superuser.query(`SET session_replication_role = 'replica'`);
    for (const table of tables) await superuser.query(`CREATE TEMP TABLE kept_${table} AS SELECT * FROM ${table}`);
    try {
      for (const [text, values] of statements) {
        const { rowCount } = await superuser.query(text, values);
        expect(rowCount).toBeGreaterThan(0);
      }
      await look();
    } finally {
      for (const table of tables) {
        await superuser.query(`DELETE FROM ${table}`);
        await superuser.query(`INSERT INTO ${table} SELECT * FROM kept_${table}`);
        await superuser.query(`DROP TABLE kept_${table}`);
      }
      await superuser.query(`SELECT pg_advisory_unlock(hashtext('f1 ledger'))`);
    }
  };
  const expectFound = async (statements: [string, unknown[]?][], ...expected: string[]) =>
    tampering(statements, async () => {
      const result = await verify();
      expect(result.ok).toBe(false);
      expect(found(result).sort()).toEqual(expected.sort());
    });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'f1-audit-'));
    witnessFile = join(folder, 'witness.jsonl');
    house = await anIdentityApp([], { F1_WITNESS_FILE: witnessFile });
    keys = house.app.get(Keys);
    superuser = await connect(house.database.superuserUrl);
    owner = await connect(house.database.ownerUrl);
    file = await aFile();
    await read(`/api/cases/${file.caseId}`);
    // The worker follows by itself; from here on the tests say when.
    while ((await verify()).heads === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    await house.app.get(LedgerSequencer, { strict: false }).beforeApplicationShutdown();
    await sequenceAll();
    other = await aFile();
    for (let i = 0; i < 3; i++) await read(`/api/cases/${other.caseId}`);
    await sequenceAll();
  });

  afterAll(async () => {
    await Promise.all([superuser, owner].map((client) => client.end()));
    await house.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('finds an untouched installation in order and counts what it looked at', async () => {
    expect(await verify()).toMatchObject({
      ok: true,
      cases: 2,
      events: 16,
      accesses: 4,
      unsequenced: 0,
      witness: 'checked',
      findings: [],
      notListed: 0,
    });
  });

  describe('finds in an event', () => {
    it.each([
      ['type', `'OTHER'`],
      ['actor_id', 'NULL'],
      ['at', `at + interval '1 microsecond'`],
      ['facets', `facets || '{"country": "XX"}'`],
      ['aggregate_kind', `'person'`],
      ['content_hash', `sha256('x')`],
    ])('a changed %s', async (column, value) => {
      await tampering(
        [[`UPDATE event SET ${column} = ${value} WHERE aggregate_id = $1 AND seq = 2`, [file.caseId]]],
        async () => {
          const kind = column === 'aggregate_kind' ? 'person' : 'case';
          expect(found(await verify())).toContain(`eventChanged ${kind}/${file.caseId}#2`);
        },
      );
    });

    it('a change with its hash recomputed, at the event and at the one that follows it', async () => {
      const rows = await chainOf(file.caseId);
      const hash = forged(rows[0]!.hash, { ...rows[1]!, type: 'OTHER' });
      await expectFound(
        [[`UPDATE event SET type = 'OTHER', hash = $2 WHERE aggregate_id = $1 AND seq = 2`, [file.caseId, hash]]],
        `eventChanged case/${file.caseId}#2`,
        `eventChanged case/${file.caseId}#3`,
      );
    });

    it('a change with the whole rest of the chain and its head recomputed', async () => {
      const rows = await chainOf(file.caseId);
      const second = forged(rows[0]!.hash, { ...rows[1]!, type: 'OTHER' });
      const third = forged(second, rows[2]!);
      await expectFound(
        [
          [`UPDATE event SET type = 'OTHER', hash = $2 WHERE aggregate_id = $1 AND seq = 2`, [file.caseId, second]],
          ['UPDATE event SET hash = $2 WHERE aggregate_id = $1 AND seq = 3', [file.caseId, third]],
          ['UPDATE case_file SET event_hash = $2 WHERE id = $1', [file.caseId, third]],
        ],
        `eventChanged case/${file.caseId}#2`,
        `eventChanged case/${file.caseId}#3`,
      );
    });

    it('changed sealed content, with and without the keys', async () => {
      const change: [string, unknown[]] = [
        `UPDATE event SET payload = set_byte(payload, 40, get_byte(payload, 40) # 1) WHERE aggregate_id = $1 AND seq = 1`,
        [file.interviewId],
      ];
      await tampering([change], async () => {
        const expected = [`payloadChanged interview/${file.interviewId}#1`];
        expect(found(await verify())).toEqual(expected);
        expect(found(await verifyAsAuditor())).toEqual(expected);
      });
    });

    it('sealed content that was taken away or moved to another event', async () => {
      await expectFound(
        [['UPDATE event SET payload = NULL WHERE aggregate_id = $1 AND seq = 1', [file.interviewId]]],
        `payloadChanged interview/${file.interviewId}#1`,
        `payloadMissing interview/${file.interviewId}#1`,
      );
      await expectFound(
        [
          [
            `UPDATE event e SET payload = f.payload FROM event f WHERE e.aggregate_id = $1 AND e.seq = 1
               AND f.aggregate_id = $1 AND f.seq = 2`,
            [file.interviewId],
          ],
        ],
        `payloadChanged interview/${file.interviewId}#1`,
      );
    });

    it('that it was moved to another case', async () => {
      await expectFound(
        [['UPDATE event SET case_id = $2 WHERE aggregate_id = $1', [file.personId, other.caseId]]],
        `eventChanged person/${file.personId}#1`,
        `payloadChanged person/${file.personId}#1`,
      );
    });
  });

  describe('finds', () => {
    it('an event taken out of the middle', async () => {
      await expectFound(
        [['DELETE FROM event WHERE aggregate_id = $1 AND seq = 2', [file.caseId]]],
        `eventMissing case/${file.caseId}#2`,
      );
    });

    it('a first event that is gone', async () => {
      await expectFound(
        [['DELETE FROM event WHERE aggregate_id = $1 AND seq = 1', [file.referralIds[0]]]],
        `eventMissing referral/${file.referralIds[0]}#1`,
      );
    });

    it('a cut tail, be the head of the case adjusted or not', async () => {
      const cut: [string, unknown[]] = ['DELETE FROM event WHERE aggregate_id = $1 AND seq = 3', [file.caseId]];
      await expectFound([cut], `eventMissing case/${file.caseId}#3`, `stateMismatch case/${file.caseId}`);
      const adjust: [string, unknown[]] = [
        `UPDATE case_file SET event_seq = 2, event_hash = e.hash, snapshot = e.facets -> 'state'
         FROM event e WHERE case_file.id = $1 AND e.aggregate_id = $1 AND e.seq = 2`,
        [file.caseId],
      ];
      await expectFound([cut, adjust], `eventMissing case/${file.caseId}#3`);
    });

    it('a cut tail that the ledger does not know yet', async () => {
      const fresh = await aFile();
      await expectFound(
        [['DELETE FROM event WHERE aggregate_id = $1 AND seq = 3', [fresh.caseId]]],
        `eventMissing case/${fresh.caseId}#3`,
        `stateMismatch case/${fresh.caseId}`,
      );
      await sequenceAll();
    });

    it('an event put at the end, be it dated back or not', async () => {
      for (const tx of ["'3'::xid8", 'pg_current_xact_id()']) {
        await expectFound(
          [
            [
              `INSERT INTO event (aggregate_id, seq, aggregate_kind, case_id, type, actor_id, at, tx, facets, hash)
               SELECT aggregate_id, 4, aggregate_kind, case_id, type, actor_id, at, ${tx}, facets, $2
               FROM event WHERE aggregate_id = $1 AND seq = 3`,
              [
                file.caseId,
                forged((await chainOf(file.caseId))[2]!.hash, {
                  ...(await chainOf(file.caseId))[2]!,
                  seq: 4,
                  content_hash: null,
                }),
              ],
            ],
          ],
          `eventInserted case/${file.caseId}#4`,
        );
      }
    });

    it('a case that is gone while its events remain, and one that is gone with its events', async () => {
      await expectFound(
        [['DELETE FROM case_file WHERE id = $1', [file.caseId]]],
        `aggregateMissing case/${file.caseId}`,
      );
      await expectFound(
        [
          ['DELETE FROM case_file WHERE id = $1', [file.caseId]],
          ['DELETE FROM event WHERE aggregate_id = $1', [file.caseId]],
        ],
        ...[1, 2, 3].map((seq) => `eventMissing aggregate/${file.caseId}#${seq}`),
      );
    });

    it('a case that no event registered', async () => {
      const id = randomUUID();
      await expectFound(
        [
          [
            `INSERT INTO case_file (id, reference, unit, procedure_type, country_of_origin, workflow_hash, snapshot, stage, created_by)
             SELECT $2, 'TEST-0', unit, procedure_type, country_of_origin, workflow_hash, snapshot, stage, created_by
             FROM case_file WHERE id = $1`,
            [file.caseId, id],
          ],
        ],
        `aggregateInserted case/${id}`,
      );
    });

    it.each(['case', 'person', 'interview', 'referral'] as const)(
      'one %s whose head or state was changed',
      async (kind) => {
        const table = kind === 'case' ? 'case_file' : kind;
        const id = {
          case: file.caseId,
          person: file.personId,
          interview: file.interviewId,
          referral: file.referralIds[0]!,
        }[kind];
        await expectFound(
          [[`UPDATE ${table} SET event_hash = sha256('x') WHERE id = $1`, [id]]],
          `aggregateMismatch ${kind}/${id}`,
        );
        await expectFound(
          [[`UPDATE ${table} SET snapshot = '{"value": "decided"}' WHERE id = $1`, [id]]],
          `stateMismatch ${kind}/${id}`,
        );
        const { rows } = await owner.query<{ last: number }>(`SELECT event_seq AS last FROM ${table} WHERE id = $1`, [
          id,
        ]);
        const last = rows[0]!.last;
        await expectFound(
          [[`UPDATE ${table} SET event_seq = event_seq + 1 WHERE id = $1`, [id]]],
          `eventMissing ${kind}/${id}#${last + 1}`,
        );
      },
    );

    it('an access record that was changed, removed or added', async () => {
      const { rows } = await owner.query<{ id: string }>('SELECT id FROM access_log ORDER BY at LIMIT 1');
      const id = rows[0]!.id;
      await expectFound([[`UPDATE access_log SET actor_id = NULL WHERE id = $1`, [id]]], `accessChanged access/${id}`);
      await expectFound(
        [[`UPDATE access_log SET at = at - interval '1 microsecond' WHERE id = $1`, [id]]],
        `accessChanged access/${id}`,
      );
      await expectFound([['DELETE FROM access_log WHERE id = $1', [id]]], `accessMissing access/${id}`);
      const added = randomUUID();
      await expectFound(
        [
          [
            `INSERT INTO access_log SELECT $2, at, '3', actor_id, action, resource, outcome, detail FROM access_log WHERE id = $1`,
            [id, added],
          ],
        ],
        `accessInserted access/${added}`,
      );
    });

    it('a data key that is gone, and none where the erasure is on record', async () => {
      await expectFound([['DELETE FROM data_key WHERE case_id = $1', [file.caseId]]], `keyMissing case/${file.caseId}`);
      await tampering(
        [['UPDATE data_key SET wrapped = NULL, erased_at = now() WHERE case_id = $1', [file.caseId]]],
        async () => expect(await verify()).toMatchObject({ ok: true, findings: [] }),
      );
    });
  });

  describe('finds in the ledger', () => {
    const firstOf = async (caseId: string) =>
      Number((await owner.query(`SELECT n FROM ledger WHERE source_id = $1 AND source_seq = 1`, [caseId])).rows[0].n);
    const headsNow = async () => (await verify()).heads;
    const lastCheckpoint = async () => {
      const { rows } = await owner.query<{ size: string }>('SELECT max(size) AS size FROM ledger_checkpoint');
      return rows[0]!.size;
    };

    it('a changed row', async () => {
      const n = await firstOf(file.caseId);
      await expectFound(
        [[`UPDATE ledger SET leaf = sha256('x') WHERE n = $1`, [n]]],
        `ledgerChanged ledger#${n}`,
        `eventChanged case/${file.caseId}#1`,
        `checkpointMismatch checkpoint#${await lastCheckpoint()}`,
      );
    });

    it('a removed row, and that the counts are no longer those that were signed', async () => {
      const n = await firstOf(other.caseId);
      await tampering([['DELETE FROM ledger WHERE n = $1', [n]]], async () => {
        const result = found(await verify());
        expect(result).toContain(`ledgerMissing ledger#${n}`);
        expect(result).toContain(`eventInserted case/${other.caseId}#1`);
        expect(result).toContain(`headMismatch head#${await headsNow()}`);
      });
    });

    it('a cut tail', async () => {
      const { rows } = await owner.query<{ n: string }>('SELECT max(n) AS n FROM ledger');
      await tampering([['DELETE FROM ledger WHERE n = $1', [rows[0]!.n]]], async () => {
        expect(found(await verify())).toContain(`ledgerMissing ledger#${rows[0]!.n}`);
      });
    });

    it('a head that was removed, in the middle or at the end', async () => {
      const heads = await headsNow();
      expect(heads).toBeGreaterThan(1);
      await expectFound([['DELETE FROM ledger_head WHERE number = 1']], 'headMissing head#1', 'witnessMismatch head#1');
      await expectFound(
        [['DELETE FROM ledger_head WHERE number = $1', [heads]]],
        `headMissing head#${heads}`,
        `witnessMismatch head#${heads}`,
      );
    });

    it('a head that was changed', async () => {
      const heads = await headsNow();
      await expectFound(
        [['UPDATE ledger_head SET aggregates = aggregates - 1 WHERE number = $1', [heads]]],
        `headForged head#${heads}`,
        `headMismatch head#${heads}`,
      );
    });

    it('a rewriting of everything that only lacks the signing key', async () => {
      const heads = await headsNow();
      const { privateKey } = generateKeyPairSync('ed25519');
      const { rows } = await owner.query<HeadRow>('SELECT * FROM ledger_head WHERE number = $1', [heads]);
      await expectFound(
        [['UPDATE ledger_head SET signature = $2 WHERE number = $1', [heads, signHead(headOf(rows[0]!), privateKey)]]],
        `headForged head#${heads}`,
        `witnessMismatch head#${heads}`,
      );
    });

    it('with the witness alone, that the last batch was taken out everywhere', async () => {
      const { rows } = await owner.query<{ number: number; after: string }>(
        `SELECT number::int, (SELECT n FROM ledger_head WHERE number = h.number - 1) AS after
         FROM ledger_head h ORDER BY number DESC LIMIT 1`,
      );
      const { number, after } = rows[0]!;
      const gone = `IN (SELECT source_id FROM ledger WHERE n > ${after})`;
      await tampering(
        [
          ...['person', 'interview', 'referral'].map((table): [string] => [`DELETE FROM ${table} WHERE id ${gone}`]),
          [`DELETE FROM case_file WHERE id ${gone}`],
          [`DELETE FROM event WHERE aggregate_id ${gone}`],
          [`DELETE FROM ledger WHERE n > ${after}`],
          [`DELETE FROM ledger_head WHERE number = ${number}`],
        ],
        async () => {
          expect(found(await verify())).toEqual([`witnessMismatch head#${number}`]);
          expect(await verifyWithoutWitness()).toMatchObject({ ok: true, witness: 'none' });
        },
      );
    });
  });

  describe('the sequencer', () => {
    it('waits for a transaction that is still running, so that nothing arrives before what is signed', async () => {
      await sequenceAll();
      const slow = await connect(house.database.ownerUrl);
      await slow.query('BEGIN');
      await slow.query(
        `INSERT INTO access_log (id, action, resource, outcome) VALUES (gen_random_uuid(), 'slow', '/', 'read')`,
      );
      try {
        await read('/api/cases/after-the-slow-one');
        expect(await sequence()).toBe(0);
        expect(await verify()).toMatchObject({ ok: true, unsequenced: 1 });
        await slow.query('COMMIT');
      } finally {
        await slow.end();
      }
      expect(await sequenceAll()).toBe(2);
      const { rows } = await owner.query<{ action: string }>(
        `SELECT a.action FROM ledger l JOIN access_log a ON a.id = l.source_id ORDER BY n DESC LIMIT 2`,
      );
      expect(rows.map(({ action }) => action)).toEqual(['read Case', 'slow']);
      expect(await verify()).toMatchObject({ ok: true, unsequenced: 0 });
    });

    it('adds every record once, however many workers are at it', async () => {
      await Promise.all(Array.from({ length: 20 }, (_, i) => read(`/api/cases/${i}`)));
      await Promise.all([sequence(), sequence(), sequence()]);
      await sequenceAll();
      expect(await verify()).toMatchObject({ ok: true, unsequenced: 0 });
    });

    it('is verified while it grows: a head signed meanwhile is no contradiction', async () => {
      let growing = true;
      const grow = async () => {
        for (let n = 0; growing; n++) {
          await read(`/api/cases/growing-${n}`);
          await sequence();
        }
      };
      const running = grow();
      try {
        for (let round = 0; round < 5; round++) expect(found(await verify())).toEqual([]);
      } finally {
        growing = false;
        await running;
      }
      await sequenceAll();
    });

    it('goes on after a restore into a new cluster, where transaction numbers start low again', async () => {
      const { rows } = await superuser.query<HeadRow>('SELECT * FROM ledger_head ORDER BY number DESC LIMIT 1');
      const head = { ...headOf(rows[0]!), txWatermark: '900000000000' };
      await superuser.query('UPDATE ledger_head SET tx_watermark = $2::xid8, signature = $3 WHERE number = $1', [
        head.number,
        head.txWatermark,
        signHead(head, keys.signing.privateKey),
      ]);
      await read('/api/cases/after-the-restore');
      expect(await sequenceAll()).toBe(1);
      await read('/api/cases/and-one-more');
      expect(await sequenceAll()).toBe(1);
      expect(await verifyWithoutWitness()).toMatchObject({ ok: true, unsequenced: 0 });
    });

    it('tells the witness each head once, also those signed while the file was away', async () => {
      writeFileSync(witnessFile, '');
      const again = await anotherSequencer();
      await read('/api/cases/seen-again');
      await again.sequence();
      await again.sequence();
      const numbers = readWitness(witnessFile).map(({ number }) => number);
      expect(numbers).toEqual(Array.from({ length: (await verify()).heads }, (_, i) => i + 1));
      expect(await verify()).toMatchObject({ ok: true });
    });
  });

  describe('over HTTP', () => {
    const tokenOf = async (username: string) =>
      (
        await request(house.app.getHttpServer())
          .post('/api/tokens')
          .send({ username, password: house.passwordOf(username) })
          .expect(201)
      ).body.token as string;
    const get = async (username: string, path: string) =>
      request(house.app.getHttpServer())
        .get(path)
        .set('Authorization', `Bearer ${await tokenOf(username)}`);

    it('gives an auditor the same verdict as the command line, without a key', async () => {
      await sequenceAll();
      const { status, body } = await get('auditor', '/api/audit/verification');
      const { unsequenced, accesses, ...rest } = body as AuditVerification;
      expect(status).toBe(200);
      expect(rest).toMatchObject({ ok: true, findings: [], cases: 3, events: 24 });
      expect(unsequenced).toBeGreaterThan(0); // signing in just now
      expect(accesses).toBeGreaterThan(20);
    });

    it('pages through the access log without a gap or a repetition', async () => {
      const token = await tokenOf('auditor');
      const { rows } = await owner.query<{ id: string }>(
        'SELECT id FROM access_log WHERE actor_id = $1 ORDER BY at DESC, id DESC',
        [accountId('officer')],
      );
      const seen: string[] = [];
      let path: string | undefined = `/api/audit/access?limit=7&actor=${accountId('officer')}`;
      while (path) {
        const page: request.Response = await request(house.app.getHttpServer())
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
      const { body } = await get('auditor', `/api/audit/access?resource=/api/cases/${other.caseId}`);
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
