import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import type { FeedbackOutcome } from '../domain/referral/feedback.js';
import { decide, type Decided, type Snapshot } from '../domain/workflow/decide.js';
import { answering } from '../domain/workflow/move.js';
import type { CaseEffect } from '../domain/workflow/vocabulary/case.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type LockedRow, type Tx } from '../platform/database/database.js';
import { type ChainHead, nextEvent } from '../platform/database/next-event.js';
import type { DataKey } from '../platform/database/sealing.js';
import { Write } from '../platform/database/write.js';
import { ReferralsService } from '../referrals/referrals.service.js';
import { CommandRefused } from '../workflows/command-refused.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import { FactsOfCase } from './case-facts.js';
import { PartsRead, reading } from './case-file-reads.js';
import type { CaseRow } from './case.store.js';
import { moveOf } from './chart-move.js';

interface Clearing {
  readonly id: string;
  readonly case_id: string;
  readonly outcome: FeedbackOutcome;
  readonly authority: string;
}

const MOST = 100;
/** What a person reports of a file, and the system follows where a recipient found it. */
const RECALL = 'REPORT_MISTAKEN_IDENTITY';

/**
 * Of correction `c`: our own report of a mistaken identity, under which an exclusion still stands and which nobody has looked at since. One
 * reconsideration answers all that was reported until it was decided.
 */
const TO_BE_LOOKED_AT = `c.reason = 'mistakenIdentity'
  AND EXISTS (SELECT FROM decision d WHERE d.case_id = c.case_id AND d.outcome = 'excluded' AND d.quashed_at IS NULL)
  AND NOT EXISTS (SELECT FROM reconsideration r WHERE r.case_id = c.case_id
    AND (r.correction_id = c.id OR r.outcome IS NULL OR r.decided_at >= c.at))`;

/**
 * Follows what clears a person into the case, as the system: feedback, since a prosecutor's command writes the referral only, and a
 * mistaken identity that one of us reported, since the exclusion stands until somebody else has looked at it. The rows of both are the
 * list of what is to be done, and one reconsideration for each says what is done, so that a crash or a second worker changes nothing.
 */
@Injectable()
export class ReconsiderationOpening {
  constructor(
    private readonly database: Database,
    private readonly keys: DataKeys,
    private readonly deadlines: DeadlinesService,
    private readonly referrals: ReferralsService,
    private readonly workflows: WorkflowsService,
  ) {}

  /** Opens what is due; returns how many. One that fails keeps none of the others, and is thrown when all were tried. */
  async open(): Promise<number> {
    const due = await this.database.inWorkerTx((tx) =>
      tx.rows<{ id: string; case_id: string; reported: boolean }>(
        `(SELECT f.id, f.case_id, false AS reported FROM feedback f
          WHERE f.clears AND NOT EXISTS (SELECT FROM reconsideration r WHERE r.feedback_id = f.id) ORDER BY f.given_at LIMIT $1)
         UNION ALL (SELECT c.id, c.case_id, true FROM correction c WHERE ${TO_BE_LOOKED_AT} ORDER BY c.at, c.id LIMIT $1)`,
        [MOST],
        'reconsiderations_due',
      ),
    );
    const failed: unknown[] = [];
    let opened = 0;
    for (const { id, case_id, reported } of due) {
      try {
        opened += (await (reported ? this.openReported(id, case_id) : this.openOne(id, case_id))) ? 1 : 0;
      } catch (error) {
        failed.push(error);
      }
    }
    if (failed.length > 0) throw failed[0];
    return opened;
  }

  private openOne(feedbackId: string, caseId: string): Promise<boolean> {
    return this.database.inWorkerTx(async (tx) => {
      const record = await this.database.lockInTx(tx, 'case', caseId);
      const feedback = await this.findInTx(tx, feedbackId);
      if (!record || !feedback) return false;
      const following = { tx, write: new Write(), record, feedback, key: this.keys.ofLocked(record) };
      const recalled = feedback.outcome === 'mistakenIdentity' ? await this.recallInTx(following) : null;
      const because = { feedback_id: feedback.id, correction_id: recalled?.correctionId ?? null };
      await this.openInTx(following, feedback.outcome, because, recalled);
      return true;
    });
  }

  /** What was reported has recalled every referral already. */
  private openReported(correctionId: string, caseId: string): Promise<boolean> {
    return this.database.inWorkerTx(async (tx) => {
      const record = await this.database.lockInTx(tx, 'case', caseId);
      const still = await tx.one(
        `SELECT FROM correction c WHERE c.id = $1 AND ${TO_BE_LOOKED_AT}`,
        [correctionId],
        'report_still_due',
      );
      if (!record || !still) return false;
      const step = { tx, write: new Write(), record, key: this.keys.ofLocked(record) };
      await this.openInTx(step, 'mistakenIdentity', { feedback_id: null, correction_id: correctionId }, null);
      return true;
    });
  }

  private async openInTx(
    step: Step,
    outcome: FeedbackOutcome,
    because: { readonly feedback_id: string | null; readonly correction_id: string | null },
    recalled: Recalled | null,
  ): Promise<void> {
    const { tx, write, record } = step;
    const id = randomUUID();
    write.insert('reconsideration', { id, ...because, case_id: record.id, opened_at: tx.now });
    await this.deadlines.startInTx(tx, write, { caseId: record.id, subjectId: id }, 'reconsideration');
    this.append(step, recalled, { reconsideration: id, outcome, recalled: because.correction_id });
    write.runLast(tx);
  }

