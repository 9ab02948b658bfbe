/**
 * From decision to inbox: how long after a decision each competent authority has its referral, at 20 decisions a second for
 * two authorities each, with BullMQ on PostgreSQL and with BullMQ on Redis.
 * Run: npm run bench:delivery [-- --json] [--seconds=20] [--decisions=20]; REDIS_URL, DATABASE_URL (superuser): other servers.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { benchRedis } from './support/redis.js';
import { benchmark, type Run } from './support/run.js';

const POOL = 20;
const PATIENCE_MS = 60_000;
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '20' },
    decisions: { type: 'string', default: '20' },
  },
});

interface Latency {
  readonly referrals: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
  readonly decisionsPerSecond: number;
}

async function latencyOn(run: Run, name: string, redisUrl: string | undefined): Promise<Latency> {
  const { url, superuserUrl } = await run.productDatabase(name);
  const perSecond = Number(options.decisions);
  const decisions = Math.round(perSecond * Number(options.seconds));
  const settings = { url, dataDir: run.dataDir, poolSize: POOL, atOnce: decisions, perSecond, redisUrl };
  const side = await run.start('./delivery.side.ts', settings);
  const database = new pg.Client({ connectionString: superuserUrl });
  await database.connect();
  try {
    await side.prepare(perSecond * 2); // two seconds that warm up and do not count
    await side.round();
    await received(database);
    const { rows } = await database.query<{ now: string }>('SELECT now()::text AS now');
    await side.prepare(decisions);
    const { units, wallMs } = await side.round();
    await received(database);
    return { ...(await latencies(database, rows[0]?.now ?? '')), decisionsPerSecond: (units / wallMs) * 1000 };
  } finally {
    await database.end();
    await side.stop();
  }
}

async function received(database: pg.Client): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const { rows } = await database.query<{ open: number }>(
      'SELECT count(*)::int AS open FROM obligation o WHERE NOT EXISTS (SELECT FROM receipt WHERE referral_id = o.id)',
    );
    if (rows[0]?.open === 0) return;
    await pause(200);
  }
  throw new Error(`some referrals had no receipt ${PATIENCE_MS / 1000} seconds after the last decision`);
}

/** Both instants are the database's: when the deciding transaction began and when the one with the receipt began. */
async function latencies(database: pg.Client, since: string): Promise<Omit<Latency, 'decisionsPerSecond'>> {
  const at = (share: number) => `percentile_cont(${share}) WITHIN GROUP (ORDER BY ms)`;
  const { rows } = await database.query<Omit<Latency, 'decisionsPerSecond'>>(
    `SELECT count(*)::int AS referrals, ${at(0.5)} AS "p50Ms", ${at(0.99)} AS "p99Ms", max(ms) AS "slowestMs" FROM (
       SELECT (extract(epoch FROM r.recorded_at - o.created_at) * 1000)::float8 AS ms
       FROM obligation o JOIN receipt r ON r.referral_id = o.id WHERE o.created_at >= $1) each`,
    [since],
  );
  return rows[0]!;
}

benchmark(options.json, async (run) => {
  const result: Record<string, number | string | undefined> = {};
  const tell = (queue: 'postgres' | 'redis', latency: Latency): void => {
    for (const [name, value] of Object.entries(latency)) {
      result[`${queue}${name[0]?.toUpperCase()}${name.slice(1)}`] = value as number;
    }
    const { referrals, p50Ms, p99Ms } = latency;
    run.say(`${queue}: ${referrals} referrals, p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms`);
  };
  tell('postgres', await latencyOn(run, 'on_postgres', undefined));
  const redis = await benchRedis(run.dataDir);
  if (redis) {
    run.afterwards(redis.stop);
    tell('redis', await latencyOn(run, 'on_redis', redis.url));
  } else run.say('redis: not measured, because there is no redis-server here and REDIS_URL is not set');
  run.report({ ...result, decisionsAsked: Number(options.decisions), poolSize: POOL, postgres: run.postgres.version });
});
