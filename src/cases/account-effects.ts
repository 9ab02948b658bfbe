import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { accountSteps } from '../domain/workflow/vocabulary/case.js';
import { InvalidInput } from '../platform/http/problem.js';
import { PackagesService } from '../referrals/packages.service.js';
import { ReferralsService } from '../referrals/referrals.service.js';
import type { CaseStep } from './case-effects.js';
import { type RecordAgreement, wordsOf } from './case-instruction.js';

/** What every recipient of an account hears when it is called back; why is the person's own affair. */
const CALLED_BACK =
  'The person who gave this account revoked the agreement to its transmission before you had used it. It must not be used.';

const placeOf = (id: string): string => `account_step:${id}`;

/** The rows of a victim's or witness's own account: the agreement, its referral by two persons, its revocation. */
@Injectable()
export class AccountEffects {
  constructor(
    private readonly packages: PackagesService,
    private readonly referrals: ReferralsService,
  ) {}

  async recordAgreement(step: CaseStep): Promise<void> {
    const { tx, write, record, actor, key, instruction } = step;
    if (instruction.type !== 'RECORD_AGREEMENT') throw new Error(`the chart gives an agreement to ${instruction.type}`);
    await assertPossible(step, instruction, this.packages);
    const { id, category, interviewId, questionIds } = instruction;
    write.insert('account_agreement', {
      id,
      case_id: record.id,
      interview_id: interviewId,
      question_ids: questionIds,
      category,
      sealed: key.seal(wordsOf(instruction), `account_agreement:${id}`).bytes,
      recorded_by: actor.id,
      recorded_at: tx.now,
    });
  }

  async recordStep(step: CaseStep, what: (typeof accountSteps)[number]): Promise<void> {
    const { tx, write, record, actor, key, instruction } = step;
    const id = randomUUID();
    const agreementId = agreementOf(step);
    write.insert('account_step', {
      id,
      case_id: record.id,
      agreement_id: agreementId,
      step: what,
      sealed: key.seal(wordsOf(instruction), placeOf(id)).bytes,
      at: tx.now,
      by_id: actor.id,
    });
    if (what === 'revoked') await this.callBack(step, agreementId);
  }

  /** The agreement's id is the cause: an account is referred once. */
  async refer(step: CaseStep): Promise<void> {
    const { tx, write, record, actor, key, file } = step;
    const { waiting, sealed } = file.get('accounts');
    if (!waiting || !sealed) throw new Error('an account is referred without its proposal');
    const { reasons } = key.open<{ reasons: string }>(sealed, placeOf(waiting.step));
    await this.referrals.obligeInTx(tx, write, {
      causeId: waiting.agreement,
      kind: 'account',
      caseId: record.id,
      key,
      actorId: actor.id,
      decision: { reasons, findings: [] },
    });
  }

  /** Whoever has not used the account loses it and is told; whoever has keeps what cannot be taken back. */
  private async callBack({ tx, write, record, actor, key }: CaseStep, agreementId: string): Promise<void> {
    // Locked first: whoever is about to acknowledge or open it comes before us, and is seen below, or after us, and is refused.
    await tx.rows(
      `SELECT r.id FROM referral r JOIN obligation o ON o.id = r.id WHERE o.cause_id = $1 ORDER BY r.created_at, r.id
       FOR NO KEY UPDATE OF r`,
      [agreementId],
      'account_lock',
    );
    const unused = await tx.rows<{ id: string }>(
      `SELECT o.id FROM obligation o WHERE o.cause_id = $1 AND NOT f1_account_used(o.id) ORDER BY o.created_at, o.id`,
      [agreementId],
      'account_unused',
    );
    if (unused.length === 0) return;
    await this.referrals.correctInTx(tx, write, {
      correctionId: randomUUID(),
      decisionId: null,
      reason: 'agreementRevoked',
      explanation: CALLED_BACK,
      referralIds: unused.map(({ id }) => id),
      caseId: record.id,
      key,
      actorId: actor.id,
    });
  }
}

/** The agreement that the command names, or else the one that waits. */
function agreementOf({ instruction, file }: CaseStep): string {
  const named = 'agreementId' in instruction ? instruction.agreementId : file.get('accounts').waiting?.agreement;
  if (named === undefined) throw new Error('no referral of an account waits');
  return named;
}

/** Only what the person said as a victim or witness can be agreed to: answers given, to questions that ask for such an account. */
async function assertPossible(
  { tx, record }: CaseStep,
  { interviewId, questionIds, givenAt }: RecordAgreement,
  packages: PackagesService,
): Promise<void> {
  if (Date.parse(givenAt) > tx.now.getTime())
    throw new InvalidInput([{ pointer: '/givenAt', detail: 'lies in the future' }]);
  const told = await packages.accountQuestionsInTx(tx, record.id, interviewId);
  if (!told) throw new InvalidInput([{ pointer: '/interviewId', detail: 'is no interview of this case' }]);
  const strangers = questionIds.filter((id) => !told.includes(id));
  if (strangers.length > 0) {
    throw new InvalidInput(
      strangers.map((id) => ({
        pointer: `/questionIds/${questionIds.indexOf(id)}`,
        detail: 'is no answered question about what the person saw or suffered as a witness or victim',
      })),
      `An agreement covers an own account only; in this interview that is: ${told.join(', ') || 'nothing'}.`,
    );
  }
}
