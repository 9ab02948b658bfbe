import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { confirmClock } from './command-line.js';
import { ask, type World } from './world.js';

/** How long after the end of a fault everything must have arrived, with the waits of the retry schedule jumped over. */
const WITHIN_MS = 60_000;
const LONGEST_ATTEMPT_MS = 11_000;
/** The retry schedule promises eight hours; more is no schedule. */
const LONGEST_WAIT_MS = 8 * 3600 * 1000;
/** What lies in a drop folder is looked at again after a day, and nothing waits for longer. */
const NEVER_MS = 48 * 3600 * 1000;

interface Waiting {
  readonly open: number;
  /** How many of them are still to be tried. */
  readonly tried: number;
  /** Milliseconds until the first of them may be tried again; 0 or less: now. */
  readonly next: number | null;
  readonly leased: number | null;
  /** Who holds the leases: host, process and a random part. */
  readonly owners: readonly string[];
  readonly unsequenced: number;
  readonly passed: number;
  /** The clock jumped, and no deadline is told until an operator confirms the time. */
  readonly held: boolean;
}

/** What is still under way, as the database sees it. */
const WAITING = `
  SELECT (SELECT count(*)::int FROM obligation o WHERE NOT EXISTS (SELECT FROM receipt WHERE referral_id = o.id)) AS open,
    (SELECT count(*)::int FROM outbox WHERE done_at IS NULL) AS tried,
    (SELECT (extract(epoch FROM min(next_attempt_at) - f1_now()) * 1000)::float8 FROM outbox WHERE done_at IS NULL
      AND (lease_until IS NULL OR lease_until <= f1_now())) AS next,
    (SELECT (extract(epoch FROM min(lease_until) - f1_now()) * 1000)::float8 FROM outbox WHERE done_at IS NULL
      AND lease_until > f1_now()) AS leased,
    ARRAY(SELECT DISTINCT lease_owner FROM outbox WHERE done_at IS NULL AND lease_until > f1_now()) AS owners,
    (SELECT (SELECT count(*) FROM event) - (SELECT count(*) FROM ledger WHERE source = 'event'))::int AS unsequenced,
    (SELECT count(*)::int FROM deadline WHERE next_step_at <= f1_now() AND met_at IS NULL AND ended_at IS NULL) AS passed,
    EXISTS (SELECT FROM clock_mark WHERE held_since IS NOT NULL) AS held`;

/**
 * Waits until every obligation has its receipt, the ledger has every event and every passed deadline is told. Time that only
 * has to pass (a retry not yet due, a dead worker's lease) is jumped over on the database's clock. False after a minute,
 * or where it is so wanted as soon as something without a receipt is to be tried no more.
 */
export async function becomeQuiet(
  world: World,
  { within = WITHIN_MS, hoping = true }: { within?: number; hoping?: boolean } = {},
): Promise<boolean> {
  const until = Date.now() + within;
  let stuckSince = Date.now();
  let before = -1;
  for (;;) {
    const [waiting] = await ask<Waiting>(world, WAITING);
    if (waiting && waiting.open === 0 && waiting.unsequenced === 0 && waiting.passed === 0 && !waiting.held) {
      world.clock.settled();
      return true;
    }
    if (Date.now() > until || (!hoping && waiting && isHopeless(waiting))) return false;
    if (waiting?.held) {
      await confirmClock(world);
      world.clock.settled();
    }
    if (waiting && waiting.open !== before) {
      before = waiting.open;
      stuckSince = Date.now();
    }
    const wait = waiting && jumpOver(waiting, Date.now() - stuckSince);
    if (wait) {
      await world.clock.jump(wait);
      stuckSince = Date.now();
    }
    await pause(200);
  }
}

/** Something has no receipt and is never tried again: no waiting brings one. */
const isHopeless = ({ open, tried, next, leased }: Waiting): boolean =>
  open > 0 && (leased === null ? tried === 0 || (next !== null && next > NEVER_MS) : leased > NEVER_MS);

/** A living worker's attempts are not cut short: its lease is jumped over only when longer than any attempt nothing has arrived. */
function jumpOver({ next, leased, owners }: Waiting, stuckMs: number): number | undefined {
  if (leased === null) return next !== null && next > 0 && next <= LONGEST_WAIT_MS ? Math.ceil(next) + 1 : undefined;
  if (leased > NEVER_MS) return undefined;
  return stuckMs > LONGEST_ATTEMPT_MS || !owners.some(lives) ? Math.ceil(leased) + 1 : undefined;
}

const lives = (owner: string): boolean => existsSync(`/proc/${owner.split('/').at(-2)}`);
