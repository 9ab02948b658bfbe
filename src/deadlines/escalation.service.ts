import { Injectable } from '@nestjs/common';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database } from '../platform/database/database.js';
import { nextEvent, type ChainHead } from '../platform/database/next-event.js';
import { Write } from '../platform/database/write.js';

interface Passed {
  id: string;
  case_id: string;
  subject_id: string;
  kind: string;
  source: string;
}

const MOST = 500;

/** A deadline that passes unmet is written into the case's history once: it stays open, and nobody can say nobody knew. */
@Injectable()
export class EscalationService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
  ) {}

  /** Escalates what has passed since; returns how many. Several workers may do it at once. */
  async escalate(): Promise<number> {
    const passed = await this.database.inWorkerTx((tx) =>
      tx.rows<Passed>(
        `SELECT id, case_id, subject_id, kind, source FROM deadline
         WHERE due_at <= f1_now() AND met_at IS NULL AND ended_at IS NULL AND escalated_at IS NULL ORDER BY due_at LIMIT $1`,
        [MOST],
        'deadlines_passed',
      ),
    );
    let escalated = 0;
    for (const deadline of passed) escalated += (await this.record(deadline)) ? 1 : 0;
    return escalated;
  }

  /** Deadlines that have passed and still wait. */
  async overdue(): Promise<number> {
    return this.database.inWorkerTx(async (tx) => {
      const row = await tx.one<{ n: number }>(
        'SELECT count(*)::int AS n FROM deadline WHERE due_at <= f1_now() AND met_at IS NULL AND ended_at IS NULL',
      );
      return row?.n ?? 0;
    });
  }

  private async record({ id, case_id, subject_id, kind, source }: Passed): Promise<boolean> {
    return this.database.inWorkerTx(async (tx) => {
      const record = await this.database.lockInTx(tx, 'case', case_id);
      const open = await tx.one(
        'SELECT FROM deadline WHERE id = $1 AND due_at <= f1_now() AND met_at IS NULL AND ended_at IS NULL AND escalated_at IS NULL',
        [id],
        'deadline_still_open',
      );
      if (!record || !open) return false;
      const event = nextEvent(record as unknown as ChainHead, this.dataKeys.ofLocked(record), {
        aggregateKind: 'case',
        caseId: case_id,
        type: 'DEADLINE_PASSED',
        actorId: null,
        at: tx.now,
        facets: { state: record['snapshot'], deadline: kind, source, subject: subject_id },
      });
      await new Write()
        .insert('event', event.row)
        .update('deadline', { id }, { escalated_at: tx.now })
        .update('case_file', { id: case_id }, event.head)
        .run(tx);
      return true;
    });
  }
}
