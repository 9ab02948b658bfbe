import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { asOwner } from '../../../src/platform/database/owner.js';
import type { SystemWanted } from './referral-system.js';

export interface QueueServer {
  readonly queue: NonNullable<SystemWanted['queue']>;
  /** Loses every job there is. */
  lose(): Promise<void>;
  close(): Promise<void>;
}

/** The queue backend of this run, as a server of the test's own that it may empty. */
export async function aQueueServer(ownerUrl: string): Promise<QueueServer> {
  if (process.env['TEST_QUEUE_BACKEND'] !== 'redis') {
    return {
      queue: { prefix: '{f1}' },
      lose: () => asOwner(ownerUrl, async (owner) => void (await owner.query('TRUNCATE bullmq.job CASCADE'))),
      close: async () => undefined,
    };
  }
  const folder = mkdtempSync(join(tmpdir(), 'f1-redis-'));
  const port = await freePort();
  const settings = ['--port', String(port), '--dir', folder, '--save', '', '--maxmemory-policy', 'noeviction'];
  const server = spawn('redis-server', settings, { stdio: 'ignore' });
  const failed = once(server, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined);
  const redis = new Redis(port, '127.0.0.1', { retryStrategy: () => 100, maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  await Promise.race([redis.ping(), failed]);
  return {
    queue: { redisUrl: `redis://127.0.0.1:${port}`, prefix: '{f1}' },
    lose: async () => void (await redis.flushall()),
    close: async () => {
      redis.disconnect();
      const exited = once(server, 'exit');
      server.kill();
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}
