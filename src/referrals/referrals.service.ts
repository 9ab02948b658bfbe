import { Injectable } from '@nestjs/common';
import { competence, type Competence, type CompetenceGap } from '../domain/referral/competence.js';
import { localDate } from '../domain/referral/due-date.js';
import type { Ground } from '../domain/referral/file.js';
import { obligationId } from '../domain/referral/obligation-id.js';
import { correctionPackage } from '../domain/referral/package.js';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import type { Write } from '../platform/database/write.js';
import { type CompetenceFacts, CompetenceStore } from './competence.store.js';
import { assertAllNamed, markOf, SUSPENDING, toldOf } from './correction-marks.js';
import { type CorrectionToTell, type DutyToTell, groundsOf, type Obliged, type TellAlso } from './duty-to-tell.js';
import { ObligationsService } from './obligations.service.js';
import { hashOf, PackagesService } from './packages.service.js';
import { ReferralLifecycle } from './referral-lifecycle.js';
import { ReferralStore, type StandingCause, type ToldReferral } from './referral.store.js';
import { withheldInTx } from './whereabouts-withheld.js';

/** GDPR for us, Directive 2016/680 for the recipient: who was told must hear that it no longer stands. */
const CORRECTION_BASIS = 'Regulation (EU) 2016/679, Article 19; Directive (EU) 2016/680, Article 7(3)';

/** Turns a reason to tell into obligations, each with its referral, package and outbox row, inside the caller's one statement. */
@Injectable()
export class ReferralsService {
  constructor(
    private readonly config: Config,
    private readonly competences: CompetenceStore,
    private readonly packages: PackagesService,
    private readonly referrals: ReferralStore,
    private readonly lifecycle: ReferralLifecycle,
    private readonly obligations: ObligationsService,
    private readonly deadlines: DeadlinesService,
  ) {}

  /** Throws DomainError `noCompetentAuthority` naming kind, grounds and date when somebody who must be told has no recipient. */
  async assertCompetentInTx(
    tx: Tx,
    question: { kind: DutyToTell['kind']; caseId: string; grounds: readonly Ground[] },
  ): Promise<void> {
    const found = this.competenceOf(tx, question, await this.competences.findInTx(tx, question.caseId));
    if (!found.ok) throw noCompetentAuthority(found.gap);
  }

  /** Who must be told at this moment of a decision of that kind on these grounds, or the gap in the rules. */
  private competenceOf(
    tx: Tx,
    question: { kind: DutyToTell['kind']; grounds: readonly Ground[] },
    { rules, ...facts }: CompetenceFacts,
  ): Competence {
    const date = localDate(tx.now.getTime(), this.config.F1_TIME_ZONE);
    return competence(rules, { kind: question.kind, grounds: question.grounds, ...facts, date });
  }

  /**
   * Adds to `write` the cause, the competence found at `tx.now`, and per authority obligation, referral (with its first
   * event and `refer` deadline) and outbox row. Reads the file as it stands before `write` runs; what the decision itself
   * says comes with the duty. Throws DomainError `noCompetentAuthority` naming kind, grounds and date, and adds nothing then.
   */
  async obligeInTx(tx: Tx, write: Write, duty: DutyToTell): Promise<Obliged[]> {
    const grounds = groundsOf(duty);
    const [competences, opened, urgent, departure] = await tx.all([
      this.competences.reading(duty.caseId),
      this.packages.reading(duty),
      this.referrals.readingUrgency(duty.caseId),
      this.deadlines.readingDeparture(duty.caseId),
    ]);
    const found = this.competenceOf(tx, { kind: duty.kind, grounds }, this.competences.found(competences));
    if (!found.ok) throw noCompetentAuthority(found.gap);
    const { file, completeness } = await this.packages.completedInTx(tx, duty, opened);
    const urgency = this.referrals.urgencyOf(urgent);
    const leavesAt = this.deadlines.departureOf(departure);
    const at = tx.now.toISOString();
    write.insert('duty_cause', { id: duty.causeId, case_id: duty.caseId, kind: duty.kind, at: tx.now });
    const told: Obliged[] = [];
    for (const recipient of found.competent) {
      const id = obligationId(duty.causeId, recipient.authorityId, duty.kind);
      const { kind, causeId, decision } = duty;
      const body = this.packages.make({ referralId: id, kind, causeId, at, recipient, decision, completeness, file });
      told.push(
        await this.obligations.addInTx(tx, write, duty, {
          id,
          kind: duty.kind,
          caseReference: file.reference,
          recipient,
          rule: recipient,
          corrects: null,
          body,
          file,
          urgency,
          leavesAt,
        }),
      );
    }
    return told;
  }

  /**
   * Tells one more authority of what was told to others, because it asked and it was decided so: another obligation of the cause
   * that stands, on the legal basis it named. Returns its referral, also where it was told before. Throws `noCauseToTell` where
   * nothing stands, `conflict` where what it was told of that was recalled from it; the database refuses a blocked recipient.
   */
  async tellAlsoInTx(tx: Tx, write: Write, to: TellAlso): Promise<string> {
    const cause = await this.getCauseToTellInTx(tx, to);
    if (cause.told !== null) return cause.told;
    const place = cause.kind === 'exclusion' ? `decision:${cause.id}` : `suspicion_decision:${cause.id}`;
    const { reasons } = to.key.open<{ reasons: string }>(cause.sealed, place);
    const duty = { ...to, causeId: cause.id, kind: cause.kind, decision: { reasons, findings: cause.findings ?? [] } };
    const { code, name } = cause;
    const recipient = { authorityId: to.authorityId, code, name, legalBasis: to.legalBasis, grounds: groundsOf(duty) };
    const { file, completeness } = await this.packages.completeInTx(tx, duty);
    const urgency = await this.referrals.urgencyInTx(tx, to.caseId);
    const id = obligationId(cause.id, to.authorityId, cause.kind);
    const at = tx.now.toISOString();
    const { kind, causeId, decision } = duty;
    const body = this.packages.make({ referralId: id, kind, causeId, at, recipient, decision, completeness, file });
    const entry = { id, kind, caseReference: file.reference, rule: null, corrects: null };
    const coded = { ...recipient, legalBasis: to.codedBasis };
    await this.obligations.addInTx(tx, write, duty, { ...entry, recipient: coded, body, file, urgency });
    return id;
  }

