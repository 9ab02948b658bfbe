import { createPostgresBackend, runMigrations, withBackend } from 'bullmq';
import pg from 'pg';
import { jobQueue, jobWorker } from './bull.js';
import { type QueueBackend, WORKER_OPTIONS } from './queue-backend.js';
import { within } from './timeout.js';

const SCHEMA = 'bullmq';
/** The schema is missing, or is not given to the worker role. */
export class QueueNotMigrated extends Error {
  constructor() {
    super('BullMQ has no schema here that f1_worker may use: run "f1 migrate".');
  }
}

const bull = withBackend(createPostgresBackend);

/** BullMQ on PostgreSQL, in a schema of its own that only the worker role may touch. */
export function postgresBackend(url: string): QueueBackend {
  const connection = (max: number) => ({
    connectionString: url,
    schema: SCHEMA,
    // The outbox knows what the queue should hold. What a crash takes from here is leased again; nothing waits for the disk for it.
    options: '-c role=f1_worker -c synchronous_commit=off -c jit=off',
    max,
    connectionTimeoutMillis: 3_000,
    application_name: 'f1 queue',
  });
  return {
    name: 'postgresql',
    queue: (name) =>
      jobQueue(name, () => new bull.Queue(name, { connection: connection(2), skipWaitingForReady: true })),
    worker: (name, concurrency, process) =>
      jobWorker(
        name,
        process,
        (run) => new bull.Worker(name, run, { ...WORKER_OPTIONS, concurrency, connection: connection(4) }),
      ),
    check: async () => {
      const client = new pg.Client({ ...connection(1), statement_timeout: 3_000 });
      client.on('error', () => undefined);
      try {
        await within(3_000, 'PostgreSQL', client.connect());
        await client.query(`SELECT FROM ${SCHEMA}.migration LIMIT 1`);
      } catch (error) {
        const { code } = error as { code?: string };
        if (code === '42P01' || code === '42501' || code === '3F000') throw new QueueNotMigrated();
        throw error;
      } finally {
        await client.end().catch(() => undefined);
      }
    },
    close: async () => undefined,
  };
}

/** Brings BullMQ's schema up to date and gives it to the worker role; `url` is the owner's. A second call changes nothing. */
export async function migrateQueue(url: string): Promise<void> {
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  try {
    await runMigrations(owner, SCHEMA, { skipVersionCheck: false });
    await owner.query(GRANTS);
  } finally {
    await owner.end();
  }
}

/** BullMQ makes a sequence for each queue when it first meets it, so the worker may create in this one schema. */
const GRANTS = `
  GRANT USAGE, CREATE ON SCHEMA ${SCHEMA} TO f1_worker;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${SCHEMA} TO f1_worker;
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${SCHEMA} TO f1_worker;
  DO $$
  DECLARE own regclass;
  BEGIN
    FOR own IN SELECT oid FROM pg_class
      WHERE relnamespace = '${SCHEMA}'::regnamespace AND relkind = 'S' AND pg_has_role(current_user, relowner, 'USAGE') LOOP
      EXECUTE format('GRANT USAGE ON SEQUENCE %s TO f1_worker', own);
    END LOOP;
  END $$`;
