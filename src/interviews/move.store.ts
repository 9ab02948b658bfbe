import { Injectable } from '@nestjs/common';
import type { Mapping } from '../domain/questionnaire/migrate/mapping.js';
import type { Tx } from '../platform/database/database.js';

/** A plan to move interviews that has something left to do. */
export interface MoveRow {
  readonly id: string;
  readonly questionnaire_id: string;
  readonly code: string;
  readonly from_hash: string;
  readonly to_hash: string;
  /** Of the plan that is taken back, where it takes one back. */
  readonly mapping: Mapping;
  readonly reverses: string | null;
  readonly status: 'proposed' | 'approved';
}

export interface MoveNumbers {
  readonly kept: number;
  readonly moved: number;
  /** JSON: question, reason, number of answers. */
  readonly dropped: string;
  readonly refused: string | null;
}

/** Running: not sealed and not abandoned; a plan that goes back concerns only what it brought here. */
const LIVE = `FROM interview_questionnaire n JOIN interview i ON i.id = n.interview_id
  WHERE n.questionnaire_hash = $1 AND n.replaced_at IS NULL AND i.snapshot ? 'held'
    AND ($2::uuid IS NULL OR EXISTS (SELECT FROM questionnaire_migration_interview m
      WHERE m.migration_id = $2 AND m.interview_id = i.id AND m.moved_at IS NOT NULL))`;

/** Rows of moves, in the worker's transactions. */
@Injectable()
export class MoveStore {
  waitingInTx(tx: Tx): Promise<MoveRow[]> {
    return tx.rows<MoveRow>(
      `SELECT m.id, m.questionnaire_id, v.code, m.from_hash, m.to_hash, coalesce(r.mapping, m.mapping) AS mapping, m.reverses, m.status
       FROM questionnaire_migration m JOIN questionnaire_version v ON v.id = m.questionnaire_id
         LEFT JOIN questionnaire_migration r ON r.id = m.reverses
       WHERE m.status = 'approved' OR (m.status = 'proposed' AND m.tried_at IS NULL) ORDER BY m.proposed_at`,
      [],
      'moves_waiting',
    );
  }

  async liveInTx(tx: Tx, { from_hash, reverses }: MoveRow): Promise<string[]> {
    const rows = await tx.rows<{ id: string }>(
      `SELECT i.id ${LIVE} ORDER BY i.id`,
      [from_hash, reverses],
      'moves_live',
    );
    return rows.map(({ id }) => id);
  }

  async isLiveInTx(tx: Tx, { from_hash, reverses }: MoveRow, id: string): Promise<boolean> {
    return (await tx.one(`SELECT ${LIVE} AND i.id = $3`, [from_hash, reverses, id], 'move_is_live')) !== undefined;
  }

  async noteInTx(tx: Tx, move: string, interview: string, numbers: MoveNumbers, movedAt: Date | null): Promise<void> {
    const { kept, moved, dropped, refused } = numbers;
    await tx.rows(
      `INSERT INTO questionnaire_migration_interview AS m (migration_id, interview_id, kept, moved, dropped, refused, moved_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (migration_id, interview_id) DO UPDATE SET kept = excluded.kept, moved = excluded.moved,
         dropped = excluded.dropped, refused = excluded.refused, moved_at = excluded.moved_at`,
      [move, interview, kept, moved, dropped, refused, movedAt],
    );
  }

  async triedInTx(tx: Tx, move: string): Promise<void> {
    await tx.rows(
      `UPDATE questionnaire_migration SET tried_at = f1_now() WHERE id = $1 AND status = 'proposed' AND tried_at IS NULL`,
      [move],
    );
  }

  /** False when it was done already. */
  async doneInTx(tx: Tx, move: string): Promise<boolean> {
    const rows = await tx.rows(
      `UPDATE questionnaire_migration SET status = 'done', done_at = f1_now() WHERE id = $1 AND status = 'approved' RETURNING id`,
      [move],
    );
    return rows.length === 1;
  }

  async countsInTx(tx: Tx, move: string): Promise<{ moved: number; left: number }> {
    const row = await tx.one<{ moved: number; left: number }>(
      `SELECT count(*) FILTER (WHERE moved_at IS NOT NULL)::int AS moved, count(*) FILTER (WHERE moved_at IS NULL)::int AS left
       FROM questionnaire_migration_interview WHERE migration_id = $1`,
      [move],
    );
    return row ?? { moved: 0, left: 0 };
  }

  async movedAtInTx(tx: Tx, move: string, interview: string): Promise<Date> {
    const row = await tx.one<{ moved_at: Date }>(
      'SELECT moved_at FROM questionnaire_migration_interview WHERE migration_id = $1 AND interview_id = $2',
      [move, interview],
    );
    if (!row) throw new Error(`interview ${interview} was not moved by ${move}`);
    return row.moved_at;
  }

  /** The former pin stays, marked; one that was here before is in force again. */
  async repinInTx(tx: Tx, { from_hash, to_hash }: MoveRow, interview: string): Promise<void> {
    await tx.rows(
      `WITH former AS (UPDATE interview_questionnaire SET replaced_at = $4
         WHERE interview_id = $1 AND questionnaire_hash = $2 RETURNING case_id, position)
       INSERT INTO interview_questionnaire (interview_id, case_id, questionnaire_hash, position)
       SELECT $1, case_id, $3, position FROM former
       ON CONFLICT (interview_id, questionnaire_hash) DO UPDATE SET replaced_at = NULL`,
      [interview, from_hash, to_hash, tx.now],
    );
  }
}