  /** What this authority could be told under now. Throws as `tellAlsoInTx` does where there is nothing. */
  async getCauseToTellInTx(
    tx: Tx,
    { caseId, authorityId }: Pick<TellAlso, 'caseId' | 'authorityId'>,
  ): Promise<StandingCause> {
    const cause = await this.referrals.standingCauseInTx(tx, caseId, authorityId);
    if (!cause) throw noCauseToTell();
    if (cause.recalled) throw toldAndRecalled(cause.told);
    return cause;
  }

  /**
   * Marks the standing referrals at once and adds one correction obligation for every authority that was told; returns none
   * when nobody was. `reinstated` removes the mark instead; a cause that is in SUSPENDING suspends access.
   */
  async correctInTx(tx: Tx, write: Write, correction: CorrectionToTell): Promise<Obliged[]> {
    const { caseId, correctionId, decisionId, reason } = correction;
    const referrals = await this.referrals.lockToldInTx(tx, caseId, toldOf(correction));
    assertAllNamed(correction, referrals);
    if (referrals.length === 0) return [];
    write.insert('correction', { id: correctionId, case_id: caseId, decision_id: decisionId, reason, at: tx.now });
    write.insert('duty_cause', { id: correctionId, case_id: caseId, kind: 'correction', at: tx.now });
    for (const referral of referrals) await this.markInTx(tx, write, correction, referral);
    const told: Obliged[] = [];
    const whereaboutsWithheld = isByAPerson(correction) ? await withheldInTx(tx, caseId, correction.key) : [];
    for (const authorityId of new Set(referrals.map(({ authority_id }) => authority_id))) {
      const own = referrals.filter(({ authority_id }) => authority_id === authorityId);
      const id = obligationId(correctionId, authorityId, 'correction');
      const latest = own.at(-1) as ToldReferral;
      const recipient = {
        authorityId,
        code: latest.code,
        name: latest.name,
        legalBasis: CORRECTION_BASIS,
        grounds: [],
      };
      const body = correctionPackage(
        {
          referralId: id,
          correctionId,
          reason,
          explanation: correction.explanation,
          findings: (correction.findings ?? []).filter(({ ground }) =>
            own.some(({ grounds }) => grounds.includes(ground)),
          ),
          at: tx.now.toISOString(),
          recipient,
          caseReference: latest.reference,
          decisionId,
          corrected: own.map((one) => ({ referralId: one.id, kind: one.kind, bodySha256: one.body_sha256 })),
          suspended: SUSPENDING.has(reason),
          whereaboutsWithheld,
        },
        hashOf,
      );
      const cause = { ...correction, causeId: correctionId };
      told.push(
        await this.obligations.addInTx(tx, write, cause, {
          id,
          kind: 'correction',
          caseReference: latest.reference,
          recipient,
          rule: null,
          corrects: latest.id,
          correction: { id: correctionId, reason, decision: decisionId },
          body,
        }),
      );
      // It is held: people close it, as they do what was told before.
      if (latest.blocked) await this.deadlines.startInTx(tx, write, { caseId, subjectId: id }, 'blockedRecipient');
    }
    return told;
  }

  private async markInTx(tx: Tx, write: Write, correction: CorrectionToTell, referral: ToldReferral): Promise<void> {
    const { reason, actorId, key } = correction;
    const type = markOf(correction, referral);
    if (type === null) return;
    await this.lifecycle.applyInTx(tx, write, referral, {
      type,
      facts: { actorRoles: ['system'], actorBelongsToRecipient: false, receiptVerified: false },
      actorId,
      key,
      movesVersion: false,
      facets: { reason },
    });
  }
}

/** What the system corrects by itself carries no words of the file, and its transaction does not see the file. */
const isByAPerson = ({ actorId }: CorrectionToTell): boolean => actorId !== null;

const noCauseToTell = (): DomainError =>
  new DomainError(
    'noCauseToTell',
    'A file leaves only under an exclusion or a confirmed suspicion, and in this case none stands. Propose a suspicion decision in the ' +
      'case (PROPOSE_SUSPICION) and have it confirmed, then disclose; or refuse the request.',
  );

const toldAndRecalled = (referralId: string | null): DomainError =>
  new DomainError(
    'conflict',
    `This authority was told of what stands in this case by the referral ${referralId}, which was recalled from it (unlawfully sent, or the ` +
      'wrong person): it is neither opened nor sent again under the same cause. Refuse the request, or have the case decided anew first.',
  );

function noCompetentAuthority(gap: CompetenceGap): DomainError {
  const grounds = gap.grounds.join(', ') || 'any ground';
  const blocked = gap.blocked.length > 0 ? ` Blocked recipients in this case: ${gap.blocked.join(', ')}.` : '';
  return new DomainError(
    'noCompetentAuthority',
    `No authority is competent on ${gap.date} to be told of this ${gap.kind} on ${grounds}, so it cannot be recorded.${blocked} ` +
      'Ask the operator to close the gap in the competence rules, with its legal basis.',
    { gap },
  );
}
