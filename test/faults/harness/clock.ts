import type { Jump } from '../oracle/order.js';
import { asked } from './connection.js';

/** The database's clock, which everything legal is reckoned on. It may jump; processes keep their own time. */
export class Clock {
  private aheadMs = 0;
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

  /** Moves it by so much; open connections see it with their next statement. */
  async jump(ms: number): Promise<void> {
    if (this.doubts.at(-1)?.to !== null) this.doubts.push({ from: this.now(), to: null });
    if (ms < 0) this.stepsBack += 1;
    const aheadMs = this.aheadMs + ms;
    await asked(this.ownerUrl, (owner) =>
      owner.query(`CREATE OR REPLACE FUNCTION f1_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS
        $$ SELECT now() + interval '${aheadMs} milliseconds' $$`),
    );
    const before = this.now();
    this.aheadMs = aheadMs;
    this.jumps.push({ before, after: this.now() });
    this.restarted();
  }

  now(): Date {
    return new Date(Date.now() + this.aheadMs);
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
