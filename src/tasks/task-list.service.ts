import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type Addressee, type Answering, type Staff, type Step, TOLD_AT_ONCE } from '../domain/referral/escalation.js';
import type { Tx } from '../platform/database/database.js';
import type { Prepared } from '../platform/database/prepared.js';
import type { Write } from '../platform/database/write.js';

/** Whom a deadline of a case could be told to. */
interface Task {
  readonly caseId: string;
  readonly kind: string;
  readonly subjectId: string;
  readonly roles: readonly string[];
}

export interface DeadlineTask {
  /** null: what it is about belongs to no case. */
  readonly caseId: string | null;
  readonly deadlineId: string;
  readonly step: 0 | Step;
}

const NOT_FIRST = `AND NOT EXISTS (SELECT FROM unblocking b WHERE b.id = $3 AND b.asked_by = u.id)
  AND NOT EXISTS (SELECT FROM recipient_letter l WHERE l.id = $3 AND l.recorded_by = u.id)
  AND NOT EXISTS (SELECT FROM blocked_closing g WHERE g.id = $3 AND g.asked_by = u.id)`;

const STAFF: Prepared = {
  name: 'f1_task_staff',
  text: `
  WITH person AS (
    SELECT u.id, u.unit, u.roles, u.created_at, u.username FROM app_user u WHERE u.disabled_at IS NULL ${NOT_FIRST}
      AND NOT ($2 IN ('reconsideration', 'reopening') AND (
        EXISTS (SELECT FROM decision d WHERE d.case_id = $1 AND d.decided_by = u.id)
        OR EXISTS (SELECT FROM suspicion_decision s WHERE s.case_id = $1 AND s.decided_by = u.id))))
  SELECT coalesce((SELECT json_agg(json_build_object('userId', a.user_id, 'role', a.role) ORDER BY a.assigned_at)
      FROM assignment a JOIN person p ON p.id = a.user_id
      WHERE a.case_id = c.id AND a.ended_at IS NULL), '[]') AS assigned,
    (SELECT l.user_id FROM unit_lead l JOIN app_user u ON u.id = l.user_id AND u.disabled_at IS NULL ${NOT_FIRST}
      WHERE l.unit = c.unit) AS lead,
    ARRAY(SELECT p.id FROM person p WHERE p.unit = c.unit AND p.roles && $4 ORDER BY p.username) AS colleagues,
    (SELECT p.id FROM person p WHERE p.unit = c.unit AND 'decisionMaker' = ANY (p.roles)
      ORDER BY p.created_at, p.username LIMIT 1) AS decision_maker
  FROM case_file c WHERE c.id = $1`,
};

/**
 * Puts tasks on people's lists, in the worker; the database takes them off when their deadline is met, ended or restarted, and puts
 * there itself what is told at once (f1_deadline_tells, by the same rule).
 */
@Injectable()
export class TaskListService {
  /**
   * Of each case, for a deadline of this kind and subject, which these roles may act on: nobody reconsiders what they decided themselves,
   * or is the second person for what they asked or recorded.
   */
  async staffInTx(tx: Tx, tasks: readonly Task[]): Promise<Staff[]> {
    const calls = tasks.map(({ caseId, kind, subjectId, roles }) => ({
      statement: STAFF,
      values: [caseId, kind, subjectId, `{${roles.join(',')}}`],
    }));
    const found = calls.length > 0 ? await tx.all(calls) : [];
    return (found as (Omit<Staff, 'decisionMaker'> & { decision_maker: string | null })[][]).map(([row], index) => {
      if (!row) throw new Error(`case ${tasks[index]?.caseId} is gone`);
      const { decision_maker: decisionMaker, ...staff } = row;
      return { ...staff, decisionMaker };
    });
  }

  /** For what belongs to no case: everybody with one of these roles, and who leads a unit. */
  async answeringInTx(tx: Tx, roles: readonly string[]): Promise<Answering> {
    const row = await tx.one<Answering>(
      `SELECT ARRAY(SELECT id FROM app_user WHERE disabled_at IS NULL AND roles && $1 ORDER BY username) AS answer,
         ARRAY(SELECT l.user_id FROM unit_lead l JOIN app_user u ON u.id = l.user_id AND u.disabled_at IS NULL ORDER BY l.unit) AS leads`,
      [roles],
      'task_answering',
    );
    return row!;
  }

