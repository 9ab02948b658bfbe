import { Injectable } from '@nestjs/common';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import type { Snapshot } from '../domain/workflow/decide.js';
import { place } from '../domain/referral/file.js';
import { CertificatesService } from '../identity/certificates.service.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import { type ChainHead, nextEvent } from '../platform/database/next-event.js';
import { Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import type { CaseRow } from './case.store.js';
import { isOver } from './cases.service.js';
import type { DecideReconsiderationDto, ReconsiderationOutcome, ReconsiderationView } from './reconsideration.dto.js';

interface Row {
  readonly id: string;
  readonly feedback_id: string | null;
  readonly because: string;
  readonly opened_at: Date;
  readonly due_at: Date | null;
  readonly correction_id: string | null;
  readonly outcome: ReconsiderationOutcome | null;
  readonly sealed: Buffer | null;
  readonly decided_at: Date | null;
}

const ROWS = `SELECT o.id, o.feedback_id, coalesce(f.outcome, c.reason) AS because, o.opened_at, o.correction_id, o.outcome, o.sealed, o.decided_at,
    (SELECT max(d.due_at) FROM deadline d WHERE d.subject_id = o.id AND d.kind = 'reconsideration') AS due_at
  FROM reconsideration o LEFT JOIN feedback f ON f.id = o.feedback_id LEFT JOIN correction c ON c.id = o.correction_id`;

/** What a finding that clears a person, a recipient's or our own, makes of our decision: looked at by somebody who has not decided before. */
@Injectable()
export class ReconsiderationsService {
  constructor(
    private readonly database: Database,
    private readonly keys: DataKeys,
    private readonly deadlines: DeadlinesService,
    private readonly certificates: CertificatesService,
    private readonly workflows: WorkflowsService,
  ) {}

  list(actor: Actor, caseId: string): Promise<ReconsiderationView[]> {
    return this.database.inActorTx(actor.id, async (tx) => {
      if (!(await tx.one('SELECT 1 FROM case_file WHERE id = $1', [caseId]))) throw new NotFound('case');
      const key = await this.keys.getInTx(tx, caseId);
      const rows = await tx.rows<Row>(
        `${ROWS} WHERE o.case_id = $1 ORDER BY o.opened_at, o.id`,
        [caseId],
        'reconsiderations',
      );
      return rows.map((row) => ({
        id: row.id,
        feedbackId: row.feedback_id,
        because: row.because,
        openedAt: row.opened_at.toISOString(),
        dueAt: row.due_at?.toISOString() ?? null,
        recalledBy: row.correction_id,
        outcome: row.outcome,
        reasons: row.sealed
          ? key.open<{ reasons: string }>(row.sealed, place('reconsideration', row.id)).reasons
          : null,
        decidedAt: row.decided_at?.toISOString() ?? null,
      }));
    });
  }

  /** Decided once, with reasons, by a certified decision-maker who has decided nothing in this case. */
  async decide(
    actor: Actor,
    caseId: string,
    id: string,
    { outcome, reasons }: DecideReconsiderationDto,
    asked: Preconditions,
  ): Promise<void> {
    const lock = { aggregate: 'case' as const, id: caseId };
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result: { id }, lock };
    await this.database.once(claim, async (tx, locked) => {
      if (!locked) throw new NotFound('case');
      const row = await tx.one<Row>(`${ROWS} WHERE o.case_id = $1 AND o.id = $2`, [caseId, id], 'reconsideration');
      if (!row) throw new NotFound('reconsideration');
      if (row.outcome) throw alreadyDecided(row);
      await this.certificates.assertInTx(tx, actor.id, 'decide1F', tx.now);
      await this.assertFreshInTx(tx, caseId, actor.id);
      const key = this.keys.ofLocked(locked);
      const event = nextEvent(locked as unknown as ChainHead, key, {
        aggregateKind: 'case',
        caseId,
        type: 'DECIDE_RECONSIDERATION',
        actorId: actor.id,
        at: tx.now,
        facets: { state: locked['snapshot'], reconsideration: id, outcome },
        payload: { reasons },
      });
      const sealed = key.seal({ reasons }, place('reconsideration', id)).bytes;
      const write = new Write()
        .insert('event', event.row)
        .update('case_file', { id: caseId }, event.head)
        .update('reconsideration', { id }, { outcome, sealed, decided_by: actor.id, decided_at: tx.now });
      this.deadlines.meet(tx, write, id, 'reconsideration');
      // What this says is to follow is another person's command: until then somebody has it on a list.
      const { workflow_hash, snapshot } = locked as unknown as CaseRow;
      if (outcome === 'toReopen' && isOver(this.workflows.get('case', workflow_hash), snapshot as Snapshot))
        await this.deadlines.startInTx(tx, write, { caseId, subjectId: caseId }, 'reopening');
      write.runLast(tx);
    });
  }

  private async assertFreshInTx(tx: Tx, caseId: string, actorId: string): Promise<void> {
    const earlier = await tx.one(
      `SELECT 1 FROM decision WHERE case_id = $1 AND decided_by = $2
       UNION ALL SELECT 1 FROM suspicion_decision WHERE case_id = $1 AND decided_by = $2 LIMIT 1`,
      [caseId, actorId],
      'decided_before',
    );
    if (earlier)
      throw new DomainError(
        'conflict',
        'You have decided in this case before. A reconsideration is decided by a decision-maker who has not: ask for another.',
      );
  }
}

const alreadyDecided = ({ outcome, decided_at }: Row): DomainError =>
  new DomainError(
    'conflict',
    `This reconsideration was decided on ${decided_at?.toISOString() ?? ''} (${outcome ?? ''}). What follows is done by the commands of the case: REOPEN_EXCLUSION where an exclusion stands, REOPEN where the examination ended otherwise.`,
  );
