/**
 * From decision to receipt: what telling the authorities costs and how fast it goes, with BullMQ on Redis and on PostgreSQL,
 * beside pg-boss and raw BullMQ doing one signed POST per job, in alternating rounds with the same receiver.
 * Run: npm run bench:referrals [-- --json] [--rounds=3] [--receipts=1000] [--decisions=25] [--seconds=20] [--backlog=0]
 *   [--queues=redis,postgres] [--alone]: only these, and without the peers
 * REDIS_URL, DATABASE_URL (superuser): other servers.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { Config } from '../src/platform/config/config.js';
import { type KeyProvider, keysFrom } from '../src/platform/keys/keys.js';
import { addBacklog, packageOf, type Patterns, patternsIn } from './support/backlog.js';
import { cpuMsOf, cpuMsOfFamily } from './support/cpu.js';
import { type BenchReceiver, benchReceiver } from './support/receiver.js';
import { benchRedis } from './support/redis.js';
import { benchmark, type Run } from './support/run.js';
import type { Memory, Side } from './support/side.js';
import { highest, lowest, median, rounded } from './support/statistics.js';

const POOL = 20;
const CONCURRENCY = 32; // of a delivery worker of the product
const PATTERNS = 25;
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    receipts: { type: 'string', default: '1000' },
    decisions: { type: 'string', default: '25' },
    seconds: { type: 'string', default: '20' },
    backlog: { type: 'string', default: '0' },
    queues: { type: 'string', default: 'redis,postgres' },
    alone: { type: 'boolean', default: false },
  },
});

const QUEUES = ['redis', 'postgres'] as const;
type Queue = (typeof QUEUES)[number];
const wanted = new Set(options.queues.split(','));

/** One fixed amount of work. Processor time is that of every process that took part: Node, PostgreSQL, Redis, receiver. */
interface Measured {
  readonly perSecond: number;
  readonly cpuMsEach: number;
  readonly nodeMsEach: number;
  readonly postgresMsEach: number;
  readonly receiverMsEach: number;
}

interface Drained {
  /** Those with a receipt at the end. */
  readonly backlogDrained: number;
  readonly backlogPerSecond: number;
  readonly backlogAddedSeconds: number;
  readonly rssStartMB: number;
  readonly rssEndMB: number;
  readonly rssMaxMB: number;
  readonly heapStartMB: number;
  readonly heapEndMB: number;
  readonly heapMaxMB: number;
}

interface Stage {
  readonly run: Run;
  readonly receiver: BenchReceiver;
  readonly redis: { readonly url: string; readonly pid: number | undefined };
  readonly keys: KeyProvider;
}

async function measured(
  { run, receiver, redis }: Stage,
  pid: number,
  count: number,
  work: () => Promise<unknown>,
): Promise<Measured> {
  const used = () => {
    const node = cpuMsOf(pid) ?? NaN;
    const postgres = run.postgres.cpuMs() ?? NaN;
    const receiving = cpuMsOf(receiver.pid) ?? NaN;
    const redisMs = redis.pid === undefined ? 0 : (cpuMsOfFamily(redis.pid, 'redis-server') ?? NaN);
    return { node, postgres, receiving, all: node + redisMs + postgres + receiving };
  };
  const before = used();
  const begun = performance.now();
  await work();
  const wallMs = performance.now() - begun;
  const after = used();
  return {
    perSecond: (count / wallMs) * 1000,
    cpuMsEach: (after.all - before.all) / count,
    nodeMsEach: (after.node - before.node) / count,
    postgresMsEach: (after.postgres - before.postgres) / count,
    receiverMsEach: (after.receiving - before.receiving) / count,
  };
}

/** An installation with decisions that nobody was told of yet, and later its worker. */
class Product {
  private constructor(
    private readonly stage: Stage,
    readonly queue: Queue,
    private readonly database: pg.Client,
    private readonly settings: object,
    private readonly deciding: Side,
    readonly patterns: Patterns,
  ) {}

  private working: Side | undefined;

  static async open(stage: Stage, queue: Queue): Promise<Product> {
    const { run, receiver, keys, redis } = stage;
    const { url, superuserUrl } = await run.productDatabase(`on_${queue}`);
    const database = new pg.Client({ connectionString: superuserUrl });
    await database.connect();
    run.afterwards(() => database.end());
    await sendTo(database, receiver);
    const common = { url, dataDir: run.dataDir, poolSize: POOL, atOnce: 1_000 };
    const perSecond = Number(options.decisions);
    const deciding = await run.start('./deciding.side.ts', { ...common, perSecond });
    await deciding.prepare(PATTERNS);
    await deciding.round();
    const settings = { ...common, redisUrl: queue === 'redis' ? redis.url : undefined };
    return new Product(stage, queue, database, settings, deciding, await patternsIn(database, keys));
  }

  async work(): Promise<void> {
    this.working = await this.stage.run.start('./working.side.ts', this.settings);
    await this.quiet();
  }

