/**
 * Breaks a whole installation on purpose, under load, and lets an oracle judge it after every fault. Run:
 *   npm run faults -- --minutes 10 --seed 7 [--queue redis|postgresql] [--json]
 * The last line is one JSON object; exit code 1 when anything was lost or wrong. See docs/guides/faults.md.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { campaign, faultNames } from './harness/campaign.js';
import { bite, checkPlants } from './teeth/bite.js';
import { TEETH } from './teeth/teeth.js';
import { Installation } from './harness/installation.js';
import { Random } from './harness/random.js';
import { record } from './histories/record.js';
import { ask, closeWorlds, openWorld } from './harness/world.js';
import { RULES } from './oracle/finding.js';
import type { Verdict } from './oracle/oracle.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    queue: { type: 'string', default: 'redis' },
    apis: { type: 'string', default: '2' },
    workers: { type: 'string' },
    'at-once': { type: 'string', default: '50' },
    teeth: { type: 'boolean', default: false },
    record: { type: 'string' },
    only: { type: 'string' },
    without: { type: 'string' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

/** So many planted bugs at once: while one waits for what will not come, two cores have work for the others. */
const SIDE_BY_SIDE = 3;

const begun = Date.now();
const say = (line: string): void =>
  void process.stderr.write(`${((Date.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);

type Result = { readonly ok: boolean } & Readonly<Record<string, unknown>>;

function queueAsked(): 'redis' | 'postgresql' {
  if (options.queue === 'redis' || options.queue === 'postgresql') return options.queue;
  throw new TypeError('--queue: redis or postgresql');
}

/** Each planted bug in a world of its own: the run is well when the oracle finds every one of them, and nothing where nothing is planted. */
async function teeth(installation: Installation): Promise<Result> {
  const names = options.only?.split(',') ?? Object.keys(TEETH);
  const unknown = names.find((name) => !TEETH[name]);
  if (unknown !== undefined) throw new TypeError(`there is no tooth ${JSON.stringify(unknown)}`);
  checkPlants(root, TEETH);
  const found: Record<string, string> = {};
  const missed: string[] = [];
  const waiting = [...names];
  const row = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const tooth = TEETH[name]!;
      const finding = await bite(installation, root, { name, tooth, queue: queueAsked() });
      found[name] = finding?.rule ?? 'nothing';
      if ((finding === undefined) !== (tooth.control ?? false)) missed.push(name);
      say(`${name}: ${found[name]}${finding ? `: ${finding.what}` : ''} (${tooth.says})`);
    }
  };
  // While one world waits, another starts.
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, row));
  return { ok: missed.length === 0, teeth: names.length, missed, found };
}

const named = (prefix: string, many: number): string[] => Array.from({ length: many }, (_, n) => `${prefix}-${n + 1}`);

/** Two to four workers: by the seed at first, and another number after each rolling restart; always the same where a number was asked for. */
function workersAsked(): { readonly first: readonly string[]; readonly reserve: readonly string[] } {
  const asked = options.workers === undefined ? undefined : Number(options.workers);
  const all = named('worker', asked ?? 4);
  const first = asked ?? new Random(Number(options.seed)).whole(2, 4);
  return { first: all.slice(0, first), reserve: all.slice(first) };
}

async function random(installation: Installation): Promise<Result> {
  const without = options.without?.split(',') ?? [];
  const names = faultNames(queueAsked(), options.only?.split(','), without);
  if (without.length > 0) say(`LEFT OUT, because it was asked for: ${without.join(', ')}`);
  const workers = workersAsked();
  const world = await openWorld(installation, {
    seed: Number(options.seed),
    queue: queueAsked(),
    dist: join(root, 'dist'),
    processes: Object.fromEntries([
      ...named('api', Number(options.apis)).map((name) => [name, 'api'] as const),
      ...workers.first.map((name) => [name, 'worker'] as const),
    ]),
    reserve: workers.reserve,
    atOnce: Number(options['at-once']),
    smallDisk: names.includes('diskFull'),
    ownClocks: names.includes('processClocksJump'),
  });
  say(`${options.apis} API processes and ${workers.first.length} workers are ready`);
  try {
    const verdict = await campaign(world, { names, until: Date.now() + Number(options.minutes) * 60_000, say });
    if (options.record !== undefined)
      say(`recorded ${(await record((text) => ask(world, text), options.record)).join(', ')}`);
    const { length: faults } = world.disturbed;
    return {
      ...summary(verdict, faults),
      cases: world.load.walks,
      seed: Number(options.seed),
      queue: options.queue,
      ...(without.length > 0 ? { without } : {}),
    };
  } finally {
    await world.close();
  }
}

function summary(verdict: Verdict, faults: number) {
  const { causes, obligations, receipts, wireDuplicates, findings } = verdict;
  for (const { rule, kind, what } of findings.slice(0, 30)) say(`${rule} ${kind}: ${what}`);
  const count = (kind: 'lost' | 'wrong') => findings.filter((finding) => finding.kind === kind).length;
  const oracle = Object.fromEntries(
    RULES.map((rule) => [rule, findings.filter((finding) => finding.rule === rule).length === 0 ? 'holds' : 'broken']),
  );
  const figures = {
    faults,
    causes,
    obligations,
    receipts,
    lost: count('lost'),
    wrong: count('wrong'),
    wireDuplicates,
    oracle,
  };
  return { ...figures, ok: findings.length === 0 };
}

async function main(): Promise<void> {
  mkdirSync(join(root, '.data'), { recursive: true });
  const folder = mkdtempSync(join(root, '.data', 'faults-'));
  const installation = await Installation.open(folder, () => undefined);
  // Whoever stops us stops what we started.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      void closeWorlds()
        .then(() => installation.close())
        .finally(() => process.exit(130));
    });
  try {
    const result = options.teeth ? await teeth(installation) : await random(installation);
    if (!options.json) say(result.ok ? 'all is as it must be' : 'IT IS NOT AS IT MUST BE; see above');
    process.stdout.write(`${JSON.stringify(result)}\n`);
    process.exitCode = result.ok ? 0 : 1;
  } finally {
    // After an error in one world another may still be at work.
    await closeWorlds();
    await installation.close();
    if (options.keep || process.exitCode === 1) say(`logs are in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

main()
  .catch((error: unknown) => {
    process.stderr.write(`${(error as Error).stack}\n`);
    process.exitCode = 2;
  })
  // A connection that somebody forgot must not keep the run from ending.
  .finally(() => process.exit());
