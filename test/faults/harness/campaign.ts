import { setTimeout as pause } from 'node:timers/promises';
import { type Finding, wrong } from '../oracle/finding.js';
import { findFirst, judge, type Verdict } from '../oracle/oracle.js';
import { evidenceOf } from './evidence.js';
import { type Fault, FAULTS, mayOverlap, REDIS_FAULTS } from './faults.js';
import { becomeQuiet } from './quiet.js';
import type { World } from './world.js';

type Say = (line: string) => void;

/** How often a fault comes together with another, where one is left that may. */
const OVERLAPPING = 0.5;

/** All faults by name that a world with this queue can suffer. */
const faultsOf = (queue: string): Readonly<Record<string, Fault>> => ({
  ...FAULTS,
  ...(queue === 'redis' ? REDIS_FAULTS : {}),
});

/** The faults asked for, or all but those left out. Throws at a name that is none of them. */
export function faultNames(
  queue: string,
  only?: readonly string[],
  without: readonly string[] = [],
): readonly string[] {
  const known = Object.keys(faultsOf(queue));
  const unknown = [...(only ?? []), ...without].find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`there is no fault ${JSON.stringify(unknown)} here; there are ${known.join(', ')}`);
  return (only ?? known).filter((name) => !without.includes(name));
}

/** Does a fault by name to a world, and remembers when it was on. Answers what there is to say of it. */
export async function disturb(world: World, name: string): Promise<string | void> {
  const fault = faultsOf(world.wanted.queue)[name];
  if (!fault) throw new TypeError(`there is no fault ${JSON.stringify(name)}`);
  const on = { name, from: Date.now(), to: Infinity };
  world.disturbed.push(on);
  const instead = await fault(world);
  await Promise.all(world.processes.map((process) => process.ready()));
  on.to = Date.now();
  world.clock.restarted();
  return instead;
}

const STILL_UNDER_WAY = wrong('O1', 'long after the fault something was still under way');

/** Waits for quiet, at most a minute, and lets the oracle judge. */
export async function judged(world: World): Promise<Verdict> {
  const quiet = await becomeQuiet(world);
  const verdict = await judge(evidenceOf(world));
  if (quiet) return verdict;
  return { ...verdict, findings: [...verdict.findings, STILL_UNDER_WAY] };
}

/** As `judged`, but only until something is found; what is lost is waited for no longer than said, or than it is hoped for. */
export async function firstFinding(
  world: World,
  lost: { within?: number; hoping?: boolean },
): Promise<Finding | undefined> {
  const quiet = await becomeQuiet(world, lost);
  return (await findFirst(evidenceOf(world))) ?? (quiet ? undefined : STILL_UNDER_WAY);
}

/** Each fault once before any comes again; now and then with another that is on at the same time. */
function* turns({ random }: World, names: readonly string[]): Generator<readonly string[], never> {
  let waiting: string[] = [];
  for (;;) {
    if (waiting.length === 0) waiting = random.shuffled(names);
    const name = waiting.pop()!;
    const other = random.next() < OVERLAPPING ? waiting.findLast((one) => mayOverlap(name, one)) : undefined;
    if (other !== undefined) waiting.splice(waiting.indexOf(other), 1);
    yield other === undefined ? [name] : [name, other];
  }
}

/** Does the faults of one turn: a second begins while the first is on. */
async function suffer(world: World, names: readonly string[]): Promise<string> {
  const said = names.map(async (name, index) => {
    if (index > 0) await pause(world.random.whole(100, 1_500));
    const more = await disturb(world, name);
    return more ? `${name} (${more})` : name;
  });
  return (await Promise.all(said)).join(' while ');
}

/**
 * Load and random faults, until the time is over or something is wrong. After each fault everybody pauses wherever they are, and the
 * oracle judges; at the end they finish what they began, and it judges once more.
 */
export async function campaign(
  world: World,
  { names, until, say }: { readonly names: readonly string[]; readonly until: number; readonly say: Say },
): Promise<Verdict> {
  let turn = 0;
  for (const together of turns(world, names)) {
    world.load.start();
    await pause(world.random.whole(500, 1_500));
    const done = await suffer(world, together);
    await world.load.hold();
    const ended = Date.now();
    const verdict = await judged(world);
    const { obligations, receipts, findings } = verdict;
    say(`turn ${++turn}: ${done}; judged in ${((Date.now() - ended) / 1000).toFixed(1)} s`);
    say(`        ${obligations} obligations, ${receipts} receipts, ${findings.length} findings`);
    if (findings.length > 0) return verdict;
    if (Date.now() > until) break;
  }
  await world.load.rest();
  return judged(world);
}