  /** For a questionnaire in review: every author who wrote none of it, and who leads a unit. */
  async approvingInTx(tx: Tx, questionnaireId: string): Promise<Answering> {
    const row = await tx.one<Answering>(
      `SELECT ARRAY(SELECT u.id FROM app_user u WHERE u.disabled_at IS NULL AND 'author' = ANY (u.roles) AND NOT EXISTS (
           SELECT FROM questionnaire_author w WHERE w.questionnaire_id = $1 AND w.user_id = u.id) ORDER BY u.username) AS answer,
         ARRAY(SELECT l.user_id FROM unit_lead l JOIN app_user u ON u.id = l.user_id AND u.disabled_at IS NULL ORDER BY l.unit) AS leads`,
      [questionnaireId],
      'task_approving',
    );
    return row!;
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
   * Open deadlines that were told to nobody who can still act: on no list, or on that of somebody who left, moved away, is no longer
   * assigned, or no longer answers, is a second person (each having none of its roles) or approves.
   */
  async strandedInTx(
    tx: Tx,
    most: number,
    { answering, seconding }: { readonly answering: readonly string[]; readonly seconding: readonly string[] },
  ): Promise<string[]> {
    const rows = await tx.rows<{ id: string }>(
      `SELECT d.id FROM deadline d LEFT JOIN case_file c ON c.id = d.case_id
       WHERE d.met_at IS NULL AND d.ended_at IS NULL AND (d.step > 0 OR d.kind = ANY ($2)) AND (
         NOT EXISTS (SELECT FROM task t WHERE t.deadline_id = d.id AND t.done_at IS NULL)
         OR EXISTS (SELECT FROM task t JOIN app_user u ON u.id = t.assignee_id
           WHERE t.deadline_id = d.id AND t.done_at IS NULL AND (u.disabled_at IS NOT NULL
             OR (t.because = 'answers' AND NOT u.roles && $3) OR (t.because = 'seconds' AND NOT u.roles && $4)
             OR (t.because = 'approves' AND NOT 'author' = ANY (u.roles))
             OR (c.id IS NOT NULL AND (t.because = 'assigned' OR u.unit IS DISTINCT FROM c.unit) AND NOT EXISTS (SELECT FROM assignment a
               WHERE a.case_id = c.id AND a.user_id = u.id AND a.ended_at IS NULL)))))
       ORDER BY d.due_at LIMIT $1`,
      [most, TOLD_AT_ONCE, answering, seconding],
      'task_stranded',
    );
    return rows.map(({ id }) => id);
  }

  /**
   * What an operator must look into, on every operator's list while it lasts: a clock that jumped, deliveries that are late,
   * requests about persons that nobody answers, a unit in which nobody can be told, sending that is held, settings and erasures that wait for a second
   * operator, and what reconciling found last, but for clocks that ran out: whose they are is told by them. And on
   * every auditor's, who watch over data protection, that a recipient which a file bars was told before.
   */
  async tellOperatorsInTx(tx: Tx): Promise<void> {
    await tx.rows(CONDITIONS, [TOLD_AT_ONCE], 'task_conditions');
  }
}

/** A set of rows at once, so that their ids are made where they are. */
const CONDITIONS = `
  WITH condition (kind, unit) AS (
    SELECT 'clockJumped', NULL::text FROM clock_mark WHERE held_since IS NOT NULL
    UNION ALL
    SELECT 'sendingHeld', NULL FROM sending_hold WHERE resumed_at IS NULL
    UNION ALL
    SELECT 'settingsWait', NULL WHERE EXISTS (
      SELECT FROM settings_change WHERE confirmed_at IS NULL AND valid_until > f1_now())
    UNION ALL
    SELECT 'erasureWaits', NULL WHERE EXISTS (SELECT FROM erasure e JOIN data_key k ON k.case_id = e.case_id AND k.wrapped IS NOT NULL
      WHERE e.confirmed_at IS NULL AND e.ended_at IS NULL)
    UNION ALL
    SELECT 'dutiesNotMet', NULL FROM (SELECT ok, statement::jsonb AS told FROM reconciliation ORDER BY at DESC, id DESC LIMIT 1) newest
    WHERE NOT ok AND (jsonb_typeof(told -> 'chains') = 'array' AND told -> 'chains' <> '[]' OR (told ->> 'notListed')::int > 0
      OR EXISTS (SELECT FROM jsonb_array_elements(told -> 'differences') one WHERE one ->> 'what' NOT LIKE 'overdue%'))
    UNION ALL
    SELECT 'deliveryLate', NULL WHERE EXISTS (
      SELECT FROM deadline WHERE kind = 'refer' AND met_at IS NULL AND ended_at IS NULL AND step >= 80)
    UNION ALL
    SELECT 'personRequestLate', NULL WHERE EXISTS (
      SELECT FROM deadline WHERE kind = 'personRequest' AND met_at IS NULL AND ended_at IS NULL AND step = 100)
    UNION ALL
    SELECT 'blockedRecipient', NULL WHERE EXISTS (
      SELECT FROM deadline WHERE kind = 'blockedRecipient' AND met_at IS NULL AND ended_at IS NULL)
    UNION ALL
    SELECT DISTINCT 'nobodyResponsible', c.unit FROM deadline d LEFT JOIN case_file c ON c.id = d.case_id
    WHERE d.met_at IS NULL AND d.ended_at IS NULL AND (d.step > 0 OR d.kind = ANY ($1))
      AND NOT EXISTS (SELECT FROM task t WHERE t.deadline_id = d.id AND t.done_at IS NULL)),
  resolved AS (
    UPDATE task t SET done_at = f1_now(), done_because = 'resolved' WHERE t.deadline_id IS NULL AND t.done_at IS NULL
      AND NOT EXISTS (SELECT FROM condition c WHERE c.kind = t.kind AND c.unit IS NOT DISTINCT FROM t.unit))
  INSERT INTO task (id, kind, unit, assignee_id, because)
  SELECT gen_random_uuid(), c.kind, c.unit, u.id, CASE WHEN c.kind = 'blockedRecipient' THEN 'audits' ELSE 'operates' END
  FROM condition c JOIN app_user u ON u.disabled_at IS NULL
    AND CASE WHEN c.kind = 'blockedRecipient' THEN 'auditor' ELSE 'operator' END = ANY (u.roles)
  WHERE NOT EXISTS (SELECT FROM task t WHERE t.kind = c.kind AND t.unit IS NOT DISTINCT FROM c.unit AND t.assignee_id = u.id
    AND t.done_at IS NULL)
  ON CONFLICT DO NOTHING`;
