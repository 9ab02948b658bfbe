import { type Evidence, type Finding, wrong } from './finding.js';
import { isCertainlyAfter, isCertainlyWithin, LEASE_MS, SLACK_MS } from './order.js';
import { readReceiverLog } from './receiver-log.js';

interface Attempt {
  readonly id: string;
  readonly number: number;
  readonly channel: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly outcome: string | null;
  /** When the receipt was recorded, by the clock that its transaction began with. */
  readonly recorded_at: Date | null;
  /** When the next attempt on the same referral began. */
  readonly next_at: Date | null;
}

/** How an attempt ends that did what it should: what was put into a drop folder waits for its receipt. */
const OVER = ['received', 'waiting'];

const ATTEMPTS = `
  SELECT d.referral_id AS id, d.number, a.channel, d.started_at, d.finished_at, d.outcome, p.recorded_at,
    lead(d.started_at) OVER (PARTITION BY d.referral_id ORDER BY d.number) AS next_at
  FROM delivery_attempt d JOIN obligation o ON o.id = d.referral_id JOIN authority a ON a.id = o.authority_id LEFT JOIN receipt p ON p.referral_id = d.referral_id`;

/** O4: one body per id on the wire, no copy that no attempt stands for, none after the receipt, none without a fault. */
export async function checkDeliveries(evidence: Evidence): Promise<{ findings: Finding[]; wireDuplicates: number }> {
  const attempts = await evidence.ask<Attempt>(ATTEMPTS);
  const { restored } = evidence;
  const made = attemptsOf(attempts, restored);
  const findings: Finding[] = [];
  // Its recipient looks into a drop folder as often as it likes.
  const files = new Set(attempts.filter(({ channel }) => channel === 'file').map(({ id }) => id));
  let wireDuplicates = 0;
  for (const [id, { duplicates, ...copies }] of readReceiverLog(evidence.receiverLog)) {
    wireDuplicates += duplicates;
    const changed = restored?.obligations.has(id) ? copies.otherPackage : copies.changed;
    if (changed > 0) findings.push(wrong('O4', `${id} arrived with another body ${changed} times`));
    if (duplicates > 0 && !files.has(id) && duplicates + 1 > (made.get(id) ?? 0))
      findings.push(wrong('O4', `${id} arrived ${duplicates + 1} times in ${made.get(id) ?? 0} attempts`));
  }
  for (const attempt of attempts) {
    const name = `attempt ${attempt.number} on ${attempt.id}`;
    if (attempt.recorded_at && isCertainlyAfter(attempt.started_at, attempt.recorded_at, evidence.jumps))
      findings.push(wrong('O4', `${name} began after the receipt`));
    if (isCutShort(attempt, evidence.jumps)) findings.push(wrong('O4', `${name} was not over when the next one began`));
    if (!OVER.includes(attempt.outcome ?? '') && !isExplained(attempt, evidence.faults))
      findings.push(wrong('O4', `${name} ended ${attempt.outcome ?? 'without a word'}, and no fault explains it`));
  }
  return { findings, wireDuplicates };
}

/** Made on each referral, in this database and in those that an older backup has replaced. */
function attemptsOf(attempts: readonly Attempt[], restored: Evidence['restored']): ReadonlyMap<string, number> {
  const made = new Map(restored?.attempts);
  for (const { id } of attempts) made.set(id, (made.get(id) ?? 0) + 1);
  return made;
}

/** A fault was on while the attempt was made, or between it and the one that took over. */
const isExplained = ({ started_at, finished_at }: Attempt, faults: Evidence['faults']): boolean =>
  faults.some(
    ({ from, to }) =>
      started_at.getTime() <= to.getTime() + SLACK_MS &&
      (finished_at === null || finished_at.getTime() >= from.getTime() - SLACK_MS),
  );

/** Given up as abandoned although its lease still ran. */
const isCutShort = ({ outcome, started_at, next_at }: Attempt, jumps: Evidence['jumps']): boolean =>
  outcome === 'abandoned' && next_at !== null && isCertainlyWithin(LEASE_MS - 100, started_at, next_at, jumps);
