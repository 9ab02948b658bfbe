import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { asOwner } from '../../../src/platform/database/owner.js';
import { freePort } from '../../../src/platform/http/free-port.js';
import type { SystemWanted } from './referral-system.js';

export interface QueueServer {
  readonly queue: NonNullable<SystemWanted['queue']>;
  /** Loses every job there is. */
  lose(): Promise<void>;
  /** Goes away, until it is told to come back. */
  leave(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** The queue backend of this run, as a server of the test's own that it may empty. */
export async function aQueueServer(ownerUrl: string): Promise<QueueServer> {
  if (process.env['TEST_QUEUE_BACKEND'] !== 'redis') {
    return {
      queue: { prefix: '{f1}' },
      lose: () => asOwner(ownerUrl, async (owner) => void (await owner.query('TRUNCATE bullmq.job CASCADE'))),
      leave: () =>
        asOwner(ownerUrl, async (owner) => void (await owner.query('REVOKE USAGE ON SCHEMA bullmq FROM f1_worker'))),
      comeBack: () =>
        asOwner(ownerUrl, async (owner) => void (await owner.query('GRANT USAGE ON SCHEMA bullmq TO f1_worker'))),
      close: async () => undefined,
    };
  }
  const folder = mkdtempSync(join(tmpdir(), 'f1-redis-'));
  const port = await freePort();
  const settings = ['--port', String(port), '--dir', folder, '--save', '', '--maxmemory-policy', 'noeviction'];
  let server = await startRedis(settings);
  const redis = new Redis(port, '127.0.0.1', { retryStrategy: () => 100, maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  const stop = async (): Promise<void> => {
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  };
  return {
    queue: { redisUrl: `redis://127.0.0.1:${port}`, prefix: '{f1}' },
    lose: async () => void (await redis.flushall()),
    leave: stop,
    comeBack: async () => {
      server = await startRedis(settings);
    },
    close: async () => {
      redis.disconnect();
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Settles when it runs, and rejects when there is no such program. */
async function startRedis(settings: readonly string[]): Promise<ChildProcess> {
  const server = spawn('redis-server', settings, { stdio: 'ignore' });
  await once(server, 'spawn');
  return server;
}