  async round(count: number): Promise<Measured> {
    const held = await addBacklog(this.database, this.patterns, count);
    return measured(this.stage, this.working!.pid, count, async () => {
      await held.release();
      await this.quiet();
    });
  }

  /** Milliseconds from decisions at a steady pace to their receipts, by the database's clock. */
  async latency(): Promise<{ referrals: number; p50Ms: number; p99Ms: number; decisionsPerSecond: number }> {
    await this.deciding.prepare(Number(options.decisions) * 2); // two seconds that warm up and do not count
    await this.deciding.round();
    await this.quiet();
    const { rows } = await this.database.query<{ now: string }>('SELECT now()::text AS now');
    await this.deciding.prepare(Math.round(Number(options.decisions) * Number(options.seconds)));
    const { units, wallMs } = await this.deciding.round();
    await this.quiet();
    const at = (share: number) => `percentile_cont(${share}) WITHIN GROUP (ORDER BY ms)`;
    const told = await this.database.query<{ referrals: number; p50Ms: number; p99Ms: number }>(
      `SELECT count(*)::int AS referrals, ${at(0.5)} AS "p50Ms", ${at(0.99)} AS "p99Ms" FROM (
         SELECT (extract(epoch FROM r.recorded_at - o.created_at) * 1000)::float8 AS ms
         FROM obligation o JOIN receipt r ON r.referral_id = o.id WHERE o.created_at >= $1) each`,
      [rows[0]?.now],
    );
    return { ...told.rows[0]!, decisionsPerSecond: (units / wallMs) * 1000 };
  }

  /** Drains a backlog and looks at the worker's memory every second; at the start and at the end is the middle of the first and of the last tenth. */
  async drain(count: number): Promise<Drained> {
    const adding = performance.now();
    const held = await addBacklog(this.database, this.patterns, count);
    const addedSeconds = (performance.now() - adding) / 1000;
    const memory: Memory[] = [await this.working!.memory()];
    const begun = performance.now();
    await held.release();
    while (!(await this.isQuiet())) {
      await pause(1_000);
      memory.push(await this.working!.memory());
    }
    const perSecond = (count / (performance.now() - begun)) * 1000;
    const tenth = Math.max(1, Math.floor(memory.length / 10));
    const rss = memory.map(({ rssMb }) => rssMb);
    const heap = memory.map(({ heapMb }) => heapMb);
    return {
      backlogDrained: await this.receiptsOf(count),
      backlogPerSecond: perSecond,
      backlogAddedSeconds: addedSeconds,
      rssStartMB: median(rss.slice(0, tenth)) ?? NaN,
      rssEndMB: median(rss.slice(-tenth)) ?? NaN,
      rssMaxMB: highest(rss),
      heapStartMB: median(heap.slice(0, tenth)) ?? NaN,
      heapEndMB: median(heap.slice(-tenth)) ?? NaN,
      heapMaxMB: highest(heap),
    };
  }

  /** How many of the newest so many obligations have their receipt. */
  private async receiptsOf(count: number): Promise<number> {
    const { rows } = await this.database.query<{ told: number }>(
      `SELECT count(p.referral_id)::int AS told FROM (SELECT id FROM obligation ORDER BY created_at DESC LIMIT $1) o
       LEFT JOIN receipt p ON p.referral_id = o.id`,
      [count],
    );
    return rows[0]!.told;
  }

  private async quiet(): Promise<void> {
    while (!(await this.isQuiet())) await pause(50);
  }

  private async isQuiet(): Promise<boolean> {
    const { rowCount } = await this.database.query('SELECT FROM outbox WHERE done_at IS NULL LIMIT 1');
    return rowCount === 0;
  }
}

/** Both demo authorities take referrals by webhook, encrypted to the receiver's key. */
async function sendTo(database: pg.Client, { endpoint, receiptPublicKey, encryptionPublicKey }: BenchReceiver) {
  await database.query(`UPDATE authority SET channel = 'webhook', endpoint = $1, receipt_public_key = $2`, [
    endpoint,
    receiptPublicKey,
  ]);
  await database.query(
    `INSERT INTO authority_key (id, authority_id, purpose, public_key, key_id, valid_from)
     SELECT gen_random_uuid(), id, 'encryption', $1, left(encode(sha256(decode($1, 'base64')), 'hex'), 16), '2020-01-01' FROM authority`,
    [encryptionPublicKey],
  );
}

const senderKey = ({ signing }: KeyProvider): string =>
  signing.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

async function peers(stage: Stage, pattern: object): Promise<Record<'pgBoss' | 'bullmq', Side>> {
  const { run, receiver, redis, keys } = stage;
  const { id, privateKey } = keys.signing;
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
  const url = (await run.postgres.database('peer', 'f1_owner'))('f1_owner');
  const { endpoint, receiptPublicKey, encryptionPublicKey } = receiver;
  const settings = {
    ...{ url, dataDir: run.dataDir, poolSize: POOL, atOnce: 1, concurrency: CONCURRENCY, redisUrl: redis.url },
    ...{ receiver: { endpoint, receiptPublicKey, encryptionPublicKey }, signing: { id, pkcs8 }, pattern },
  };
  return {
    pgBoss: await run.start('./pg-boss.side.ts', settings),
    bullmq: await run.start('./bullmq.side.ts', settings),
  };
}

