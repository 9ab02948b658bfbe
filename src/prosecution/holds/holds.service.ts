import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DeadlinesService } from '../../deadlines/deadlines.service.js';
import { place } from '../../domain/referral/file.js';
import {
  delaysNothingBecause,
  type HoldKind,
  holdKinds,
  holdStateAt,
  holdUntil,
  LONGEST_HOLD_DAYS,
} from '../../domain/referral/hold.js';
import { stageTagsOf } from '../../domain/workflow/decide.js';
import { DataKeys } from '../../platform/database/data-keys.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { DomainError, NotFound } from '../../platform/database/errors.js';
import type { DataKey } from '../../platform/database/sealing.js';
import { Write } from '../../platform/database/write.js';
import type { Actor } from '../../platform/http/actor.js';
import type { Preconditions } from '../../platform/http/preconditions.js';
import { WorkflowsService } from '../../workflows/workflows.service.js';
import { appendEvent, assertMayBeTold, onReferral, type ReferralStep } from '../referral-step.js';
import type { AskHoldDto, DecideHoldDto, EndHoldDto, HoldView } from './hold.dto.js';
import { type HoldRow, HoldStore } from './hold.store.js';

/** Holds on a case: a recipient asks under a law, the authority decides; what a live one stops is refused by the case itself. */
@Injectable()
export class HoldsService {
  constructor(
    readonly database: Database,
    readonly keys: DataKeys,
    private readonly store: HoldStore,
    private readonly deadlines: DeadlinesService,
    private readonly workflows: WorkflowsService,
  ) {}

  /** A hold that runs out is renewed by asking anew, and decided anew. Returns its id. */
  async ask(actor: Actor, referralId: string, wanted: AskHoldDto, asked: Preconditions): Promise<string> {
    const id = randomUUID();
    const done = await onReferral(this, actor, referralId, asked, { id: referralId, hold: id }, async (step) => {
      const { tx, write, referral, key } = step;
      if (referral.kind === 'correction' || referral.suspended_at)
        throw new DomainError(
          'conflict',
          'A hold is asked for on a referral that stands: this one is a correction or suspended.',
        );
      await this.assertAskableInTx(tx, referralId, wanted.kind);
      const leavesAt = await this.store.leavesAtInTx(tx, referral);
      const subject = { caseId: referral.case_id, subjectId: id, leavesAt };
      const { dueAt } = await this.deadlines.dueForInTx(tx, subject, 'holdDecision');
      const words = { legalBasis: wanted.legalBasis, reasons: wanted.reasons };
      // The clock hangs on the hold, which the policies must find.
      const row = new Write().insert('hold', {
        id,
        referral_id: referralId,
        case_id: referral.case_id,
        kind: wanted.kind,
        sealed: key.seal(words, place('hold', id)).bytes,
        asked_by: actor.id,
        asked_at: tx.now,
        due_at: dueAt,
      });
      await row.run(tx);
      await this.deadlines.startInTx(tx, write, subject, 'holdDecision');
      appendEvent(step, 'ASK_HOLD', { hold: id, holds: wanted.kind, dueAt: dueAt.toISOString() }, words);
    });
    return done.repeated ? done.result['hold']! : id;
  }

  /** Granted, it lives for the time of the rule holdExpiry, and never past a limit of law of what it delays. */
  async decide(
    actor: Actor,
    referralId: string,
    holdId: string,
    said: DecideHoldDto,
    asked: Preconditions,
  ): Promise<void> {
    const { granted, reasons } = said;
    await onReferral(this, actor, referralId, asked, { id: referralId, hold: holdId }, async (step) => {
      const { tx, write, key, referral } = step;
      const hold = await this.getInTx(step, holdId);
      assertWaits(hold);
      await assertMayBeTold(step, { '/reasons': reasons });
      if (granted) await this.assertDelaysInTx(tx, hold);
      const until = granted ? await this.untilInTx(tx, hold) : null;
      const decided = {
        granted,
        sealed_decision: key.seal({ reasons }, place('hold', holdId, 'decision')).bytes,
        decided_by: actor.id,
        decided_at: tx.now,
        valid_until: until,
      };
      write.update('hold', { id: holdId }, decided);
      this.deadlines.meet(tx, write, holdId, 'holdDecision');
      if (until) {
        const subject = { caseId: referral.case_id, subjectId: holdId, endsAt: until };
        await this.deadlines.startInTx(tx, write, subject, 'holdExpiry');
      }
      const facets = { hold: holdId, until: until?.toISOString() ?? null };
      appendEvent(step, granted ? 'GRANT_HOLD' : 'REFUSE_HOLD', facets, { reasons });
    });
  }

