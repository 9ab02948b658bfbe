import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import request from 'supertest';
import { AccessLog } from '../../src/audit/access-log.service.js';
import { auditVerify } from '../../src/audit/audit-verify.js';
import { readNote } from '../../src/audit/checkpoint.js';
import { type InclusionProof, wrongWith } from '../../src/audit/inclusion-proof.js';
import { LedgerSequencer } from '../../src/audit/ledger-sequencer.service.js';
import { beginsWith, MerkleTree } from '../../src/audit/merkle.js';
import { TransparencyLog } from '../../src/audit/transparency-log.service.js';
import { hashesFrom } from '../../src/audit/tree.store.js';
import { readCheckpoints } from '../../src/audit/witness.js';
import { accountId, authorityId } from '../../src/demo/seed.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { aCaseFile, type CaseFileIds } from '../factories/case-file.js';
import { anIdentityApp, type IdentityApp } from '../support/identity-app.js';
import { asTheGuideSays } from '../support/proof-guide.js';

const RECORDS = 600;

describe('the transparency log', () => {
  let house: IdentityApp;
  let owner: pg.Client;
  let superuser: pg.Client;
  let folder: string;
  let witnessFile: string;
  let file: CaseFileIds;
  let witness: Server;
  let down = false;
  let asked = 0;
  const witnessed: string[] = [];

  const connect = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client;
  };
  const log = () => house.app.get(TransparencyLog, { strict: false });
  const read = (resource: string) =>
    house.app
      .get(AccessLog, { strict: false })
      .record({ actor: { id: accountId('officer') }, action: 'read Case', resource, outcome: 'read' });
  const sequenceAll = async () => {
    do await house.app.get(LedgerSequencer, { strict: false }).sequence();
    while ((await verify()).unsequenced > 0);
  };
  const publicKey = () => house.app.get(Keys).signing.publicKey;
  const verify = () => auditVerify(house.database.ownerUrl, house.app.get(Keys), { witnessFile, rows: false });
  const found = async () => (await verify()).findings.map(({ kind, where }) => `${kind} ${where}`);
  const get = async (username: string, path: string) => {
    const password = house.passwordOf(username);
    const { body } = await request(house.app.getHttpServer()).post('/api/tokens').send({ username, password });
    return request(house.app.getHttpServer())
      .get(path)
      .set('Authorization', `Bearer ${body.token as string}`);
  };
  /** Does something to the tables as somebody with every right, and puts them back. */
  const tampering = async (statement: string, look: () => Promise<void>) => {
    // No sequencer adds to the log meanwhile: what it added would be taken away with the rest.
    await superuser.query(`SELECT pg_advisory_lock(hashtext('f1 ledger'))`);
    await superuser.query(`SET session_replication_role = 'replica'`);
    const kept = ['ledger', 'ledger_head', 'ledger_tile', 'ledger_checkpoint'];
    for (const table of kept) await superuser.query(`CREATE TEMP TABLE kept_${table} AS SELECT * FROM ${table}`);
    try {
      expect((await superuser.query(statement)).rowCount).toBeGreaterThan(0);
      await look();
    } finally {
      for (const table of kept) {
        await superuser.query(`DELETE FROM ${table}`);
        await superuser.query(`INSERT INTO ${table} SELECT * FROM kept_${table}`);
        await superuser.query(`DROP TABLE kept_${table}`);
      }
      await superuser.query(`SELECT pg_advisory_unlock(hashtext('f1 ledger'))`);
    }
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'f1-log-'));
    witnessFile = join(folder, 'witness.jsonl');
    witness = createServer((question, answer) => {
      asked += 1;
      let text = '';
      question.setEncoding('utf8').on('data', (part: string) => (text += part));
      question.on('end', () => {
        if (!down) witnessed.push(text);
        answer.writeHead(down ? 503 : 204).end();
      });
    }).listen(0, '127.0.0.1');
    await once(witness, 'listening');
    const url = `http://127.0.0.1:${(witness.address() as AddressInfo).port}/checkpoints`;
    house = await anIdentityApp([], { F1_WITNESS_FILE: witnessFile, F1_WITNESS_URL: url });
    owner = await connect(house.database.ownerUrl);
    superuser = await connect(house.database.superuserUrl);
    const [by, authorities] = [accountId('officer'), [authorityId('demo-prosecution')]];
    file = await aCaseFile(owner, { keys: house.app.get(Keys), unit: 'central', by, authorities });
    await sequenceAll();
    for (let n = 0; n < RECORDS; n++) await read(`/api/cases/${n}`);
    await sequenceAll();
    await log().checkpoint();
  });

  afterAll(async () => {
    await owner?.end();
    await superuser?.end();
    await house?.close();
    witness?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps complete tiles, and signs checkpoints that an auditor reads and a witness is told', async () => {
    const { rows: tiles } = await owner.query<{ count: string }>('SELECT count(*) FROM ledger_tile WHERE level = 8');
    expect(Number(tiles[0]!.count)).toBeGreaterThanOrEqual(2);
    const { text, status } = await get('auditor', '/api/audit/checkpoint');
    expect(status).toBe(200);
    const checkpoint = readNote(text, publicKey());
    expect(checkpoint?.size).toBeGreaterThan(RECORDS);
    expect(witnessed).toContain(text);
    expect(readCheckpoints(witnessFile).at(-1)).toEqual({ size: checkpoint?.size, checkpoint: text });
    expect(await verify()).toMatchObject({ ok: true, checkpoints: readCheckpoints(witnessFile).length });
  });

  it('signs nothing anew while nothing was added, and tells a witness that was away', async () => {
    const { size } = (await log().checkpoint())!;
    expect((await log().checkpoint())!.size).toBe(size);
    down = true;
    await read('/api/cases/while-away');
    await sequenceAll();
    const later = (await log().checkpoint())!;
    expect(later.size).toBeGreaterThan(size);
    expect(witnessed).not.toContain(later.note);
    const before = asked;
    for (let look = 0; look < 5; look++) await log().follow(0);
    expect(asked - before).toBeLessThanOrEqual(1); // it is asked less and less often, not at each look
    down = false;
    log().steady = () => performance.now() + 3_600_000;
    await log().follow(0);
    expect(witnessed).toContain(later.note);
  });

  it('only grows: each checkpoint begins with the one before', async () => {
    const { rows } = await owner.query<{ size: string; root: Buffer }>(
      'SELECT size, root FROM ledger_checkpoint ORDER BY size',
    );
    const checkpoints = rows.map(({ size, root }) => ({ size: Number(size), root }));
    expect(checkpoints.length).toBeGreaterThan(1);
    const ask = async <T extends object>(text: string, values?: unknown[]) => (await owner.query<T>(text, values)).rows;
    for (const [index, later] of checkpoints.slice(1).entries()) {
      const proof = await new MerkleTree(later.size, hashesFrom(ask)).consistency(checkpoints[index]!.size);
      expect(beginsWith(checkpoints[index]!, later, proof)).toBe(true);
    }
  });

  it('proves one event to somebody who has the public key and nothing else', async () => {
    const { status, body } = await get('auditor', `/api/audit/proofs/${file.caseId}/1`);
    expect(status).toBe(200);
    const proof = body as InclusionProof;
    expect(wrongWith(proof, publicKey())).toBeUndefined();
    expect(proof.path.length).toBeGreaterThan(8);
    expect(JSON.stringify(proof)).not.toContain('payload');
  });

  it('proves it by hand, and its checkpoint with openssl, as the guide tells how', async () => {
    const { body } = await get('auditor', `/api/audit/proofs/${file.caseId}/1`);
    const { event, record, index, size, path, checkpoint } = body as InclusionProof;
    writeFileSync(join(folder, 'statement.json'), `${JSON.stringify({ checkpoint })}\n`);
    writeFileSync(join(folder, 'key.pem'), publicKey().export({ type: 'spki', format: 'pem' }));
    expect(asTheGuideSays(folder, 'body.sig')).toBe('Signature Verified Successfully\n');

    const sha256 = (...parts: (Buffer | string)[]) =>
      createHash('sha256')
        .update(Buffer.concat(parts.map((one) => Buffer.from(one))))
        .digest();
    const json = canonicalize as unknown as (value: unknown) => string;
    const { previousHash, ...others } = event;
    expect(
      sha256(previousHash ? Buffer.from(previousHash, 'hex') : Buffer.alloc(32), json(others)).toString('hex'),
    ).toBe(record['hash']);
    let node = sha256(Buffer.of(0), sha256('event', Buffer.of(0), json(record)));
    let [at, last] = [index, size - 1];
    for (const next of path.map((hex) => Buffer.from(hex, 'hex'))) {
      const isRight = at % 2 === 1 || at === last;
      node = isRight ? sha256(Buffer.of(1), next, node) : sha256(Buffer.of(1), node, next);
      while (isRight && at % 2 === 0 && at > 0) [at, last] = [at >> 1, last >> 1];
      [at, last] = [at >> 1, last >> 1];
    }
    const [, leaves, root] = checkpoint.split('\n');
    expect([last, leaves, root]).toEqual([0, `${size}`, node.toString('base64')]);
  });

  it.each([
    ['another event', (p: InclusionProof) => ({ ...p, event: { ...p.event, type: 'CLEAR_AT_TRIAGE' } })],
    ['another time', (p: InclusionProof) => ({ ...p, event: { ...p.event, at: '2020-01-01T00:00:00.000Z' } })],
    ['another record', (p: InclusionProof) => ({ ...p, record: { ...p.record, sealed: null, caseId: randomUUID() } })],
    ['another place', (p: InclusionProof) => ({ ...p, index: p.index + 1 })],
    ['a cut path', (p: InclusionProof) => ({ ...p, path: p.path.slice(1) })],
    ['another checkpoint', (p: InclusionProof) => ({ ...p, checkpoint: witnessed[0]! })],
  ])('sees through a proof with %s', async (_, forge) => {
    const { body } = await get('auditor', `/api/audit/proofs/${file.caseId}/1`);
    expect(wrongWith(forge(body as InclusionProof), publicKey())).toEqual(expect.any(String));
  });

  it('sees through a proof that another installation signed', async () => {
    const { body } = await get('auditor', `/api/audit/proofs/${file.caseId}/1`);
    const { publicKey: other } = generateKeyPairSync('ed25519');
    expect(wrongWith(body as InclusionProof, other)).toBe('the checkpoint is not signed with this key');
  });

  it.each([
    [`${randomUUID()}/1`, 404],
    ['not-an-id/1', 400],
    [`${randomUUID()}/0`, 400],
    [`${randomUUID()}/99999999999999`, 400],
  ])('answers clearly to a proof of %s', async (path, status) => {
    expect((await get('auditor', `/api/audit/proofs/${path}`)).status).toBe(status);
  });

  it('says of an event that no checkpoint covers yet when to ask again', async () => {
    const [by, authorities] = [accountId('officer'), [authorityId('demo-prosecution')]];
    const fresh = await aCaseFile(owner, { keys: house.app.get(Keys), unit: 'central', by, authorities });
    const { status, body } = await get('auditor', `/api/audit/proofs/${fresh.caseId}/1`);
    expect([status, body.code]).toEqual([409, 'notYetCovered']);
    await sequenceAll();
    await log().checkpoint();
    expect((await get('auditor', `/api/audit/proofs/${fresh.caseId}/1`)).status).toBe(200);
  });

  it('is for auditors alone', async () => {
    expect((await get('officer', '/api/audit/checkpoint')).status).toBe(403);
    expect((await get('prosecutor', `/api/audit/proofs/${file.caseId}/1`)).status).toBe(403);
  });

  describe('verification finds', () => {
    it('a changed tile', async () => {
      await tampering(`UPDATE ledger_tile SET hash = sha256('x') WHERE index = 1`, async () =>
        expect(await found()).toEqual(['treeChanged tile#8/1']),
      );
    });

    it('a forged checkpoint, and that the witness knows another', async () => {
      const size = Math.max(...readCheckpoints(witnessFile).map((one) => one.size));
      await tampering(
        `UPDATE ledger_checkpoint SET note = replace(note, 'signed 2', 'signed 3') WHERE size = ${size}`,
        async () =>
          expect((await found()).sort()).toEqual([
            `checkpointForged checkpoint#${size}`,
            `witnessMismatch checkpoint#${size}`,
          ]),
      );
    });

    it('a ledger written anew below a checkpoint', async () => {
      const { size } = readCheckpoints(witnessFile).at(-1)!;
      await tampering(`UPDATE ledger SET leaf = sha256('x') WHERE n = ${size}`, async () =>
        expect(await found()).toContain(`checkpointMismatch checkpoint#${size}`),
      );
    });

    it('a checkpoint that was taken away', async () => {
      const { size } = readCheckpoints(witnessFile).at(-1)!;
      await tampering(`DELETE FROM ledger_checkpoint WHERE size = ${size}`, async () =>
        expect(await found()).toEqual([`witnessMismatch checkpoint#${size}`]),
      );
    });
  });
});
