import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { reasonsAfterCorrection } from '../domain/referral/reasons-after-correction.js';
import { InvalidInput } from '../platform/http/problem.js';
import type { CorrectionReason } from '../referrals/duty-to-tell.js';
import { ReferralsService } from '../referrals/referrals.service.js';
import type { CaseStep } from './case-effects.js';
import { type Finding, findingsOf, reasonsOf } from './case-instruction.js';

/** What a suspicion decision says, sealed: why, and after a correction what remains of each allegation. */
interface SuspicionWords {
  readonly reasons: string;
  readonly allegations?: readonly {
    readonly allegationId: string;
    readonly remains: boolean;
    readonly reasons: string;
  }[];
}

const placeOf = (id: string): string => `suspicion_decision:${id}`;

/** Corrections that tell the recipients what was decided after another one. */
const ANSWERING: readonly CorrectionReason[] = ['suspicionRemains', 'noSuspicionRemains'];
/** Corrections after which the decision no longer applies Article 1F. */
const QUASHING: readonly CorrectionReason[] = ['quashedFinal', 'quashedNotFinal', 'remitted', 'reopened'];
/** Corrections that are about a decision; the others are about whatever was told. */
const OF_A_DECISION: readonly CorrectionReason[] = [...QUASHING, 'partlyUpheld', 'reinstated'];

/** Names in `written` the proposal that an earlier effect of the same command overtook. */
const OVERTAKEN = 'suspicion_decision overtaken';

/** The rows of suspicion decisions and of corrections, which ask for one. */
@Injectable()
export class SuspicionEffects {
  constructor(private readonly referrals: ReferralsService) {}

  recordProposal({ tx, write, record, actor, key, file, instruction, written }: CaseStep): void {
    if (instruction.type !== 'PROPOSE_SUSPICION' && instruction.type !== 'PROPOSE_AFTER_CORRECTION') {
      throw new Error(`the chart gives a suspicion proposal to ${instruction.type}`);
    }
    const open = file.get('suspicion').proposal?.id;
    if (open !== undefined && open !== written.get(OVERTAKEN)) throw new Error('a suspicion proposal is open already');
    const remaining = findingsOf(instruction, file.get('analysis').rows).filter(({ stands }) => stands);
    const afterCorrection = instruction.type === 'PROPOSE_AFTER_CORRECTION';
    const told = instruction.suspicion || remaining.length > 0;
    const unasked = file.get('referrals').mistaken_identity && afterCorrection && !instruction.identityEstablished;
    if (told && unasked) throw identityNotEstablished();
    const core = remaining.filter(({ ground }) => ground === '1F(a)');
    const id = randomUUID();
    const words: SuspicionWords = {
      reasons: afterCorrection ? reasonsAfterCorrection(instruction) : instruction.reasons,
      ...(afterCorrection ? { allegations: instruction.allegations } : {}),
    };
    write.insert('suspicion_decision', {
      id,
      case_id: record.id,
      analysis_revision: record.analysis_revision,
      suspicion: instruction.suspicion,
      allegation_ids: afterCorrection ? core.map(({ allegationId }) => allegationId) : instruction.allegationIds,
      remaining_ids: afterCorrection ? remaining.map(({ allegationId }) => allegationId) : null,
      sealed: key.seal(words, placeOf(id)).bytes,
      proposed_by: actor.id,
      proposed_at: tx.now,
    });
  }

  close({ tx, write, actor, key, file, instruction }: CaseStep, outcome: 'confirmed' | 'rejected'): void {
    const id = file.get('suspicion').proposal?.id;
    if (id === undefined) throw new Error('there is no suspicion proposal to close');
    write.update(
      'suspicion_decision',
      { id },
      {
        outcome,
        decided_by: actor.id,
        decided_at: tx.now,
        sealed_outcome: key.seal({ reasons: reasonsOf(instruction) }, `${placeOf(id)}:outcome`).bytes,
      },
    );
  }

  overtake({ tx, write, file, written }: CaseStep): void {
    const { proposal } = file.get('suspicion');
    if (proposal) {
      written.set(OVERTAKEN, proposal.id);
      write.update('suspicion_decision', { id: proposal.id }, { outcome: 'overtaken', decided_at: tx.now });
    }
  }

  /** Why the waiting proposal says what it says. */
  reasonsOfProposal(step: CaseStep): string {
    return wordsOfProposal(step).reasons;
  }

  async correct(step: CaseStep, reason: CorrectionReason): Promise<void> {
    const { tx, write, record, key, actor, file, instruction } = step;
    const answers = ANSWERING.includes(reason);
    const decisionId = OF_A_DECISION.includes(reason) ? file.get('decision').id : null;
    if (QUASHING.includes(reason) && decisionId !== null) {
      write.updateAny('decision', { id: decisionId, quashed_at: null }, { quashed_at: tx.now });
    }
    await this.referrals.correctInTx(tx, write, {
      correctionId: randomUUID(),
      decisionId,
      reason,
      explanation: (answers ? this.reasonsOfProposal(step) : reasonsOf(instruction)) || null,
      findings: answers ? remainingOf(step) : findingsOf(instruction, file.get('analysis').rows),
      ...('referralIds' in instruction ? { referralIds: instruction.referralIds } : {}),
      caseId: record.id,
      key,
      actorId: actor.id,
    });
  }
}

/** After a mistaken identity on which nobody has decided since, the same file must not be told of the same person unasked. */
function identityNotEstablished(): InvalidInput {
  const detail =
    'is missing: this person was mistaken for another. That suspicion remains is told again only with by what it was established anew who the person is.';
  return new InvalidInput([{ pointer: '/identityEstablished', detail }]);
}

function wordsOfProposal({ key, file }: CaseStep): SuspicionWords {
  const { proposal, sealed } = file.get('suspicion');
  if (!proposal || !sealed) throw new Error('a suspicion decision without its proposal');
  return key.open<SuspicionWords>(sealed, placeOf(proposal.id));
}

/** Per allegation what the waiting proposal says after a correction; none for a proposal made without one. */
function remainingOf(step: CaseStep): Finding[] {
  const known = step.file.get('analysis').rows;
  return (wordsOfProposal(step).allegations ?? []).flatMap(({ allegationId, remains, reasons }) => {
    const allegation = known.find(({ id }) => id === allegationId);
    if (!allegation) return [];
    return [{ allegationId, ground: allegation.ground, scope: allegation.scope, stands: remains, reasons }];
  });
}
