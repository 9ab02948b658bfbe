import { setTimeout as pause } from 'node:timers/promises';
import { confirmClock } from './command-line.js';
import type { Fault } from './faults.js';
import { ask, type World } from './world.js';

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;
const NOTICED_WITHIN_MS = 20 * SECOND;

const isHeld = async (world: World): Promise<boolean> =>
  (await ask(world, 'SELECT FROM clock_mark WHERE held_since IS NOT NULL')).length > 0;

async function until(wanted: boolean, world: World, otherwise: string): Promise<void> {
  for (let waited = 0; (await isHeld(world)) !== wanted; waited += 250) {
    if (waited > NOTICED_WITHIN_MS) return world.journal.surprise(otherwise);
    await pause(250);
  }
}

const currentTransaction = async (world: World): Promise<string> => {
  const [row] = await ask<{ tx: string }>(world, 'SELECT pg_current_xact_id()::text AS tx');
  return row!.tx;
};

/** The database's clock jumps: deadlines must be held, and say so, until `release`; meanwhile nothing may be told. */
async function jumped(world: World, ms: number, release: () => Promise<void>): Promise<void> {
  await world.clock.jump(ms);
  await until(true, world, `the database's clock jumped by ${ms} ms and nobody holds the deadlines`);
  const from = await currentTransaction(world);
  await pause(2 * SECOND);
  world.clock.held.push({ from, to: await currentTransaction(world) });
  await release();
  world.clock.settled();
}

/** The clocks of all processes are wrong, each in its way, for as long as the work takes to meet it. */
const processClocksJump: Fault = async (world) => {
  const all = world.processes.map((process) => ({ process, clock: process.clock! }));
  for (const { clock } of all) clock.set(world.random.pick([30 * 24 * 3600, -24 * 3600]));
  const everywhere = () => Promise.all(all.map(({ process, clock }) => clock.seenAt(process.address)));
  await everywhere();
  await pause(3 * SECOND);
  for (const { clock } of all) clock.set(0);
  await everywhere();
};

export const CLOCK_FAULTS: Readonly<Record<string, Fault>> = {
  processClocksJump,
  monthPasses: async (world) => {
    await jumped(world, 30 * DAY, () => confirmClock(world));
    await pause(6 * SECOND);
  },
  /** As when a server is set wrong by hand and set right again: nobody confirms anything. */
  clockStepsBack: (world) =>
    jumped(world, -DAY, async () => {
      await world.clock.jump(DAY);
      await until(false, world, 'the clock has returned and the deadlines are still held');
    }),
  /** What is put off meanwhile must not wait until the right time has come that far. */
  clockRunsAhead: async (world) => {
    await world.receiver.misbehave('error500');
    await jumped(world, 3 * DAY, async () => {
      await world.receiver.misbehave('none');
      await world.clock.jump(-3 * DAY);
      await until(false, world, 'the clock has returned and the deadlines are still held');
    });
  },
  clockJumps: async (world) => {
    await world.clock.jump(world.random.whole(1, 72) * 3600 * SECOND);
    await pause(SECOND);
  },
};
