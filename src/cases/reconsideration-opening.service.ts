import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import type { FeedbackOutcome } from '../domain/referral/feedback.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type LockedRow, type Tx } from '../platform/database/database.js';
import { type ChainHead, nextEvent } from '../platform/database/next-event.js';
import type { DataKey } from '../platform/database/sealing.js';
import { Write } from '../platform/database/write.js';
import { ReferralsService } from '../referrals/referrals.service.js';

interface Clearing {
  readonly id: string;
  readonly case_id: string;
  readonly outcome: FeedbackOutcome;
  readonly authority: string;
}

const MOST = 100;

/**
 * Follows feedback that clears a person into the case, as the system: a prosecutor's command writes the referral only. The
 * feedback rows are the list of what is to be done, and one reconsideration per feedback says what is done, so that a crash or
 * a second worker changes nothing.
 */
@Injectable()
export class ReconsiderationOpening {
  constructor(
    private readonly database: Database,
    private readonly keys: DataKeys,
    private readonly deadlines: DeadlinesService,
    private readonly referrals: ReferralsService,
  ) {}

  /** Opens what is due; returns how many. One that fails keeps none of the others, and is thrown when all were tried. */
  async open(): Promise<number> {
    const due = await this.database.inWorkerTx((tx) =>
      tx.rows<{ id: string; case_id: string }>(
        `SELECT f.id, f.case_id FROM feedback f
         WHERE f.clears AND NOT EXISTS (SELECT FROM reconsideration r WHERE r.feedback_id = f.id) ORDER BY f.given_at LIMIT $1`,
        [MOST],
        'reconsiderations_due',
      ),
    );
    const failed: unknown[] = [];
    let opened = 0;
    for (const { id, case_id } of due) {
      try {
        opened += (await this.openOne(id, case_id)) ? 1 : 0;
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
      const key = this.keys.ofLocked(record);
      const write = new Write();
      const id = randomUUID();
      const recalled = feedback.outcome === 'mistakenIdentity' ? await this.recallInTx(tx, write, feedback, key) : null;
      write.insert('reconsideration', {
        id,
        feedback_id: feedback.id,
        case_id: caseId,
        opened_at: tx.now,
        correction_id: recalled,
      });
      await this.deadlines.startInTx(tx, write, { caseId, subjectId: id }, 'reconsideration');
      this.append(tx, write, record, key, { reconsideration: id, outcome: feedback.outcome, recalled });
      write.runLast(tx);
      return true;
    });
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
   * It was somebody else: whatever was told of this person, to whomever, is closed at once and corrected. The words of the one
   * authority, which may name whom they mean now, do not go to the others.
   */
  private async recallInTx(tx: Tx, write: Write, feedback: Clearing, key: DataKey): Promise<string | null> {
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

  private append(tx: Tx, write: Write, record: LockedRow, key: DataKey, facets: object): void {
    const event = nextEvent(record as unknown as ChainHead, key, {
      aggregateKind: 'case',
      caseId: record.id,
      type: 'OPEN_RECONSIDERATION',
      actorId: null,
      at: tx.now,
      facets: { state: record['snapshot'], ...facets },
    });
    write.insert('event', event.row).update('case_file', { id: record.id }, event.head);
  }
}
