import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Reconciled } from '../oracle/finding.js';
import type { World } from './world.js';

/** `f1 reconcile --json`; its exit code only repeats what the line says. */
export async function reconciled(world: World): Promise<Reconciled> {
  const { said, complained } = await f1(world, ['reconcile', '--json']);
  const line = said.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) throw new Error(`f1 reconcile said nothing: ${complained}`);
  return JSON.parse(line) as Reconciled;
}

/** `f1 clock confirm`, which an operator gives after a jump of the clock. */
export const confirmClock = async (world: World): Promise<void> =>
  void (await f1(world, ['clock', 'confirm', '--as', 'operator'], `${world.installation.passwords['operator']}\n`));

/** A command of the operator, as it is typed, with what is typed after it. */
export async function f1(
  { installation, database, ownerUrl, wanted, dataDir }: World,
  args: readonly string[],
  input = '',
) {
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, [join(wanted.dist, 'cli.js'), ...args], {
    env: {
      PATH,
      HOME,
      TMPDIR,
      NODE_ENV: 'test',
      DATABASE_URL: installation.urlFor('f1_worker', database),
      MIGRATION_DATABASE_URL: ownerUrl,
      F1_DATA_DIR: dataDir,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  let said = '';
  let complained = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()));
  await once(child, 'close');
  return { said, complained };
}
