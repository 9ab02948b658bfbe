import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoLogin, seedDemo } from '../../src/demo/seed.js';
import { install } from '../../src/installation.js';
import { type BenchPostgres, benchPostgres } from './postgres.js';
import { Side } from './side.js';
import { rounded } from './statistics.js';

/** One run of a benchmark: its PostgreSQL, its sides and its folder, all gone when it ends, also by a signal. */
export interface Run {
  readonly postgres: BenchPostgres;
  readonly dataDir: string;
  say(line: string): void;
  /** A database with the product installed and the demo accounts in it. */
  productDatabase(name: string): Promise<{ url: string; superuserUrl: string; logins: readonly DemoLogin[] }>;
  start(program: string, settings: object): Promise<Side>;
  /** With `--json` the last line is one flat JSON object; without, a figure a line. */
  report(result: Record<string, number | string | undefined>): void;
  /** Called when the run ends, last first. */
  afterwards(step: () => unknown): void;
}

export function benchmark(json: boolean, work: (run: Run) => Promise<void>): void {
  const say = (line: string): void => void (json ? process.stderr : process.stdout).write(`${line}\n`);
  running(json, say, work).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  });
}

async function running(json: boolean, say: Run['say'], work: (run: Run) => Promise<void>): Promise<void> {
  const steps: (() => unknown)[] = [];
  const sides: Side[] = [];
  const stop = (): void => sides.splice(0).forEach((side) => void side.stop());
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const dataDir = mkdtempSync(join(tmpdir(), 'f1-bench-'));
  steps.push(() => rmSync(dataDir, { recursive: true, force: true }));
  try {
    const postgres = await benchPostgres(say);
    steps.push(() => postgres.close());
    await work({
      postgres,
      dataDir,
      say,
      async productDatabase(name) {
        const url = await postgres.database(name, 'f1_owner');
        await install(url('f1_owner'), () => undefined);
        const logins = await seedDemo(url('f1_owner'), dataDir);
        return { url: url('f1_app'), superuserUrl: url('postgres'), logins };
      },
      async start(program, settings) {
        const side = await Side.start(program, settings);
        sides.push(side);
        return side;
      },
      report(result) {
        const flat = rounded(result);
        if (json) process.stdout.write(`${JSON.stringify(flat)}\n`);
        else for (const [name, value] of Object.entries(flat)) say(`${name.padEnd(28)} ${value}`);
      },
      afterwards: (step) => void steps.push(step),
    });
  } finally {
    await Promise.all(sides.map((side) => side.stop()));
    for (const step of steps.reverse()) await step();
  }
}
