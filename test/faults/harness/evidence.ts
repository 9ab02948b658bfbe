import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Evidence, Reconciled } from '../oracle/finding.js';
import { ask, publicKeyOf, type World } from './world.js';

/** What the oracle may look at of a world. */
export const evidenceOf = (world: World): Evidence => ({
  ask: (text, values) => ask(world, text, values),
  receiverLog: world.receiver.log,
  receiverKey: publicKeyOf(world.receiver.receiptPublicKey),
  installationKey: publicKeyOf(world.signingKey),
  journal: world.journal.all(),
  surprises: world.journal.surprises,
  reconcile: () => reconciled(world),
  restarts: world.clock.restarts,
  faults: world.disturbed,
});

/** `f1 reconcile --json` as an operator runs it; its exit code only repeats what the line says. */
async function reconciled({ installation, database, ownerUrl, wanted }: World): Promise<Reconciled> {
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, [join(wanted.dist, 'cli.js'), 'reconcile', '--json'], {
    env: {
      PATH,
      HOME,
      TMPDIR,
      NODE_ENV: 'test',
      DATABASE_URL: installation.urlFor('f1_worker', database),
      MIGRATION_DATABASE_URL: ownerUrl,
      F1_DATA_DIR: installation.dataDir,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complained = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()));
  await once(child, 'close');
  const line = said.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) throw new Error(`f1 reconcile said nothing: ${complained}`);
  return JSON.parse(line) as Reconciled;
}
