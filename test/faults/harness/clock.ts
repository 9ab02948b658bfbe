import type pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import type { Jump } from '../oracle/order.js';
import { asked } from './connection.js';

/** By so much a jump is announced: by then every connection has heard of it. */
const ANNOUNCED_MS = 200;
const MOST_ANNOUNCED_MS = 10_000;

/**
 * The database's clock, which everything legal is reckoned on. It may jump; processes keep their own time. As with a real one, a
 * transaction has one time, that of its beginning, also when the clock jumps meanwhile.
 */
export class Clock {
  private aheadMs = 0;
  /** Real instants, and by how much it was ahead from then on. */
  private readonly course: { readonly from: number; readonly aheadMs: number }[] = [{ from: -Infinity, aheadMs: 0 }];
  /** How often it went back. */
  stepsBack = 0;
  /** Instants of this clock at which something was let to happen that could not before: after jumps and outages. */
  readonly restarts: Date[] = [];
  /** Between these transactions nobody knew the time, and no deadline may have been told. */
  readonly held: { readonly from: string; readonly to: string }[] = [];

  /** From a jump until the time was confirmed, or was seen to need no confirming: what a command closed then could not be told. */
  readonly doubts: { readonly from: Date; to: Date | null }[] = [];

  /** What this clock showed last before each jump, and first after it. */
  readonly jumps: Jump[] = [];

  constructor(private readonly ownerUrl: string) {}

  /** Moves it by so much; every transaction that begins after this settles has the new time. */
  async jump(ms: number): Promise<void> {
    if (this.doubts.at(-1)?.to !== null) this.doubts.push({ from: this.now(), to: null });
    if (ms < 0) this.stepsBack += 1;
    const [before, after] = [this.aheadMs, this.aheadMs + ms];
    const at = await asked(this.ownerUrl, (owner) => moved(owner, before, after));
    await pause(Math.max(0, at - Date.now()));
    this.aheadMs = after;
    this.course.push({ from: at, aheadMs: after });
    this.jumps.push({ before: new Date(at + before), after: new Date(at + after) });
    this.restarted();
  }

  now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  /** What it showed between two real instants: an interval for each stretch between two jumps. */
  shown(from: number, to: number): { readonly from: Date; readonly to: Date }[] {
    return this.course.flatMap(({ from: begun, aheadMs }, n) => {
      const first = Math.max(from, begun);
      const last = Math.min(to, this.course[n + 1]?.from ?? Infinity);
      return first <= last ? [{ from: new Date(first + aheadMs), to: new Date(Math.min(last + aheadMs, LATEST)) }] : [];
    });
  }

  /** Nobody doubts the time any more. */
  settled(): void {
    const last = this.doubts.at(-1);
    if (last) last.to ??= this.now();
    this.restarted();
  }

  /** From here on nothing keeps a deadline from being seen to. */
  restarted(): void {
    this.restarts.push(this.now());
  }
}

/** The last instant that a date can be. */
const LATEST = 8.64e15;

/** Lets the clock jump at a real instant a moment ahead, which is answered. */
async function moved(owner: pg.Client, beforeMs: number, afterMs: number): Promise<number> {
  for (let announced = ANNOUNCED_MS; ; announced *= 2) {
    const at = Date.now() + announced;
    await owner.query('BEGIN');
    await owner.query(`CREATE OR REPLACE FUNCTION f1_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS
      $$ SELECT now() + CASE WHEN now() < '${new Date(at).toISOString()}' THEN interval '${beforeMs} milliseconds'
        ELSE interval '${afterMs} milliseconds' END $$`);
    const isInTime = Date.now() < at - announced / 2;
    await owner.query(isInTime || announced > MOST_ANNOUNCED_MS ? 'COMMIT' : 'ROLLBACK');
    if (isInTime || announced > MOST_ANNOUNCED_MS) return at;
  }
}