async function compare(stage: Stage, products: readonly Product[]) {
  const count = Number(options.receipts);
  const others: Partial<Awaited<ReturnType<typeof peers>>> = options.alone
    ? {}
    : await peers(stage, packageOf(products[0]!.patterns));
  const rounds: Record<string, Measured[]> = {};
  for (let n = 0; n <= Math.max(3, Number(options.rounds)); n++) {
    const round: Record<string, Measured> = {};
    for (const product of products) round[product.queue] = await product.round(count);
    for (const [name, side] of Object.entries(others)) {
      await side.prepare(count);
      round[name] = await measured(stage, side.pid, count, () => side.round());
    }
    if (n === 0) continue; // warms up and does not count
    for (const [name, one] of Object.entries(round)) (rounds[name] ??= []).push(one);
    const told = Object.entries(round).map(
      ([name, { perSecond, cpuMsEach }]) => `${name} ${perSecond.toFixed(0)}/s (${cpuMsEach.toFixed(2)} ms CPU)`,
    );
    stage.run.say(`round ${n}: ${told.join(', ')}`);
  }
  return rounds;
}

function figures(rounds: Record<string, Measured[]>): Record<string, number | undefined> {
  const result: Record<string, number | undefined> = {};
  for (const [name, each] of Object.entries(rounds)) {
    result[`${name}ReceiptsPerSecond`] = median(each.map(({ perSecond }) => perSecond));
    result[`${name}CpuMsPerReceipt`] = median(each.map(({ cpuMsEach }) => cpuMsEach));
    result[`${name}NodeMsPerReceipt`] = median(each.map(({ nodeMsEach }) => nodeMsEach));
    result[`${name}PostgresMsPerReceipt`] = median(each.map(({ postgresMsEach }) => postgresMsEach));
    result[`${name}ReceiverMsPerReceipt`] = median(each.map(({ receiverMsEach }) => receiverMsEach));
  }
  for (const [ours, theirs] of [
    ['redis', 'bullmq'],
    ['postgres', 'pgBoss'],
  ] as const) {
    if (!rounds[ours] || !rounds[theirs]) continue;
    const ratios = rounds[ours].map(({ cpuMsEach }, n) => cpuMsEach / (rounds[theirs]?.[n]?.cpuMsEach ?? NaN));
    result[`${ours}CpuRatioTo${theirs[0]!.toUpperCase()}${theirs.slice(1)}`] = median(ratios);
    result[`${ours}CpuRatioLowest`] = lowest(ratios);
    result[`${ours}CpuRatioHighest`] = highest(ratios);
  }
  return result;
}

benchmark(options.json, async (run) => {
  const keys = keysFrom(Object.assign(new Config(), { F1_DATA_DIR: run.dataDir }));
  const receiver = await benchReceiver(`${run.dataDir}/receiver-${randomUUID()}`, senderKey(keys));
  run.afterwards(receiver.stop);
  const redis = await benchRedis(run.dataDir);
  if (!redis) throw new Error('install redis-server, or set REDIS_URL: two of the four sides need it');
  run.afterwards(redis.stop);
  const stage: Stage = { run, receiver, redis, keys };
  const products: Product[] = [];
  for (const queue of QUEUES) if (wanted.has(queue)) products.push(await Product.open(stage, queue));
  for (const product of products) await product.work();
  const result: Record<string, number | string | undefined> = figures(await compare(stage, products));
  let worst: Partial<Drained> = {}; // of the queue in which memory grew most
  for (const product of products) {
    const { referrals, p50Ms, p99Ms, decisionsPerSecond } = await product.latency();
    run.say(`${product.queue}: ${referrals} referrals, p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms`);
    Object.assign(result, {
      [`${product.queue}P50Ms`]: p50Ms,
      [`${product.queue}P99Ms`]: p99Ms,
      [`${product.queue}ReferralsPerSecond`]: decisionsPerSecond * 2,
    });
    if (Number(options.backlog) === 0) continue;
    const drained = await product.drain(Number(options.backlog));
    run.say(`${product.queue}: ${JSON.stringify(rounded({ ...drained }))}`);
    const grown = (of: Partial<Drained>): number => (of.rssEndMB ?? 0) - (of.rssStartMB ?? Infinity);
    if (grown(drained) > grown(worst)) worst = drained;
    Object.assign(result, { [`${product.queue}BacklogPerSecond`]: drained.backlogPerSecond });
  }
  run.report({
    ...result,
    ...worst,
    receipts: Number(options.receipts),
    backlog: Number(options.backlog),
    postgres: run.postgres.version,
    node: process.versions.node,
  });
});
