import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { BLOCKED_CLOCK, blockedRecipientsInTx } from '../../cases/blocked-recipients.js';
import type { BlockedRecipientView } from '../../cases/blocked-recipients.view.js';
import { DeadlinesService } from '../../deadlines/deadlines.service.js';
import { DataKeys } from '../../platform/database/data-keys.js';
import { Database } from '../../platform/database/database.js';
import { DomainError, NotFound } from '../../platform/database/errors.js';
import type { Actor } from '../../platform/http/actor.js';
import type { Preconditions } from '../../platform/http/preconditions.js';
import { appendEvent, onReferral, type ReferralStep } from '../referral-step.js';

/** What is awaited of a recipient, or for it, by the clocks of a referral. */
const OWED = ['refer', 'acknowledge', 'feedback', 'correctionAnswer'];
/** How long a closing waits for its second person. */
const CLOCK = 'closingConfirmation';

interface Open {
  readonly asked_by: string;
  readonly outcome: string | null;
  readonly lapsed: boolean;
}

/** Two persons close what is open towards a recipient that the file bars, for as long as it does: nothing leaves, nothing is awaited. */
@Injectable()
export class ClosingsService {
  constructor(
    readonly database: Database,
    readonly keys: DataKeys,
    private readonly deadlines: DeadlinesService,
  ) {}

  /** Throws NotFound for a referral of a case that this person does not see, and for one whose recipient is not barred. */
  async get(actor: Actor, referralId: string): Promise<BlockedRecipientView> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const known = await tx.one<{ case_id: string }>(
        'SELECT case_id FROM referral r WHERE id = $1 AND EXISTS (SELECT FROM case_file c WHERE c.id = r.case_id)',
        [referralId],
        'closing_referral',
      );
      const key = known && (await this.keys.getInTx(tx, known.case_id));
      const all = key ? await blockedRecipientsInTx(tx, key, known.case_id, actor.id) : [];
      const own = all.find((one) => one.referralId === referralId);
      if (!own) throw new NotFound('referral to a barred recipient');
      return own;
    });
  }

  /** The first of two asks. Throws `conflict` where the recipient is not barred, or it is asked or closed already. */
  async ask(actor: Actor, referralId: string, reason: string, asked: Preconditions): Promise<void> {
    const id = randomUUID();
    await onReferral(this, actor, referralId, asked, { id: referralId }, async (step) => {
      const { tx, write, referral } = step;
      await this.assertBlockedInTx(step);
      const before = await tx.one<{ outcome: string | null }>(
        `SELECT outcome FROM blocked_closing WHERE referral_id = $1 AND outcome IS DISTINCT FROM 'refused' AND lapsed_at IS NULL`,
        [referralId],
        'closing_before',
      );
      if (before)
        throw new DomainError(
          'conflict',
          before.outcome === null
            ? `This waits for a second person already: see GET /api/referrals/${referralId}/closings.`
            : 'This is closed already: nothing more is awaited.',
        );
      write.insert('blocked_closing', {
        id,
        referral_id: referralId,
        case_id: referral.case_id,
        asked_by: actor.id,
        asked_at: tx.now,
      });
      appendEvent(step, 'ASK_CLOSING', { closing: id }, { reason });
      await this.deadlines.startInTx(tx, write, { caseId: referral.case_id, subjectId: id }, CLOCK);
    });
  }

  /** A second person closes it: its clocks end. Throws `fourEyes` for whoever asked, `conflict` where it ended or nothing bars. */
  async confirm(actor: Actor, referralId: string, id: string, asked: Preconditions): Promise<void> {
    await onReferral(this, actor, referralId, asked, { id: referralId }, async (step) => {
      const { asked_by: askedBy } = await this.openInTx(step, id);
      if (askedBy === actor.id)
        throw new DomainError('fourEyes', 'You asked for this: somebody else must confirm it. You may take it back.');
      await this.assertBlockedInTx(step);
      this.end(step, id, 'confirmed');
      appendEvent(step, 'CONFIRM_CLOSING', { closing: id }, {});
      this.deadlines.end(step.tx, step.write, referralId, OWED);
      this.deadlines.meet(step.tx, step.write, referralId, BLOCKED_CLOCK);
    });
  }

  /** It stays open. Whoever asked takes it back so. Throws `conflict` where it ended already. */
  async refuse(actor: Actor, referralId: string, id: string, reason: string, asked: Preconditions): Promise<void> {
    await onReferral(this, actor, referralId, asked, { id: referralId }, async (step) => {
      await this.openInTx(step, id);
      this.end(step, id, 'refused');
      appendEvent(step, 'REFUSE_CLOSING', { closing: id }, { reason });
    });
  }

  private end({ tx, write, actor }: ReferralStep, id: string, outcome: 'confirmed' | 'refused'): void {
    write.update('blocked_closing', { id, outcome: null }, { outcome, ended_by: actor.id, ended_at: tx.now });
    this.deadlines.meet(tx, write, id, CLOCK);
  }

  private async openInTx({ tx, referral }: ReferralStep, id: string): Promise<Open> {
    const row = await tx.one<Open>(
      'SELECT asked_by, outcome, lapsed_at IS NOT NULL AS lapsed FROM blocked_closing WHERE id = $1 AND referral_id = $2',
      [id, referral.id],
      'closing_by_id',
    );
    if (!row) throw new NotFound('closing of this referral');
    if (row.outcome !== null) throw new DomainError('conflict', `This was ${row.outcome} already.`);
    if (row.lapsed)
      throw new DomainError('conflict', 'The recipient is barred no longer: it is told and answers as any other.');
    return row;
  }

  private async assertBlockedInTx({ tx, referral }: ReferralStep): Promise<void> {
    const row = await tx.one<{ blocked: boolean; seen: boolean }>(
      `SELECT f1_blocked($1, $2) AS blocked, EXISTS (SELECT FROM case_file WHERE id = $1) AS seen`,
      [referral.case_id, referral.authority_id],
      'closing_blocked',
    );
    if (!row?.seen) throw new NotFound('referral');
    if (!row.blocked)
      throw new DomainError(
        'conflict',
        'The file does not bar this recipient: what it is owed is sent, and what it owes is answered by it. Only what is open towards a barred recipient can be closed.',
      );
  }
}
