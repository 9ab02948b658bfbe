import { Queue, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { jobQueue, jobWorker, rateLimited } from './bull.js';
import { type QueueBackend, WORKER_OPTIONS } from './queue-backend.js';
import { within } from './timeout.js';

/** Cluster-safe: the braces keep all keys of all queues in one slot. */
export const REDIS_PREFIX = '{f1}';

/** What an `allkeys` or `volatile` policy would do to jobs: drop them when memory is short. */
export class RedisEvicts extends Error {
  constructor(policy: string) {
    super(
      `Redis has maxmemory-policy ${policy} and may drop jobs when memory is short. Nothing would be lost, but deliveries ` +
        'would be late. Set "maxmemory-policy noeviction".',
    );
    this.name = 'RedisEvicts';
  }
}

export function redisBackend(url: string, prefix = REDIS_PREFIX): QueueBackend {
  const clients = new Set<Redis>();
  const client = (options: RedisOptions): Redis => {
    const redis = new Redis(url, {
      connectTimeout: 3_000,
      retryStrategy: (times) => Math.min(times * 100, 2_000),
      ...options,
    });
    redis.on(
      'error',
      rateLimited(() => undefined),
    ); // BullMQ reports them; without a listener they would end the process
    clients.add(redis);
    return redis;
  };
  const release = (redis: Redis): void => {
    clients.delete(redis);
    redis.disconnect();
  };
  return {
    name: 'redis',
    queue: (name) => {
      // While Redis is away a call fails after one try to reconnect, instead of never.
      const connection = client({ maxRetriesPerRequest: 1 });
      return jobQueue(
        name,
        () => new Queue(name, { prefix, connection, skipWaitingForReady: true }),
        () => release(connection),
      );
    },
    worker: (name, concurrency, process) =>
      jobWorker(
        name,
        process,
        (run) =>
          new Worker(name, run, {
            ...WORKER_OPTIONS,
            concurrency,
            prefix,
            connection: client({ maxRetriesPerRequest: null }),
          }),
      ),
    check: async () => {
      const probe = client({ maxRetriesPerRequest: 1 });
      try {
        const answer = (await within(3_000, 'Redis', probe.config('GET', 'maxmemory-policy'))) as string[];
        const policy = answer[1] ?? 'unknown';
        if (policy !== 'noeviction') throw new RedisEvicts(policy);
      } finally {
        release(probe);
      }
    },
    close: async () => {
      for (const redis of clients) redis.disconnect();
    },
  };
}
