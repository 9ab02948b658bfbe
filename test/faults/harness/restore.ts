import { type KeyObject, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Before } from '../oracle/finding.js';
import { readReceiverLog } from '../oracle/receiver-log.js';
import { f1 } from './command-line.js';
import type { Fault } from './faults.js';
import { ask, type World } from './world.js';

const SECOND = 1000;

/** Counts up to `enough`, but not for ever; a machine that is too slow to get there has tried all the same. */
async function atLeast(enough: number, within: number, count: () => number | Promise<number>): Promise<void> {
  for (let waited = 0; (await count()) < enough && waited < within; waited += 250) await pause(250);
}

/** A command of the operator that has to go well; gives what it said. */
async function done(world: World, args: readonly string[], input?: string): Promise<void> {
  const { said, complained } = await f1(world, [...args, '--json'], input);
  const line = said.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{') || (JSON.parse(line) as { ok?: boolean }).ok !== true)
    throw new Error(`f1 ${args.join(' ')} did not go well: ${line} ${complained}`);
}

const idsAtReceiver = (world: World): number => readReceiverLog(world.receiver.log).size;

/** How often the delivery of each referral was attempted, as this database knows. */
async function attemptsIn(world: World): Promise<Map<string, number>> {
  const counted = 'SELECT referral_id AS id, count(*)::int AS n FROM delivery_attempt GROUP BY 1';
  return new Map((await ask<{ id: string; n: number }>(world, counted)).map(({ id, n }) => [id, n]));
}

/** The authority of each obligation, of all that there ever were. */
async function authorities(world: World): Promise<Map<string, string>> {
  const rows = await ask<{ id: string; authority: string }>(
    world,
    'SELECT id, authority_id AS authority FROM obligation',
  );
  return new Map([
    ...(world.restored?.obligations ?? []),
    ...rows.map(({ id, authority }) => [id, authority] as const),
  ]);
}

/** What the database knows that is about to be replaced, with what earlier ones knew. */
async function photographed(world: World): Promise<Before> {
  const { restored: earlier } = world;
  const commands = await ask<{ key: string; tx: string }>(world, 'SELECT key, xmin::text AS tx FROM command');
  const attempts = await attemptsIn(world);
  for (const [id, n] of earlier?.attempts ?? []) attempts.set(id, (attempts.get(id) ?? 0) + n);
  return {
    commands: new Map(commands.map(({ key, tx }) => [key, earlier?.commands.get(key) ?? tx])),
    attempts,
    obligations: await authorities(world),
  };
}

/** An authority's own list of all that it has received, signed with its key: what a receiver knows and we may not. */
async function statementOf(world: World, authority: string, key: KeyObject): Promise<string> {
  // Everything received by then is in it: the log is read after the instant it speaks of.
  const at = new Date().toISOString();
  const received = [...readReceiverLog(world.receiver.log)];
  const recipients = await authorities(world);
  const referrals = received
    .filter(([id]) => recipients.get(id) === authority)
    .map(([id, { bodySha256, packageSha256, receivedAt }]) => ({ id, bodySha256, packageSha256, receivedAt }));
  const said = { format: 'f1-statement/1', at, referrals };
  const text = [{ alg: 'EdDSA' }, said]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}

/** A backup is taken under load, the receiver hears of more, and then the database is gone and comes back from that backup. */
async function lostAndRestored(world: World): Promise<void> {
  const { load, journal, processes, installation, database, tablespace, clock } = world;
  const file = join(world.folder, `backup-${world.disturbed.length}`);
  load.start();
  const from = Date.now();
  await done(world, ['backup', 'create', '--to', file]);
  const to = Date.now();
  const known = idsAtReceiver(world);
  await atLeast(known + 5, 30 * SECOND, () => idsAtReceiver(world));
  await load.rest();
  await Promise.all(processes.map((process) => process.kill()));
  const before = await photographed(world);
  await installation.emptied(database, tablespace);
  await done(world, ['backup', 'restore', '--file', file]);
  await clock.jump(0);
  journal.rolledBack(from, to);
  const kept = await attemptsIn(world);
  const gone = [...before.attempts].map(([id, n]) => [id, n - (kept.get(id) ?? 0)] as const);
  world.restored = { ...before, attempts: new Map(gone) };
  for (const process of processes) process.launch();
  await Promise.all(processes.map((process) => process.ready()));
}

const WAITING = `SELECT count(*)::int AS n FROM outbox WHERE done_at IS NULL AND next_attempt_at <= f1_now()`;

/**
 * An older backup is restored under a receiver that knows more. Sending is held until the operator lets it go on; the authorities'
 * own lists, which the reconciler is then given, show what they have and the database has not.
 */
export const olderBackupRestored: Fault = async (world) => {
  await lostAndRestored(world);
  const known = idsAtReceiver(world);
  world.load.start();
  await atLeast(3, 30 * SECOND, async () => (await ask<{ n: number }>(world, WAITING))[0]!.n);
  await pause(3 * SECOND);
  if (idsAtReceiver(world) > known) world.journal.surprise('something was sent while sending was held after a restore');
  await done(world, ['resume-sending', '--as', 'operator'], `${world.installation.passwords['operator']}\n`);
  for (const [authority, key] of world.listKeys) {
    const file = join(world.folder, 'statement.jws');
    writeFileSync(file, await statementOf(world, authority, key));
    // What it finds is the oracle's to judge, at rest.
    await f1(world, ['reconcile', '--json', '--statement', file]);
  }
};
