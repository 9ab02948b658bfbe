import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import { Write } from '../platform/database/write.js';
import { ReferralLifecycle, type ReferralCommand } from '../referrals/referral-lifecycle.js';
import type { GiveFeedbackDto, ReferralCommandDto } from './command.dto.js';
import { FeedbackStore } from './feedback.store.js';
import { type CommandStep, meaningOf, recordRow } from './referral-commands.js';

/** In what capacity the actor sends it, and what is told of that without personal data. */
export type Capacity = Required<Pick<ReferralCommand, 'facts' | 'facets'>>;

/** What a recipient says of a referral, whoever sends it for them: the same checks, chart, clocks and rows. */
@Injectable()
export class RecipientCommands {
  constructor(
    private readonly feedback: FeedbackStore,
    private readonly lifecycle: ReferralLifecycle,
    private readonly deadlines: DeadlinesService,
  ) {}

  /** Adds to `step.write` all that the command changes. Throws where it contradicts itself or the chart refuses it. */
  async applyInTx(step: CommandStep, command: ReferralCommandDto, { facts, facets }: Capacity): Promise<void> {
    const { tx, write, referral, key, actorId, rowId } = step;
    if (command.type === 'GIVE_FEEDBACK') await this.feedback.assertAskedInTx(tx, referral.id, command.questionIds);
    const meaning = meaningOf(command, referral, rowId);
    await this.lifecycle.applyInTx(tx, write, referral, {
      type: command.type,
      // A letter is about the referral that it is recorded with; where it names no hash, two persons read it.
      facts: { ...facts, ...meaning.facts, ...(step.letterId === undefined ? {} : { fileHashNamed: true }) },
      actorId,
      movesVersion: true,
      facets: { ...meaning.facets, ...facets },
      key,
      said: meaning.said,
    });
    recordRow(step, command);
    if (command.type === 'ANSWER_CORRECTION' && command.answer === 'erased')
      await this.lifecycle.endFeedbackInTx(tx, write, referral);
    if (command.type === 'GIVE_FEEDBACK' && command.feedback === 'incomplete') await this.askInTx(step, command);
  }

  /** Whoever says what is missing asks for it: that is a request like every other, told to whoever answers it, and on their clock. */
  private async askInTx(step: CommandStep, { questionIds }: GiveFeedbackDto): Promise<void> {
    const { tx, write, referral, actorId, rowId } = step;
    const id = randomUUID();
    const { dueAt } = await this.deadlines.dueInTx(tx, 'requestAnswer');
    // The clock hangs on the request, which the policies must find.
    const row = new Write().insert('referral_request', {
      id,
      referral_id: referral.id,
      case_id: referral.case_id,
      kind: 'missing',
      question_ids: questionIds,
      feedback_id: rowId,
      asked_by: actorId,
      asked_at: tx.now,
      due_at: dueAt,
    });
    await row.run(tx);
    await this.deadlines.startInTx(tx, write, { caseId: referral.case_id, subjectId: id }, 'requestAnswer');
  }
}
