/**
 * Durable commands per second of the product beside durable steps per second of DBOS Transact, in alternating rounds on the
 * same PostgreSQL: 50 cases at once with 8 commands each, 50 workflows at once with 8 steps each.
 * Run: npm run bench:commands [-- --json] [--rounds=5] [--seconds=6] [--pool=20]; DATABASE_URL: a superuser's URL of another PostgreSQL.
 */
import { parseArgs } from 'node:util';
import { analyse } from './support/analyse.js';
import type { BenchPostgres } from './support/postgres.js';
import { benchmark, type Run } from './support/run.js';
import type { Round, Side } from './support/side.js';
import { highest, lowest, median } from './support/statistics.js';

const AT_ONCE = 50;
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '6' },
    pool: { type: 'string', default: '20' },
  },
});

interface Measured extends Round {
  readonly perSecond: number;
  readonly cpuMsEach: number;
  readonly postgresCpuMsEach: number | undefined;
}

async function one(side: Side, lots: number, postgres: BenchPostgres): Promise<Measured> {
  await side.prepare(lots);
  const before = postgres.cpuMs();
  const round = await side.round();
  const after = postgres.cpuMs();
  return {
    ...round,
    perSecond: round.units / (round.wallMs / 1000),
    cpuMsEach: round.cpuMs / round.units,
    postgresCpuMsEach: before === undefined || after === undefined ? undefined : (after - before) / round.units,
  };
}

/**
 * So many lots that a round takes about the seconds asked for. The rounds before it are thrown away: PostgreSQL plans a prepared
 * statement anew for its first five uses on each connection, and there are some ten of them on each of the connections. `settle`
 * comes between: what was planned on empty tables is planned again on what is in them, as autovacuum brings about in a minute.
 */
async function warmedUp(side: Side, settle: () => Promise<void>): Promise<number> {
  let perSecond = 0;
  for (let n = 0; n < 5; n++) {
    if (n === 3) await settle();
    await side.prepare(AT_ONCE * 2);
    const { units, wallMs } = await side.round();
    perSecond = (units / wallMs) * 1000;
  }
  return Math.max(AT_ONCE * 2, Math.round((perSecond * Number(options.seconds)) / 8));
}

/** A side, and what lets its database settle. */
type Settled = readonly [Side, () => Promise<void>];

async function compare({ postgres, say, report }: Run, product: Settled, dbos: Settled): Promise<void> {
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  const lots = { ours: await warmedUp(...product), theirs: await warmedUp(...dbos) };
  for (let n = 1; n <= Math.max(3, Number(options.rounds)); n++) {
    ours.push(await one(product[0], lots.ours, postgres));
    theirs.push(await one(dbos[0], lots.theirs, postgres));
    const [our, their] = [ours.at(-1)!, theirs.at(-1)!];
    say(
      `round ${n}: ${our.perSecond.toFixed(0)} commands/s (${our.cpuMsEach.toFixed(2)} ms CPU each), ` +
        `DBOS ${their.perSecond.toFixed(0)} steps/s (${their.cpuMsEach.toFixed(2)} ms), ratio ${(our.perSecond / their.perSecond).toFixed(2)}`,
    );
  }
  const ratios = ours.map(({ perSecond }, n) => perSecond / theirs[n]!.perSecond);
  const of = (rounds: Measured[], pick: (round: Measured) => number | undefined) => median(rounds.map(pick));
  report({
    commandsPerSecond: of(ours, (r) => r.perSecond),
    cpuMsPerCommand: of(ours, (r) => r.cpuMsEach),
    postgresCpuMsPerCommand: of(ours, (r) => r.postgresCpuMsEach),
    commandP50Ms: of(ours, (r) => r.p50Ms),
    commandP99Ms: of(ours, (r) => r.p99Ms),
    ratioToDbos: median(ratios),
    ratioToDbosLowest: lowest(ratios),
    ratioToDbosHighest: highest(ratios),
    dbosStepsPerSecond: of(theirs, (r) => r.perSecond),
    dbosCpuMsPerStep: of(theirs, (r) => r.cpuMsEach),
    dbosPostgresCpuMsPerStep: of(theirs, (r) => r.postgresCpuMsEach),
    atOnce: AT_ONCE,
    poolSize: Number(options.pool),
    rounds: ours.length,
    commands: ours.reduce((sum, { units }) => sum + units, 0),
    postgres: postgres.version,
    durability: postgres.durable,
    node: process.versions.node,
  });
}

benchmark(options.json, async (run) => {
  const { url, superuserUrl } = await run.productDatabase('product');
  const dbos = await run.postgres.database('dbos', 'f1_owner');
  const settings = { poolSize: Number(options.pool), atOnce: AT_ONCE, dataDir: run.dataDir };
  await compare(
    run,
    [await run.start('./product.side.ts', { ...settings, url }), () => analyse(superuserUrl)],
    [await run.start('./dbos.side.ts', { ...settings, url: dbos('f1_owner') }), () => analyse(dbos('postgres'))],
  );
});
