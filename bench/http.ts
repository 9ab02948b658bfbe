/**
 * Commands per second over HTTP: the eight commands of `bench:commands` sent by 50 clients at once to one API process over
 * loopback, each answered with the whole view of the case. No peer; compare with `bench:commands` of the same machine.
 * Run: npm run bench:http [-- --json] [--rounds=3] [--seconds=6] [--pool=20]; DATABASE_URL: a superuser's URL of another PostgreSQL.
 */
import { parseArgs } from 'node:util';
import { freePort } from '../src/platform/http/free-port.js';
import { cpuMsOf } from './support/cpu.js';
import { post } from './support/http-post.js';
import { benchmark } from './support/run.js';
import { highest, lowest, median } from './support/statistics.js';

const AT_ONCE = 50;
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    pool: { type: 'string', default: '20' },
  },
});

benchmark(options.json, async ({ postgres, dataDir, productDatabase, start, say, report }) => {
  const { url, logins } = await productDatabase('product');
  const port = await freePort();
  const settings = { url, dataDir, poolSize: Number(options.pool), atOnce: AT_ONCE };
  const server = await start('./server.side.ts', { ...settings, port });
  const tokens: Record<string, string> = {};
  for (const { username, password } of logins) {
    const { token } = await post<{ token: string }>({ port, path: '/api/tokens', body: { username, password } });
    tokens[username] = token;
  }
  const client = await start('./http-client.side.ts', { port, tokens, atOnce: AT_ONCE });

  await client.prepare(AT_ONCE * 2);
  const warm = await client.round();
  const lots = Math.max(AT_ONCE, Math.round(((warm.units / warm.wallMs) * 1000 * Number(options.seconds)) / 8));
  const rounds = [];
  for (let n = 1; n <= Math.max(1, Number(options.rounds)); n++) {
    await client.prepare(lots);
    const before = { server: cpuMsOf(server.pid), postgres: postgres.cpuMs() };
    const { units, wallMs, p50Ms, p99Ms } = await client.round();
    const after = { server: cpuMsOf(server.pid), postgres: postgres.cpuMs() };
    const each = (which: 'server' | 'postgres'): number | undefined =>
      after[which] === undefined || before[which] === undefined ? undefined : (after[which] - before[which]) / units;
    const perSecond = units / (wallMs / 1000);
    rounds.push({ units, perSecond, p50Ms, p99Ms, server: each('server'), postgres: each('postgres') });
    say(`round ${n}: ${perSecond.toFixed(0)} commands/s, p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms`);
  }
  const perSecond = rounds.map((round) => round.perSecond);
  report({
    commandsPerSecond: median(perSecond),
    commandsPerSecondLowest: lowest(perSecond),
    commandsPerSecondHighest: highest(perSecond),
    cpuMsPerCommand: median(rounds.map(({ server: used }) => used)),
    postgresCpuMsPerCommand: median(rounds.map(({ postgres: used }) => used)),
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    atOnce: AT_ONCE,
    poolSize: Number(options.pool),
    rounds: rounds.length,
    commands: rounds.reduce((sum, { units }) => sum + units, 0),
    postgres: postgres.version,
    node: process.versions.node,
  });
});
