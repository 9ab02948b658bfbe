import { Injectable } from '@nestjs/common';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import { nextEvent } from '../platform/database/next-event.js';
import { Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import type { DisputeDto, DisputedIndicatorView } from './follow-up.dto.js';
import { lockedInterview } from './interview-commands.js';
import { type Dispute, wordsOfIndicator } from './interview-sessions.js';
import { InterviewStore, type LockedInterview } from './interview.store.js';
import { type ToldIndicators, tokenOfWords } from './told-indicator.js';

/**
 * Lets an officer say why a raised indicator says nothing of this person. It is an assessment and no part of the record: it may
 * come after sealing, clears nothing, and travels with the indicator.
 */
@Injectable()
export class DisputesService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly store: InterviewStore,
  ) {}

  /** Adds a dispute; the indicator stays raised. Throws `notFound` for an interview, and for an indicator that does not stand. */
  async dispute(
    actor: Actor,
    interviewId: string,
    indicatorId: string,
    { reason }: DisputeDto,
    asked: Preconditions,
  ): Promise<DisputedIndicatorView> {
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result: { id: interviewId } };
    const lock = { aggregate: 'interview' as const, id: interviewId };
    // The session in memory is of the event before, and so is read anew by whoever comes next.
    await this.database.once({ ...claim, lock }, (tx, locked) =>
      this.disputeInTx(tx, actor, lockedInterview(locked, asked), indicatorId, reason),
    );
    return { indicatorId, disputed: await this.disputesOf(actor, interviewId, indicatorId) };
  }

  private async disputeInTx(
    tx: Tx,
    actor: Actor,
    record: LockedInterview,
    indicatorId: string,
    reason: string,
  ): Promise<void> {
    const key = this.dataKeys.ofLocked(record);
    const row = await this.store.findRaisedInTx(tx, record.id, indicatorId);
    if (!row) throw notRaised(indicatorId);
    const words = wordsOfIndicator(row, key);
    const dispute: Dispute = { reason, by: actor.displayName, at: tx.now.toISOString() };
    const disputed = [...(words.disputed ?? []), dispute];
    const said = { ...words, disputed };
    const indicators: ToldIndicators = { [row.id]: { says: tokenOfWords(key, said) } };
    const event = nextEvent(record, key, {
      aggregateKind: 'interview',
      caseId: record.case_id,
      type: 'DISPUTE_INDICATOR',
      actorId: actor.id,
      at: tx.now,
      facets: { state: record.snapshot, purpose: record.purpose, indicators },
      payload: { indicatorId, reason },
    });
    await new Write()
      .update('raised_indicator', { id: row.id }, { sealed: key.seal(said, `raised_indicator:${row.id}`).bytes })
      .insert('event', event.row)
      .update('interview', { id: record.id, version: record.version }, { version: record.version + 1, ...event.head })
      .run(tx);
  }

  private disputesOf(actor: Actor, interviewId: string, indicatorId: string): Promise<readonly Dispute[]> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const record = await this.store.findInTx(tx, interviewId);
      const row = record && (await this.store.findRaisedInTx(tx, record.id, indicatorId));
      if (!record || !row) throw notRaised(indicatorId);
      return wordsOfIndicator(row, await this.dataKeys.getInTx(tx, record.case_id)).disputed ?? [];
    });
  }
}

const notRaised = (indicatorId: string): DomainError =>
  new DomainError(
    'notFound',
    `The indicator “${indicatorId}” is not raised in this interview; only one that stands can be disputed. The interview shows those under "indicators".`,
  );
