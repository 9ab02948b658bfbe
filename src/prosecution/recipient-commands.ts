import { Injectable } from '@nestjs/common';
import { ReferralLifecycle, type ReferralCommand } from '../referrals/referral-lifecycle.js';
import type { ReferralCommandDto } from './command.dto.js';
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
  ) {}

  /** Adds to `step.write` all that the command changes. Throws where it contradicts itself or the chart refuses it. */
  async applyInTx(step: CommandStep, command: ReferralCommandDto, { facts, facets }: Capacity): Promise<void> {
    const { tx, write, referral, key, actorId, rowId } = step;
    if (command.type === 'GIVE_FEEDBACK') await this.feedback.assertAskedInTx(tx, referral.id, command.questionIds);
    const meaning = meaningOf(command, referral, rowId);
    await this.lifecycle.applyInTx(tx, write, referral, {
      type: command.type,
      facts: { ...facts, ...meaning.facts },
      actorId,
      movesVersion: true,
      facets: { ...meaning.facets, ...facets },
      key,
      said: meaning.said,
    });
    recordRow(step, command);
  }
}
