/**
 * What each guarantee of a command costs, beside a step of DBOS Transact on the same PostgreSQL: the same work with one guarantee
 * more on every rung. The ratio is that of processor time (Node and PostgreSQL), which other work on the machine disturbs least.
 * Run: npm run bench:floor [-- --json] [--rounds=3] [--lots=60] [--pool=20]; DATABASE_URL: a superuser's URL of another PostgreSQL.
 */
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { DataSource } from 'typeorm';
import { CasesService } from '../src/cases/cases.service.js';
import { DataKeys } from '../src/platform/database/data-keys.js';
import { Database, type LockedRow } from '../src/platform/database/database.js';
import { nextEvent } from '../src/platform/database/next-event.js';
import { Write } from '../src/platform/database/write.js';
import { analyse } from './support/analyse.js';
import { actorOf, asked, EIGHT_COMMANDS } from './support/eight-commands.js';
import { openedCases, productContext } from './support/product.js';
import { benchmark } from './support/run.js';
import { type Lot, measured } from './support/side.js';
import { median } from './support/statistics.js';

const AT_ONCE = 50;
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    lots: { type: 'string', default: '60' },
    pool: { type: 'string', default: '20' },
  },
});
const [rounds, lots, poolSize] = [options.rounds, options.lots, options.pool].map(Number) as [number, number, number];
const decider = actorOf('decider');
const WORDS = { reasons: 'The applicant is in hospital.' };

/** Claims the key, locks the case, and writes its next version with an event in one statement; no chart, no facts. */
async function bareCommand(database: Database, caseId: string, keys: DataKeys | undefined): Promise<void> {
  const { key, requestHash } = asked(undefined);
  const lock = { aggregate: 'case' as const, id: caseId };
  await database.once({ actorId: decider.id, key, requestHash, result: { id: caseId }, lock }, async (tx, locked) => {
    const record = locked as LockedRow & { version: number; snapshot: object; event_seq: number; event_hash: Buffer };
    const event = nextEvent(record, keys?.ofLocked(record), {
      aggregateKind: 'case',
      caseId,
      type: 'STAY_CLAIM',
      actorId: decider.id,
      at: tx.now,
      facets: { state: record.snapshot },
      payload: keys ? WORDS : {},
    });
    const changed = { snapshot: record.snapshot, version: record.version + 1, ...event.head };
    new Write()
      .insert('event', event.row)
      .update('case_file', { id: caseId, version: record.version }, changed)
      .runLast(tx);
  });
}

benchmark(options.json, async ({ postgres, dataDir, productDatabase, start, say, report, afterwards }) => {
  const { url, superuserUrl } = await productDatabase('product');
  const settings = { url, dataDir, poolSize, atOnce: AT_ONCE };
  const dbosUrl = await postgres.database('dbos', 'f1_owner');
  const dbos = await start('./dbos.side.ts', { ...settings, url: dbosUrl('f1_owner') });
  const app = await productContext(settings, { ROLE: 'api' });
  afterwards(() => app.close());
  const unprotected = new DataSource({ type: 'postgres', url: superuserUrl, extra: { max: poolSize } });
  await unprotected.initialize();
  afterwards(() => unprotected.destroy());
  const get = <T>(type: abstract new (...args: never[]) => T): T => app.get(type, { strict: false });
  const [protectedBy, cases, keys] = [get(Database), get(CasesService), get(DataKeys)];
  const free = new Database(unprotected, undefined);

  const insert = (): Promise<unknown> => {
    const { key, requestHash } = asked(undefined);
    const text = `INSERT INTO command (actor_id, key, request_hash, result) VALUES ('${decider.id}', '${key}', '${requestHash}', '{}')`;
    return unprotected.query(text);
  };
  const eightTimes =
    (work: (caseId: string) => Promise<unknown>) =>
    (id: string): Lot => {
      return async (unit) => {
        for (let n = 0; n < 8; n++) await unit(() => work(id));
      };
    };
  const services =
    (commands: typeof EIGHT_COMMANDS) =>
    (id: string): Lot => {
      return async (unit) => {
        for (const { by, instruction } of commands)
          await unit(() => cases.execute(actorOf(by), id, instruction, asked(undefined)));
      };
    };
  const stays = EIGHT_COMMANDS.slice(2, 4);
  const rungs: Record<string, (id: string) => Lot> = {
    insert: eightTimes(insert),
    claimLockEventUpdate: eightTimes((id) => bareCommand(free, id, undefined)),
    underRowLevelSecurity: eightTimes((id) => bareCommand(protectedBy, id, undefined)),
    sealed: eightTimes((id) => bareCommand(protectedBy, id, keys)),
    chartAndClocks: services([...stays, ...stays, ...stays, ...stays]),
    sevenCommands: services(EIGHT_COMMANDS.slice(0, 7)),
    eightCommands: services(EIGHT_COMMANDS),
  };

  const used: Record<string, number[]> = {};
  const measure = async (name: string, round: () => Promise<{ units: number; cpuMs: number }>, counts: boolean) => {
    const before = postgres.cpuMs() ?? NaN;
    const { units, cpuMs } = await round();
    const each = (cpuMs + (postgres.cpuMs() ?? NaN) - before) / units;
    if (counts) (used[name] ??= []).push(each);
  };
  for (let n = -2; n < rounds; n++) {
    await dbos.prepare(lots * 2);
    await measure('dbos', () => dbos.round(), n >= 0);
    for (const [name, lot] of Object.entries(rungs)) {
      const ids = await openedCases(app, lots, poolSize);
      await measure(name, () => measured(ids.map(lot), AT_ONCE), n >= 0);
    }
    if (n === -2) await Promise.all([analyse(superuserUrl), analyse(dbosUrl('postgres'))]);
    say(n < 0 ? 'warmed up' : `round ${n + 1} of ${rounds}`);
  }
  const step = median(used['dbos'] ?? []) ?? NaN;
  const result: Record<string, number> = { dbosCpuMs: step };
  for (const name of Object.keys(rungs)) {
    const ratios = used[name]!.map((each, n) => used['dbos']![n]! / each);
    result[`${name}CpuMs`] = median(used[name]!) ?? NaN;
    result[`${name}Ratio`] = median(ratios) ?? NaN;
  }
  report(result);
});