  async end(
    actor: Actor,
    referralId: string,
    holdId: string,
    { reasons }: EndHoldDto,
    asked: Preconditions,
  ): Promise<void> {
    await onReferral(this, actor, referralId, asked, { id: referralId, hold: holdId }, async (step) => {
      const { tx, write } = step;
      const hold = await this.getInTx(step, holdId);
      if (!hold.granted || hold.ended_at)
        throw new DomainError('conflict', 'Only a hold that was granted and not yet ended can be ended.');
      // A stay that was broken is ended with what happened, also after its time.
      if (!hold.broken_at) assertNotRunOut(hold, tx.now);
      await assertMayBeTold(step, { '/reasons': reasons });
      write.update('hold', { id: holdId }, endOf(step, holdId, reasons));
      for (const clock of ['holdExpiry', 'brokenStay']) this.deadlines.meet(tx, write, holdId, clock);
      appendEvent(step, 'END_HOLD', { hold: holdId }, { reasons });
    });
  }

  /** Whoever asked takes it back, before it is decided or while it lives: the authority waits, and is waited for, no more. */
  async withdraw(
    actor: Actor,
    referralId: string,
    holdId: string,
    { reasons }: EndHoldDto,
    asked: Preconditions,
  ): Promise<void> {
    await onReferral(this, actor, referralId, asked, { id: referralId, hold: holdId }, async (step) => {
      const { tx, write } = step;
      const hold = await this.getInTx(step, holdId);
      if (hold.ended_at) throw endedAlready(hold, hold.ended_at);
      if (hold.granted === false)
        throw new DomainError('conflict', 'This hold was refused: nothing is held, and there is nothing to withdraw.');
      assertNotRunOut(hold, tx.now);
      write.update('hold', { id: holdId }, { ...endOf(step, holdId, reasons), ended_because: 'withdrawn' });
      appendEvent(step, 'WITHDRAW_HOLD', { hold: holdId, because: 'withdrawn' }, { reasons });
    });
  }

