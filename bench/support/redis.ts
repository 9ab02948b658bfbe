import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from '../../src/platform/http/free-port.js';

export interface BenchRedis {
  readonly url: string;
  /** Undefined where it is somebody else's. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** REDIS_URL, or a Redis of our own that keeps nothing; undefined where no redis-server is installed. */
export async function benchRedis(folder: string): Promise<BenchRedis | undefined> {
  const given = process.env['REDIS_URL'];
  if (given) return { url: given, pid: undefined, stop: async () => undefined };
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', [...options, '--maxmemory-policy', 'noeviction'], { stdio: 'ignore' });
  const failed = once(child, 'error');
  const gone = once(child, 'exit').catch(() => undefined);
  const url = `redis://127.0.0.1:${port}`;
  if (await Promise.race([failed.then(() => true), answers(url).then(() => false)])) return undefined;
  failed.catch(() => undefined);
  return {
    url,
    pid: child.pid,
    stop: async () => {
      child.kill();
      await gone;
    },
  };
}

async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return;
    } catch {
      await pause(100);
    } finally {
      redis.disconnect();
    }
  }
  throw new Error('redis-server does not answer');
}