  /** Still to be followed, once the case is locked: another worker may have been first. */
  private findInTx(tx: Tx, feedbackId: string): Promise<Clearing | undefined> {
    return tx.one<Clearing>(
      `SELECT f.id, f.case_id, f.outcome, a.name AS authority
       FROM feedback f JOIN referral r ON r.id = f.referral_id JOIN authority a ON a.id = r.authority_id
       WHERE f.id = $1 AND NOT EXISTS (SELECT FROM reconsideration o WHERE o.feedback_id = f.id)`,
      [feedbackId],
      'reconsideration_still_due',
    );
  }

  /**
   * It was somebody else: whatever was told of this person, to whomever, is closed at once and corrected, and whether suspicion
   * remains is to be decided as after every other correction; a case under a chart that has no such report goes on in the newest one.
   */
  private async recallInTx(following: Following): Promise<Recalled | null> {
    const { tx, record, key } = following;
    const row = record as unknown as CaseRow;
    const file = PartsRead.of(['referrals'], await tx.all([reading('referrals', record.id, record.id)]));
    const facts = new FactsOfCase({ record: row, file, key, actor: SYSTEM, now: tx.now }, 'decide1F');
    const charts = this.workflows.chartsOf('case', row.workflow_hash);
    const { chart, at, moved } = answering(charts, row.snapshot as Snapshot, RECALL, facts);
    const decided = decide(chart, at, { type: RECALL }, facts);
    if (!decided.ok) throw new CommandRefused(decided);
    let correctionId: string | null = null;
    for (const effect of [...(moved?.effects ?? []), ...decided.effects])
      correctionId = (await this.applyInTx(following, effect)) ?? correctionId;
    return correctionId === null
      ? null
      : { correctionId, decided, ...(moved ? { to: { chart: chart.hash, at } } : {}) };
  }

  /** One effect of the report, as the system; returns the correction it made. */
  private async applyInTx(following: Following, effect: CaseEffect): Promise<string | null> {
    const { tx, write, record } = following;
    if (effect.type === 'createCorrections') return this.correctInTx(following);
    if (effect.type === 'startDeadline') {
      await this.deadlines.startInTx(tx, write, { caseId: record.id, subjectId: record.id }, effect.params.kind);
    } else if (effect.type === 'endDeadlines') {
      this.deadlines.end(tx, write, record.id, effect.params.kinds);
    } else if (effect.type === 'overtakeSuspicion') {
      const waiting = { case_id: record.id, outcome: null };
      write.updateAny('suspicion_decision', waiting, { outcome: 'overtaken', decided_at: tx.now });
    } else {
      throw new Error(`the system cannot do ${effect.type} when it follows feedback`);
    }
    return null;
  }

  /** The words of the one authority, which may name whom they mean now, do not go to the others. */
  private async correctInTx({ tx, write, feedback, key }: Following): Promise<string | null> {
    const correctionId = randomUUID();
    const told = await this.referrals.correctInTx(tx, write, {
      correctionId,
      decisionId: null,
      reason: 'mistakenIdentity',
      explanation: `${feedback.authority} found that it was somebody else. Ask it for its reasons.`,
      caseId: feedback.case_id,
      key,
      actorId: null,
    });
    return told.length > 0 ? correctionId : null;
  }

  /** The report, where there was something to recall, and then the reconsideration. */
  private append(
    { tx, write, record, key }: Step,
    recalled: Recalled | null,
    facets: Readonly<Record<string, unknown>>,
  ): void {
    const decided = recalled?.decided;
    const state = decided?.snapshot ?? record['snapshot'];
    const events = [
      ...(decided ? [{ type: RECALL, facets: { state } }] : []),
      { type: 'OPEN_RECONSIDERATION', facets: { state, ...facets } },
    ];
    const about = { aggregateKind: 'case' as const, caseId: record.id, actorId: null, at: tx.now };
    let head = record as unknown as ChainHead;
    if (recalled?.to) {
      const move = moveOf(record as unknown as CaseRow, key, about, recalled.to);
      write.insert('event', move.row);
      head = move.head;
    }
    for (const event of events) {
      const next = nextEvent(head, key, { ...about, ...event });
      write.insert('event', next.row);
      head = { id: record.id, ...next.head };
    }
    const { event_seq, event_hash } = head;
    write.update(
      'case_file',
      { id: record.id },
      {
        event_seq,
        event_hash,
        ...(decided ? { snapshot: decided.snapshot, stage: decided.stage } : {}),
        ...(recalled?.to ? { workflow_hash: recalled.to.chart } : {}),
      },
    );
  }
}

interface Recalled {
  readonly correctionId: string;
  readonly decided: Decided<'case'>;
  /** The newer chart that the case goes on in, and where it stood there when it came. */
  readonly to?: { readonly chart: string; readonly at: Snapshot };
}

interface Step {
  readonly tx: Tx;
  readonly write: Write;
  readonly record: LockedRow;
  readonly key: DataKey;
}

/** One feedback on its way into the case. */
interface Following extends Step {
  readonly feedback: Clearing;
}

const SYSTEM = { id: '', roles: ['system'] } as const;
