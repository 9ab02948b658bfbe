import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { Database, type Tx } from '../platform/database/database.js';

/** How far the database's time may run apart from this process's steady clock between two looks. */
const JUMP_MS = 60_000;
/** How often the time is written down while nothing happens. */
const NOTE_MS = 10_000;

interface Mark {
  readonly turn: number;
  readonly seen_at: Date;
  readonly held: boolean;
  readonly jumped_ms: number;
}

export interface ClockState {
  readonly held: boolean;
  /** Milliseconds by which the clock jumped and did not return; negative: back. */
  readonly jumpedMs: number;
}

/**
 * Whether the database's time can be trusted to say that a deadline has passed. It is held against what was last written down and
 * against the steady clock of this process; a jump forward or back holds every escalation, in every process, until an operator
 * confirms the time or the clock returns. A worker that was down is no jump: nothing measured the time between.
 */
@Injectable()
export class ClockGuard {
  private last: { readonly turn: number; readonly database: number; readonly steady: number } | undefined;

  constructor(private readonly database: Database) {}

  /** A steady clock that no setting of the time moves, in milliseconds; tests stand in for it. */
  steady = (): number => performance.now();

  /** As of the last look. */
  state: ClockState = { held: false, jumpedMs: 0 };

  /** Looks at the clock, writes down a jump, and says whether deadlines are held. */
  async look(): Promise<ClockState> {
    this.state = await this.database.inWorkerTx(async (tx) => {
      const mark = await this.markInTx(tx);
      const steady = this.steady();
      const apart = this.apart(mark, tx.now.getTime(), steady);
      const jump = Math.abs(apart) > JUMP_MS;
      const jumpedMs = jump ? mark.jumped_ms + apart : mark.jumped_ms;
      const held = (mark.held || jump) && Math.abs(jumpedMs) > JUMP_MS;
      const turn = jump ? mark.turn + 1 : mark.turn;
      const late = tx.now.getTime() - mark.seen_at.getTime();
      if (jump || Math.abs(late) > NOTE_MS) {
        await tx.rows(
          `UPDATE clock_mark SET seen_at = $1, turn = $2, jumped = make_interval(secs => $3),
             held_since = CASE WHEN $4 THEN coalesce(held_since, $1) END`,
          [tx.now, turn, held ? jumpedMs / 1000 : 0, held],
        );
      }
      this.last = { turn, database: tx.now.getTime(), steady };
      return { held, jumpedMs: held ? jumpedMs : 0 };
    });
    return this.state;
  }

  /** Whether this transaction's time fits to the last look, and nobody holds the deadlines; asked before anything fires. */
  async runsInTx(tx: Tx): Promise<boolean> {
    if (!this.last || Math.abs(this.since(this.last, tx.now.getTime(), this.steady())) > JUMP_MS) return false;
    const held = await tx.one('SELECT FROM clock_mark WHERE held_since IS NOT NULL', [], 'clock_held');
    return held === undefined;
  }

  /** At the first look, and after somebody else's finding, only a step back shows. */
  private apart(mark: Mark, now: number, steady: number): number {
    if (this.last?.turn === mark.turn) return this.since(this.last, now, steady);
    return this.last ? 0 : Math.min(0, now - mark.seen_at.getTime());
  }

  private since(last: { readonly database: number; readonly steady: number }, now: number, steady: number): number {
    return now - last.database - (steady - last.steady);
  }

  private async markInTx(tx: Tx): Promise<Mark> {
    const read = () =>
      tx.one<Mark>(
        `SELECT turn, seen_at, held_since IS NOT NULL AS held, (extract(epoch FROM jumped) * 1000)::float8 AS jumped_ms
         FROM clock_mark FOR UPDATE`,
        [],
        'clock_mark',
      );
    const known = await read();
    if (known) return known;
    await tx.rows('INSERT INTO clock_mark (seen_at) VALUES ($1) ON CONFLICT DO NOTHING', [tx.now]);
    return (await read())!;
  }
}

/** Takes the database's time as right after a jump, in the owner's transaction: escalation goes on. Says whether it was held. */
export async function confirmClock(owner: pg.ClientBase): Promise<ClockState> {
  const { rows } = await owner.query<{ jumped_ms: number }>(
    `SELECT (extract(epoch FROM jumped) * 1000)::float8 AS jumped_ms FROM clock_mark WHERE held_since IS NOT NULL FOR UPDATE`,
  );
  const held = rows[0];
  if (!held) return { held: false, jumpedMs: 0 };
  await owner.query(
    `UPDATE clock_mark SET held_since = NULL, jumped = '0', turn = turn + 1, seen_at = f1_now(), confirmed_at = f1_now()`,
  );
  return { held: true, jumpedMs: held.jumped_ms };
}
