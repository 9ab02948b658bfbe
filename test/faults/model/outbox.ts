import { retryDelay } from '../../../src/domain/referral/retry.js';

/** One row of the outbox with its attempts, as far as the relay and the workers decide on them. Times in milliseconds. */
export interface OutboxRow {
  readonly epoch: number;
  readonly failures: number;
  readonly nextAt: number;
  readonly leaseUntil: number | null;
  readonly done: boolean;
  /** Epochs whose attempt has begun, each with how it ended: null while it lasts. */
  readonly attempts: Readonly<Record<number, 'failed' | 'received' | 'abandoned' | null>>;
}

export const LEASE_MS = 30_000;

export const fresh = (now: number): OutboxRow => ({
  epoch: 0,
  failures: 0,
  nextAt: now,
  leaseUntil: null,
  done: false,
  attempts: {},
});

/*
 * What the statements of `src/referrals/delivery.store.ts` mean for one row. A test on PostgreSQL holds them against each other
 * (test/medium/outbox-model.spec.ts); the wait after a failure is the product's own function.
 */

/** The relay's lease: undefined when it is not due or somebody else holds it. */
export function claimed(row: OutboxRow, now: number): OutboxRow | undefined {
  if (row.done || row.nextAt > now || (row.leaseUntil !== null && row.leaseUntil > now)) return undefined;
  return { ...row, epoch: row.epoch + 1, leaseUntil: now + LEASE_MS };
}

/** Begins the attempt of that epoch: undefined when the epoch is over, the attempt has begun, or all is done. */
export function started(row: OutboxRow, epoch: number, now: number): OutboxRow | undefined {
  if (row.done || row.epoch !== epoch || epoch in row.attempts) return undefined;
  const given = Object.entries(row.attempts).map(([number, end]) => [number, end ?? 'abandoned'] as const);
  return { ...row, leaseUntil: now + LEASE_MS, attempts: { ...Object.fromEntries(given), [epoch]: null } };
}

/** Ends a failed attempt, and says when to try again unless another epoch has begun. */
export function failed(row: OutboxRow, epoch: number, now: number): OutboxRow {
  const attempts = ended(row, epoch, 'failed');
  if (row.done || row.epoch !== epoch) return { ...row, attempts };
  const failures = row.failures + 1;
  return { ...row, attempts, failures, nextAt: now + retryDelay(failures), leaseUntil: null };
}

/** Records a receipt, whichever epoch brings it; the second one changes nothing but its own attempt. */
export function received(row: OutboxRow, epoch: number): OutboxRow {
  return { ...row, attempts: ended(row, epoch, 'received'), done: true, leaseUntil: row.done ? row.leaseUntil : null };
}

const ended = (row: OutboxRow, epoch: number, how: 'failed' | 'received'): OutboxRow['attempts'] =>
  row.attempts[epoch] === null ? { ...row.attempts, [epoch]: how } : row.attempts;
