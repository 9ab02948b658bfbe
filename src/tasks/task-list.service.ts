import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { Addressee, Staff, Step } from '../domain/referral/escalation.js';
import type { Tx } from '../platform/database/database.js';
import type { Write } from '../platform/database/write.js';

export interface DeadlineTask {
  readonly caseId: string;
  readonly deadlineId: string;
  readonly step: Step;
}

/** Puts tasks on people's lists, in the worker; the database takes them off when their deadline is met, ended or restarted. */
@Injectable()
export class TaskListService {
  async staffInTx(tx: Tx, caseId: string): Promise<Staff> {
    const row = await tx.one<{ assigned: Staff['assigned']; lead: string | null; decision_maker: string | null }>(
      `SELECT coalesce((SELECT json_agg(json_build_object('userId', a.user_id, 'role', a.role) ORDER BY a.assigned_at)
           FROM assignment a JOIN app_user u ON u.id = a.user_id AND u.disabled_at IS NULL
           WHERE a.case_id = c.id AND a.ended_at IS NULL), '[]') AS assigned,
         (SELECT l.user_id FROM unit_lead l JOIN app_user u ON u.id = l.user_id AND u.disabled_at IS NULL
           WHERE l.unit = c.unit) AS lead,
         (SELECT u.id FROM app_user u WHERE u.unit = c.unit AND u.disabled_at IS NULL AND 'decisionMaker' = ANY (u.roles)
           ORDER BY u.created_at, u.username LIMIT 1) AS decision_maker
       FROM case_file c WHERE c.id = $1`,
      [caseId],
      'task_staff',
    );
    if (!row) throw new Error(`case ${caseId} is gone`);
    return { assigned: row.assigned, lead: row.lead, decisionMaker: row.decision_maker };
  }

  /** Puts this step on these lists; who has the task already keeps it, and its step moves on. */
  put(tx: Tx, write: Write, task: DeadlineTask, people: readonly Addressee[]): void {
    for (const { userId, because } of people) {
      write.upsert(
        'task',
        {
          id: randomUUID(),
          kind: 'deadline',
          case_id: task.caseId,
          deadline_id: task.deadlineId,
          assignee_id: userId,
          because,
          step: task.step,
          created_at: tx.now,
        },
        '(deadline_id, assignee_id) WHERE done_at IS NULL AND deadline_id IS NOT NULL',
        ['step', 'because'],
      );
    }
  }

  /** Takes a deadline off the lists of everybody else. */
  async keepOnlyInTx(tx: Tx, deadlineId: string, people: readonly Addressee[]): Promise<void> {
    await tx.rows(
      `UPDATE task SET done_at = f1_now(), done_because = 'reassigned'
       WHERE deadline_id = $1 AND done_at IS NULL AND assignee_id <> ALL ($2::uuid[])`,
      [deadlineId, people.map(({ userId }) => userId)],
      'task_reassigned',
    );
  }

  /**
   * Open deadlines that were told to nobody who can still act: on no list, or on that of somebody who left, moved away or is no
   * longer assigned.
   */
  async strandedInTx(tx: Tx, most: number): Promise<string[]> {
    const rows = await tx.rows<{ id: string }>(
      `SELECT d.id FROM deadline d JOIN case_file c ON c.id = d.case_id
       WHERE d.met_at IS NULL AND d.ended_at IS NULL AND d.step > 0 AND (
         NOT EXISTS (SELECT FROM task t WHERE t.deadline_id = d.id AND t.done_at IS NULL)
         OR EXISTS (SELECT FROM task t JOIN app_user u ON u.id = t.assignee_id
           WHERE t.deadline_id = d.id AND t.done_at IS NULL AND (u.disabled_at IS NOT NULL
             OR ((t.because = 'assigned' OR u.unit IS DISTINCT FROM c.unit) AND NOT EXISTS (SELECT FROM assignment a
               WHERE a.case_id = c.id AND a.user_id = u.id AND a.ended_at IS NULL)))))
       ORDER BY d.due_at LIMIT $1`,
      [most],
      'task_stranded',
    );
    return rows.map(({ id }) => id);
  }

  /**
   * What an operator must look into, on every operator's list while it lasts: a clock that jumped, deliveries that are late,
   * a unit in which nobody can be told, sending that is held.
   */
  async tellOperatorsInTx(tx: Tx): Promise<void> {
    await tx.rows(CONDITIONS, [], 'task_conditions');
  }
}

/** A set of rows at once, so that their ids are made where they are. */
const CONDITIONS = `
  WITH condition (kind, unit) AS (
    SELECT 'clockJumped', NULL::text FROM clock_mark WHERE held_since IS NOT NULL
    UNION ALL
    SELECT 'sendingHeld', NULL FROM sending_hold WHERE resumed_at IS NULL
    UNION ALL
    SELECT 'deliveryLate', NULL WHERE EXISTS (
      SELECT FROM deadline WHERE kind = 'refer' AND met_at IS NULL AND ended_at IS NULL AND step >= 80)
    UNION ALL
    SELECT DISTINCT 'nobodyResponsible', c.unit FROM deadline d JOIN case_file c ON c.id = d.case_id
    WHERE d.met_at IS NULL AND d.ended_at IS NULL AND d.step > 0
      AND NOT EXISTS (SELECT FROM task t WHERE t.deadline_id = d.id AND t.done_at IS NULL)),
  resolved AS (
    UPDATE task t SET done_at = f1_now(), done_because = 'resolved' WHERE t.deadline_id IS NULL AND t.done_at IS NULL
      AND NOT EXISTS (SELECT FROM condition c WHERE c.kind = t.kind AND c.unit IS NOT DISTINCT FROM t.unit))
  INSERT INTO task (id, kind, unit, assignee_id, because)
  SELECT gen_random_uuid(), c.kind, c.unit, u.id, 'operates' FROM condition c
  JOIN app_user u ON 'operator' = ANY (u.roles) AND u.disabled_at IS NULL
  WHERE NOT EXISTS (SELECT FROM task t WHERE t.kind = c.kind AND t.unit IS NOT DISTINCT FROM c.unit AND t.assignee_id = u.id
    AND t.done_at IS NULL)
  ON CONFLICT DO NOTHING`;