  ofReferral(actor: Actor, referralId: string): Promise<HoldView[]> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const known = await tx.one<{ case_id: string }>('SELECT case_id FROM referral WHERE id = $1', [referralId]);
      if (!known) throw new NotFound('referral');
      return this.viewsInTx(tx, known.case_id, await this.store.ofReferralInTx(tx, referralId));
    });
  }

  ofCase(actor: Actor, caseId: string): Promise<HoldView[]> {
    return this.database.inActorTx(actor.id, async (tx) => {
      if (!(await tx.one('SELECT 1 FROM case_file WHERE id = $1', [caseId]))) throw new NotFound('case');
      return this.viewsInTx(tx, caseId, await this.store.ofCaseInTx(tx, caseId));
    });
  }

  /** One that lives is renewed by asking anew; one that waits to be decided is not asked for twice. */
  private async assertAskableInTx(tx: Tx, referralId: string, kind: HoldKind): Promise<void> {
    if (await this.store.isWithoutFileInTx(tx, referralId))
      throw new DomainError(
        'conflict',
        'Your authority answered a correction that this file was erased: what you no longer have is not held for you. It is again where it stands again.',
      );
    const waiting = (await this.store.ofReferralInTx(tx, referralId)).find(
      (hold) => hold.kind === kind && hold.granted === null && hold.ended_at === null,
    );
    if (waiting)
      throw new DomainError(
        'conflict',
        `You asked for this hold (${kind}) already, on ${waiting.asked_at.toISOString()}: it is ${waiting.id} and waits to be decided. Withdraw it to ask in other words.`,
        { hold: waiting.id },
      );
  }

  private async assertDelaysInTx(tx: Tx, { kind, case_id: caseId }: HoldRow): Promise<void> {
    const { workflow_hash, snapshot, ...standing } = await this.store.standingInTx(tx, caseId);
    const tags = stageTagsOf(this.workflows.get('case', workflow_hash), snapshot);
    const closed = !standing.decided && tags.includes('examinationEnded');
    const because = delaysNothingBecause(kind, { ...standing, closed });
    if (because === null) return;
    throw new DomainError(
      'nothingToDelay',
      `${because} This hold (${kind}) would delay nothing: refuse it and say so. The recipient may ask anew if that changes.`,
      { hold: kind },
    );
  }

  private async untilInTx(tx: Tx, { kind, case_id: caseId }: HoldRow): Promise<Date> {
    const { dueAt } = await this.deadlines.dueInTx(tx, 'holdExpiry');
    const most = new Date(tx.now.getTime() + LONGEST_HOLD_DAYS * 86_400_000);
    const until = holdUntil(kind, { ruled: dueAt, most }, await this.store.limitsInTx(tx, caseId));
    if (until > tx.now) return until;
    throw new DomainError(
      'conflict',
      `The limit of law for the step that this would delay ended on ${until.toISOString()}. Nothing is delayed past it: refuse the hold.`,
    );
  }

  private async getInTx({ tx, referral }: ReferralStep, id: string): Promise<HoldRow> {
    const hold = await this.store.findInTx(tx, referral.id, id);
    if (!hold) throw new NotFound('hold');
    return hold;
  }

  private async viewsInTx(tx: Tx, caseId: string, rows: readonly HoldRow[]): Promise<HoldView[]> {
    if (rows.length === 0) return [];
    const key = await this.keys.getInTx(tx, caseId);
    return rows.map((row) => viewOf(row, key, tx.now));
  }
}

/** Who ended a hold, when, and why under seal: the columns of its row. */
const endOf = ({ tx, key, actor }: ReferralStep, holdId: string, reasons: string) => ({
  sealed_end: key.seal({ reasons }, place('hold', holdId, 'end')).bytes,
  ended_by: actor.id,
  ended_at: tx.now,
});

function assertWaits({ granted, ended_at: endedAt, ended_because: because }: HoldRow): void {
  if (granted !== null)
    throw new DomainError(
      'conflict',
      `This hold was ${granted ? 'granted' : 'refused'} already: there is nothing left to decide. One that was granted can be ended, with reasons; for another one the prosecutor asks anew.`,
    );
  if (endedAt) throw endedAlready({ ended_because: because }, endedAt);
}

function assertNotRunOut({ valid_until: until }: HoldRow, now: Date): void {
  if (until !== null && until <= now)
    throw new DomainError(
      'conflict',
      `This hold ran out on ${until.toISOString()}: it stops nothing any more, and there is nothing to end.`,
    );
}

function endedAlready({ ended_because: because }: Pick<HoldRow, 'ended_because'>, at: Date): DomainError {
  const how =
    because === 'withdrawn'
      ? 'was withdrawn by whoever asked for it'
      : because === 'recalled'
        ? 'ended when its referral was recalled'
        : 'was ended by the authority';
  return new DomainError(
    'conflict',
    `This hold ${how}, on ${at.toISOString()}: it holds nothing, and nothing is decided on it.`,
  );
}

function viewOf(row: HoldRow, key: DataKey, now: Date): HoldView {
  const decided =
    row.sealed_decision && key.open<{ reasons: string }>(row.sealed_decision, place('hold', row.id, 'decision'));
  return {
    id: row.id,
    referralId: row.referral_id,
    kind: row.kind,
    says: holdKinds[row.kind].says,
    state: holdStateAt(
      { granted: row.granted, validUntil: row.valid_until, endedAt: row.ended_at, endedBecause: row.ended_because },
      now,
    ),
    ...key.open<{ legalBasis: string; reasons: string }>(row.sealed, place('hold', row.id)),
    askedAt: row.asked_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    decisionReasons: decided ? decided.reasons : null,
    until: row.valid_until?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    endedBecause: row.ended_because,
    brokenAt: row.broken_at?.toISOString() ?? null,
  };
}
