import type { Step } from '../domain/referral/escalation.js';
import type { Snapshot } from '../domain/workflow/decide.js';
import type { WorkflowId } from '../domain/workflow/vocabulary/all.js';
import type { Prepared } from '../platform/database/prepared.js';

/** A deadline of which a step was reached. */
export interface Reached {
  id: string;
  /** null: it is about what belongs to no case. */
  case_id: string | null;
  subject_id: string;
  kind: string;
}

export interface Clock extends Reached {
  source: string;
  step: 0 | Step;
  half_at: Date;
  most_at: Date;
  due_at: Date;
  subject: WorkflowId | null;
  workflow_hash: string | null;
  snapshot: Snapshot | null;
}

/** So many are told in one transaction: after an outage of weeks all that passed is told within seconds. */
const TOGETHER = 50;

/** The same, begun at any of them, so that two workers with one list in hand meet late. */
export function fromAnywhere<T>(items: readonly T[]): T[] {
  const first = Math.floor(Math.random() * items.length);
  return [...items.slice(first), ...items.slice(0, first)];
}

/** Several in one transaction, each case's beside each other; one round trip tells them all. */
export function batches(reached: readonly Reached[]): Reached[][] {
  const byCase = new Map<string | null, Reached[]>();
  for (const one of reached) byCase.set(one.case_id, [...(byCase.get(one.case_id) ?? []), one]);
  const all: Reached[][] = [];
  for (const own of byCase.values()) {
    const last = all.at(-1);
    if (last && last.length + own.length <= TOGETHER) last.push(...own);
    else all.push([...own]);
  }
  return all;
}

/** A deadline that still runs, locked against another worker, with the state of what it is about. */
const open = (which: string): string => `
  SELECT d.id, d.case_id, d.subject_id, d.kind, d.source, d.step, d.half_at, d.most_at, d.due_at, s.subject, s.workflow_hash,
    s.snapshot
  FROM deadline d LEFT JOIN LATERAL (
    SELECT 'case' AS subject, workflow_hash, snapshot FROM case_file WHERE id = d.subject_id
    UNION ALL SELECT 'interview', workflow_hash, snapshot FROM interview WHERE id = d.subject_id
    UNION ALL SELECT 'referral', workflow_hash, snapshot FROM referral WHERE id = d.subject_id) s ON true
  WHERE d.met_at IS NULL AND d.ended_at IS NULL AND ${which}`;
export const OPEN = open('d.id = $1 FOR UPDATE OF d');

/** Of several, those that nobody has: whoever locks two in another order, and this, never wait for each other. */
export const OPEN_TOGETHER: Prepared = {
  name: 'f1_deadlines_open',
  text: open(
    'd.id = ANY ($1::uuid[]) AND d.next_step_at <= f1_now() ORDER BY d.case_id, d.due_at FOR UPDATE OF d SKIP LOCKED',
  ),
};
export const LOCK_CASES: Prepared = {
  name: 'f1_deadline_cases',
  text: `SELECT id, event_seq, event_hash, snapshot FROM case_file WHERE id = ANY ($1::uuid[]) FOR NO KEY UPDATE SKIP LOCKED`,
};
