import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { CaseEffect, CaseFacts } from '../domain/workflow/vocabulary/case.js';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import type { Tx } from '../platform/database/database.js';
import { sourceRefOf } from '../platform/database/source-ref.js';
import type { DataKey } from '../platform/database/sealing.js';
import type { Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import { ReferralsService } from '../referrals/referrals.service.js';
import { AccountEffects } from './account-effects.js';
import type { AllegationRow, PartsRead } from './case-file-reads.js';
import type { LockedCase } from './case.store.js';
import { type CaseInstruction, findingsOf, reasonsOf, wordsOf } from './case-instruction.js';
import { recordTrack } from './prosecution-track.store.js';
import { SuspicionEffects } from './suspicion-effects.js';

/** Everything an effect may need to become rows. */
export interface CaseStep {
  readonly tx: Tx;
  readonly write: Write;
  readonly record: LockedCase;
  readonly key: DataKey;
  readonly actor: Actor;
  readonly file: PartsRead;
  readonly instruction: CaseInstruction;
  /** Ids of rows written before the present effect, by table, so that a duty can name its cause. */
  readonly written: Map<string, string>;
}

/** Turns the effects that a statechart names into the rows they stand for; an effect unknown here throws. */
@Injectable()
export class CaseEffects {
  constructor(
    private readonly deadlines: DeadlinesService,
    private readonly referrals: ReferralsService,
    private readonly suspicion: SuspicionEffects,
    private readonly accounts: AccountEffects,
  ) {}

  async apply(step: CaseStep, effect: CaseEffect): Promise<void> {
    const { tx, write, record } = step;
    switch (effect.type) {
      case 'startDeadline':
        await this.deadlines.startInTx(tx, write, { caseId: record.id, subjectId: record.id }, effect.params.kind);
        return;
      case 'meetDeadline':
        return this.deadlines.meet(tx, write, record.id, effect.params.kind);
      case 'endDeadlines':
        return this.deadlines.end(tx, write, record.id, effect.params.kinds);
      case 'editAnalysis':
        return this.editAnalysis(step);
      case 'setAnalysisAside':
        return; // the revision counts up with the event
      case 'recordNotice':
        return this.recordNotice(step, effect.params.kind);
      case 'recordSubmission':
        return this.recordSubmission(step, effect.params.reply);
      case 'recordDisclosure':
        return this.recordDisclosure(step);
      case 'recordReview':
        return this.recordReview(step, record.stage === 'approved' ? 'decision' : 'analysis', effect.params.outcome);
      case 'recordLegalSignOff':
        return this.recordReview(step, 'legal', 'approved');
      case 'recordDecision':
        return this.recordDecision(step, effect.params.outcome);
      case 'createObligations':
        return this.createObligations(step, effect.params.kind);
      case 'createCorrections':
        return this.suspicion.correct(step, effect.params.cause);
      case 'recordSuspicionProposal':
        return this.suspicion.recordProposal(step);
      case 'rejectSuspicionProposal':
        return this.suspicion.close(step, 'rejected');
      case 'overtakeSuspicion':
        return this.suspicion.overtake(step);
      case 'recordSuspicionDecision':
        return this.suspicion.close(step, 'confirmed');
      case 'recordAppeal':
        return this.recordAppeal(step, effect.params.outcome);
      case 'recordProsecutionTrack':
        return recordTrack(step, effect.params.step);
      case 'recordAgreement':
        return this.accounts.recordAgreement(step);
      case 'recordAccount':
        return this.accounts.recordStep(step, effect.params.step);
      case 'recordClaimOutcome':
      case 'recordClosure':
      case 'reopenExamination':
        return; // the event itself, with its reasons, is the record; the state says the rest
      default:
        throw new Error(`no rows are known for the effect ${JSON.stringify(effect satisfies never)}`);
    }
  }

  /** Throws `noCompetentAuthority`, naming the gap, when what this command would make has nobody to be told. */
  async nameGapInTx(tx: Tx, caseId: string, facts: CaseFacts, allegations: readonly AllegationRow[]): Promise<void> {
    if (facts.authoritiesForExclusion === 0 && facts.allegationsDecidedToStand > 0) {
      const grounds = [...new Set(allegations.filter((one) => one.intended_to_stand).map(({ ground }) => ground))];
      await this.referrals.assertCompetentInTx(tx, { kind: 'exclusion', caseId, grounds });
    }
    if (facts.authoritiesForSuspicion === 0 && facts.suspicionProposal === 'suspicion') {
      await this.referrals.assertCompetentInTx(tx, { kind: 'suspicion', caseId, grounds: ['1F(a)'] });
    }
    if (facts.authoritiesForAccount === 0)
      await this.referrals.assertCompetentInTx(tx, { kind: 'account', caseId, grounds: ['1F(a)'] });
  }

  private editAnalysis(step: CaseStep): void {
    const { write, record, actor } = step;
    write.upsert('analysis_author', { case_id: record.id, user_id: actor.id }, '(case_id, user_id)', []);
    this.suspicion.overtake(step);
  }

  private async recordNotice(step: CaseStep, kind: 'intention' | 'decision'): Promise<void> {
    const { tx, write, record, actor, key } = step;
    const id = randomUUID();
    const replyDueAt = kind === 'intention' ? (await this.deadlines.dueInTx(tx, 'intentionReply')).dueAt : null;
    write.insert('notice', {
      id,
      case_id: record.id,
      kind,
      analysis_revision: kind === 'intention' ? record.analysis_revision : null,
      sealed: key.seal(wordsOf(step.instruction), `notice:${id}`).bytes,
      served_at: tx.now,
      served_by: actor.id,
      reply_due_at: replyDueAt,
    });
  }

  private recordSubmission({ tx, write, record, actor, key, file, instruction }: CaseStep, reply: boolean): void {
    if (instruction.type !== 'RECORD_REPLY' && instruction.type !== 'RECORD_SUBMISSION') throw unexpected(instruction);
    write.insert('submission', {
      id: instruction.id,
      case_id: record.id,
      kind: instruction.kind,
      notice_id: reply ? file.get('intention').id : null,
      sealed: key.seal(wordsOf(instruction), `submission:${instruction.id}`).bytes,
      received_at: tx.now,
      recorded_by: actor.id,
    });
  }

  private recordDisclosure({ tx, write, record, actor, key, instruction }: CaseStep): void {
    if (instruction.type !== 'RECORD_DISCLOSURE') throw unexpected(instruction);
    write.insert('disclosure', {
      id: instruction.id,
      case_id: record.id,
      source_kind: instruction.sourceKind,
      source_ref: sourceRefOf(key, instruction.sourceKind, instruction.sourceRef),
      sealed: key.seal(wordsOf(instruction), `disclosure:${instruction.id}`).bytes,
      disclosed_at: tx.now,
      disclosed_by: actor.id,
    });
  }

  private recordReview(
    step: CaseStep,
    kind: 'analysis' | 'legal' | 'decision',
    outcome: 'approved' | 'returned',
  ): void {
    const { tx, write, record, actor, key } = step;
    const id = randomUUID();
    write.insert('review', {
      id,
      case_id: record.id,
      kind,
      analysis_revision: record.analysis_revision,
      reviewer_id: actor.id,
      outcome,
      sealed: key.seal({ reasons: reasonsOf(step.instruction) }, `review:${id}`).bytes,
      at: tx.now,
    });
  }

  private recordDecision(step: CaseStep, outcome: 'excluded' | 'notExcluded'): void {
    const { tx, write, record, actor, key, file, instruction } = step;
    const id = randomUUID();
    step.written.set('decision', id);
    const findings = findingsOf(instruction, file.get('analysis').rows);
    const words = {
      reasons: reasonsOf(instruction),
      allegations: findings.map(({ allegationId, reasons }) => ({ allegationId, reasons })),
    };
    write.insert('decision', {
      id,
      case_id: record.id,
      outcome,
      analysis_revision: record.analysis_revision,
      sealed: key.seal(words, `decision:${id}`).bytes,
      decided_by: actor.id,
      decided_at: tx.now,
    });
    for (const { allegationId, ground, scope, stands } of findings) {
      write.insert('decision_allegation', {
        decision_id: id,
        case_id: record.id,
        allegation_id: allegationId,
        ground,
        scope,
        stands,
      });
    }
  }

  private async createObligations(step: CaseStep, kind: 'exclusion' | 'suspicion' | 'account'): Promise<void> {
    if (kind === 'account') return this.accounts.refer(step);
    const { tx, write, record, key, actor, file, instruction } = step;
    const allegations = file.get('analysis').rows;
    const { proposal } = file.get('suspicion');
    const causeId = kind === 'exclusion' ? step.written.get('decision') : proposal?.id;
    if (causeId === undefined) throw new Error(`an obligation of kind ${kind} without its cause`);
    const findings =
      kind === 'exclusion'
        ? findingsOf(instruction, allegations)
        : allegations
            .filter(({ id }) => proposal?.allegation_ids.includes(id))
            .map(({ id, ground, scope }) => ({ allegationId: id, ground, scope, stands: true }));
    const reasons = kind === 'exclusion' ? reasonsOf(instruction) : this.suspicion.reasonsOfProposal(step);
    await this.referrals.obligeInTx(tx, write, {
      causeId,
      kind,
      caseId: record.id,
      key,
      actorId: actor.id,
      decision: { reasons, findings },
    });
  }

  private recordAppeal(step: CaseStep, outcome: AppealOutcome): void {
    const { tx, write, record, key, file, instruction } = step;
    const { id: decisionId, open_appeal_id: openAppealId } = file.get('decision');
    if (decisionId === null) throw new Error('an appeal without a decision');
    const lodged = () => {
      const id = randomUUID();
      const sealed = key.seal(wordsOf(instruction), `appeal:${id}`).bytes;
      return { id, case_id: record.id, decision_id: decisionId, sealed, lodged_at: tx.now };
    };
    if (outcome === 'lodged') {
      write.insert('appeal', lodged());
      return;
    }
    const final = 'final' in instruction ? instruction.final : FINAL_STEPS.includes(instruction.type);
    const judged = { outcome, final, decided_at: tx.now };
    // A judgment may come without an appeal on file: of a higher court, on a review, or that the last one became final.
    if (openAppealId === null) write.insert('appeal', { ...lodged(), ...judged });
    else write.update('appeal', { id: openAppealId, outcome: null }, judged);
  }
}

/** What ends an appeal for good without saying so. */
const FINAL_STEPS: readonly string[] = ['WITHDRAW_APPEAL', 'BECOME_FINAL'];

type AppealOutcome = Extract<CaseEffect, { type: 'recordAppeal' }>['params']['outcome'];

const unexpected = (instruction: CaseInstruction): Error =>
  new Error(`the chart gives this effect to ${instruction.type}`);
