import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';

export interface TestQueueBackend {
  /** Undefined: BullMQ runs on the test's own database. */
  readonly redisUrl: string | undefined;
  /** Keeps the queues of files that share one Redis apart. */
  readonly prefix: string;
  /** Removes what the queues left in Redis. */
  drop(): Promise<void>;
}

/** The queue backend of this run: `TEST_QUEUE_BACKEND=redis` with `REDIS_URL`, otherwise PostgreSQL. */
export function aQueueBackend(): TestQueueBackend {
  const redisUrl = process.env['TEST_QUEUE_BACKEND'] === 'redis' ? process.env['REDIS_URL'] : undefined;
  const prefix = `{f1-test-${randomBytes(4).toString('hex')}}`;
  return { redisUrl, prefix, drop: async () => (redisUrl ? removeKeys(redisUrl, prefix) : undefined) };
}

async function removeKeys(redisUrl: string, prefix: string): Promise<void> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 });
  try {
    const keys = await redis.keys(`${prefix}*`);
    if (keys.length > 0) await redis.unlink(...keys);
  } finally {
    redis.disconnect();
  }
}
