import { expect } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { AccessLog } from '../../src/audit/access-log.service.js';
import { auditVerify, type AuditVerification } from '../../src/audit/audit-verify.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { LedgerSequencer } from '../../src/audit/ledger-sequencer.service.js';
import { LedgerStore } from '../../src/audit/ledger.store.js';
import { TransparencyLog } from '../../src/audit/transparency-log.service.js';
import { accountId, authorityId } from '../../src/demo/seed.js';
import { type EventFacts, eventHash } from '../../src/platform/database/chain.js';
import { Database } from '../../src/platform/database/database.js';
import type { Actor } from '../../src/platform/http/actor.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { aCaseFile } from '../factories/case-file.js';
import { anIdentityApp } from './identity-app.js';

/** An event as its row has it. */
export interface EventRow {
  readonly aggregate_id: string;
  readonly seq: number;
  readonly aggregate_kind: EventFacts['aggregateKind'];
  readonly type: string;
  readonly actor_id: string;
  readonly at: Date;
  readonly facets: Record<string, unknown>;
  readonly content_hash: Buffer | null;
  readonly hash: Buffer;
}

/** SQL with its values; each must find rows. */
export type Tampering = readonly (readonly [string, unknown[]?])[];

export type Audited = Awaited<ReturnType<typeof anAuditedHouse>>;

/** What `tampering` may touch, with every right in the database: no trigger, no constraint, no policy stands in the way. */
const TABLES = [
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

export const found = ({ findings }: AuditVerification): string[] =>
  findings.map(({ kind, where }) => `${kind} ${where}`);

/** The hash as anybody who reads the source can compute it. */
export const forged = (previous: Buffer, event: EventRow): Buffer =>
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

/** The statements after which a chain tells something else, and every hash of it and its head fit to that. */
export function forgedChain(chain: readonly EventRow[], told: (event: EventRow) => Partial<EventRow>): string[] {
  let previous: Buffer = Buffer.alloc(32);
  const statements = chain.map((event) => {
    const { type, facets } = { ...event, ...told(event) };
    previous = forged(previous, { ...event, type, facets });
    return `UPDATE event SET type = '${type}', facets = '${JSON.stringify(facets)}', hash = '\\x${previous.toString('hex')}'
      WHERE aggregate_id = '${event.aggregate_id}' AND seq = ${event.seq}`;
  });
  const [{ aggregate_id: id, aggregate_kind: kind }] = chain as [EventRow];
  const table = kind === 'case' ? 'case_file' : kind;
  return [...statements, `UPDATE ${table} SET event_hash = '\\x${previous.toString('hex')}' WHERE id = '${id}'`];
}

/** An installation with two files and a witness, all of it in the ledger; its own sequencer is stopped, so that a test says when. */
export async function anAuditedHouse() {
  const folder = mkdtempSync(join(tmpdir(), 'f1-audit-'));
  const witnessFile = join(folder, 'witness.jsonl');
  const house = await anIdentityApp([], { F1_WITNESS_FILE: witnessFile });
  const keys = house.app.get(Keys);
  const superuser = await connect(house.database.superuserUrl);
  const owner = await connect(house.database.ownerUrl);

  /** The chains and the ledger; the rows of these files were written by nobody's command. */
  const verify = () => auditVerify(house.database.ownerUrl, keys, { witnessFile, rows: false });
  const sequence = () => house.app.get(LedgerSequencer, { strict: false }).sequence();
  /** Until nothing waits: a transaction running anywhere in the cluster, as of another test, holds the horizon back. */
  const sequenceAll = async (): Promise<number> => {
    let added = await sequence();
    while ((await verify()).unsequenced > 0) added += await sequenceAll();
    return added;
  };
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

  /** The state before is put back afterwards, so that each test starts from an installation that is in order. */
  const tampering = async (statements: Tampering, look: () => Promise<void>): Promise<void> => {
    // No sequencer adds to the ledger meanwhile: what it added would be taken away with the rest.
    await superuser.query(`SELECT pg_advisory_lock(hashtext('f1 ledger'))`);
    await superuser.query(`SET session_replication_role = 'replica'`);
    for (const table of TABLES) await superuser.query(`CREATE TEMP TABLE kept_${table} AS SELECT * FROM ${table}`);
    try {
      for (const [text, values] of statements) {
        const { rowCount } = await superuser.query(text, values);
        expect(rowCount).toBeGreaterThan(0);
      }
      await look();
    } finally {
      for (const table of TABLES) {
        await superuser.query(`DELETE FROM ${table}`);
        await superuser.query(`INSERT INTO ${table} SELECT * FROM kept_${table}`);
        await superuser.query(`DROP TABLE kept_${table}`);
      }
      await superuser.query(`SELECT pg_advisory_unlock(hashtext('f1 ledger'))`);
    }
  };

  const file = await aFile();
  await read(`/api/cases/${file.caseId}`);
  while ((await verify()).heads === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  await house.app.get(LedgerSequencer, { strict: false }).beforeApplicationShutdown();
  await sequenceAll();
  const other = await aFile();
  for (let i = 0; i < 3; i++) await read(`/api/cases/${other.caseId}`);
  await sequenceAll();

  return {
    ...{ house, keys, superuser, owner, witnessFile, file, other },
    ...{ verify, sequence, sequenceAll, aFile, read, tampering, connect },
    verifyWithoutWitness: () => auditVerify(house.database.ownerUrl, keys, { rows: false }),
    verifyAsAuditor: () => house.app.get(AuditService, { strict: false }).verify({ id: accountId('auditor') } as Actor),
    anotherSequencer: async () =>
      new LedgerSequencer(
        house.config,
        house.app.get(Database),
        keys,
        new LedgerStore(),
        house.app.get(TransparencyLog, { strict: false }),
      ),
    chainOf: async (id: string) =>
      (await owner.query<EventRow>('SELECT * FROM event WHERE aggregate_id = $1 ORDER BY seq', [id])).rows,
    expectFound: (statements: Tampering, ...expected: string[]) =>
      tampering(statements, async () => {
        const result = await verify();
        expect(result.ok).toBe(false);
        expect(found(result).sort()).toEqual(expected.sort());
      }),
    async close() {
      await Promise.all([superuser, owner].map((client) => client.end()));
      await house.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}
