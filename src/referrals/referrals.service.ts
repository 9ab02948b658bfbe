import { Injectable } from '@nestjs/common';
import { competence, type Competence, type CompetenceGap } from '../domain/referral/competence.js';
import { localDate } from '../domain/referral/due-date.js';
import {
  type CaseFile,
  type Content,
  type DecisionToTell,
  type Ground,
  place,
  type ReferralKind,
} from '../domain/referral/file.js';
import { obligationId } from '../domain/referral/obligation-id.js';
import { correctionPackage, type Recipient } from '../domain/referral/package.js';
import { priorityFacets, priorityScore } from '../domain/referral/priority.js';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import { InvalidInput } from '../platform/http/problem.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import { canonical, type DataKey, sha256 } from '../platform/database/sealing.js';
import type { Write } from '../platform/database/write.js';
import { type CompetenceFacts, CompetenceStore } from './competence.store.js';
import { fitting, hashOf, PackagesService } from './packages.service.js';
import { ReferralLifecycle } from './referral-lifecycle.js';
import { ReferralStore, type Told, type ToldReferral, type Urgency } from './referral.store.js';

/** A decision, confirmed suspicion or agreement that obliges us to tell. The caller's transaction writes its own rows. */
export interface DutyToTell {
  /** The id of that decision, suspicion decision or agreement. */
  readonly causeId: string;
  readonly kind: Exclude<ReferralKind, 'correction'>;
  readonly caseId: string;
  readonly key: DataKey;
  /** The person whose command this is; must be the actor of the transaction. */
  readonly actorId: string;
  readonly decision: DecisionToTell;
}

export type CorrectionReason =
  | 'quashedNotFinal'
  | 'quashedFinal'
  | 'partlyUpheld'
  | 'remitted'
  | 'reinstated'
  | 'suspicionRemains'
  | 'noSuspicionRemains'
  | 'factualError'
  | 'mistakenIdentity'
  | 'unlawfulTransmission'
  | 'reopened'
  | 'agreementRevoked';

export interface CorrectionToTell {
  /** A fresh id; the row of `correction` is written here. */
  readonly correctionId: string;
  /** The exclusion that a judgment is about; null for every other cause. */
  readonly decisionId: string | null;
  readonly reason: CorrectionReason;
  /** What the judgment or the correcting decision says, in words for the recipient. */
  readonly explanation: string | null;
  /** The referrals it is about, where it is not about all of them. */
  readonly referralIds?: readonly string[];
  /** Per allegation what stands (a judgment that upholds in part or reinstates) or remains suspected (the decision after a correction). */
  readonly findings?: DecisionToTell['findings'];
  readonly caseId: string;
  readonly key: DataKey;
  /** null: the system, for what a recipient's feedback obliges to. */
  readonly actorId: string | null;
}

export interface TellAlso {
  readonly caseId: string;
  readonly key: DataKey;
  readonly actorId: string;
  readonly authorityId: string;
  /** The law that the authority names, and that whoever decided found to hold. */
  readonly legalBasis: string;
}

export interface Obliged {
  readonly obligationId: string;
  readonly authorityId: string;
  readonly legalBasis: string;
  readonly dueAt: Date;
}

/** GDPR for us, Directive 2016/680 for the recipient: who was told must hear that it no longer stands. */
const CORRECTION_BASIS = 'Regulation (EU) 2016/679, Article 19; Directive (EU) 2016/680, Article 7(3)';

/** Only these cut access at once; every other reason leaves the recipient to answer (erased, restricted, retained). */
const SUSPENDING: ReadonlySet<CorrectionReason> = new Set([
  'mistakenIdentity',
  'unlawfulTransmission',
  'agreementRevoked',
]);

/**
 * The grounds a duty is about. A suspicion may come before any allegation is written, at triage even; what Council Decision
 * 2003/335/JHA asks to tell are core international crimes, which are those of 1F(a). So is what an own account tells of.
 */
function groundsOf({ kind, decision }: DutyToTell): Ground[] {
  const standing = decision.findings.filter(({ stands }) => stands).map(({ ground }) => ground);
  return standing.length === 0 && kind !== 'exclusion' ? ['1F(a)'] : [...new Set(standing)];
}

/** Turns a reason to tell into obligations, each with its referral, package and outbox row, inside the caller's one statement. */
@Injectable()
export class ReferralsService {
  constructor(
    private readonly config: Config,
    private readonly competences: CompetenceStore,
    private readonly packages: PackagesService,
    private readonly referrals: ReferralStore,
    private readonly lifecycle: ReferralLifecycle,
    private readonly deadlines: DeadlinesService,
  ) {}

  /** Who must be told at this moment of a decision of that kind on these grounds, or the gap in the rules. */
  async competenceInTx(
    tx: Tx,
    question: { kind: DutyToTell['kind']; caseId: string; grounds: readonly Ground[] },
  ): Promise<Competence> {
    return this.competenceOf(tx, question, await this.competences.findInTx(tx, question.caseId));
  }

  private competenceOf(
    tx: Tx,
    question: { kind: DutyToTell['kind']; grounds: readonly Ground[] },
    { rules, ...facts }: CompetenceFacts,
  ): Competence {
    const date = localDate(tx.now.getTime(), this.config.F1_TIME_ZONE);
    return competence(rules, { kind: question.kind, grounds: question.grounds, ...facts, date });
  }

  /** Throws DomainError `noCompetentAuthority` naming kind, grounds and date when somebody who must be told has no recipient. */
  async assertCompetentInTx(tx: Tx, question: Parameters<ReferralsService['competenceInTx']>[1]): Promise<void> {
    const found = await this.competenceInTx(tx, question);
    if (!found.ok) throw noCompetentAuthority(found.gap);
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
        await this.addInTx(tx, write, duty, {
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
    const cause = await this.referrals.standingCauseInTx(tx, to.caseId, to.authorityId);
    if (!cause) throw noCauseToTell();
    if (cause.recalled) throw toldAndRecalled(cause.told);
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
    await this.addInTx(tx, write, duty, { ...entry, recipient, body, file, urgency });
    return id;
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
        },
        hashOf,
      );
      const cause = { ...correction, causeId: correctionId };
      told.push(
        await this.addInTx(tx, write, cause, {
          id,
          kind: 'correction',
          caseReference: latest.reference,
          recipient,
          rule: null,
          corrects: latest.id,
          body,
        }),
      );
    }
    return told;
  }

  private async markInTx(tx: Tx, write: Write, correction: CorrectionToTell, referral: ToldReferral): Promise<void> {
    const { reason, actorId, key } = correction;
    const type = markOf(reason, referral);
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

  /** One obligation with everything that carries it to its recipient. */
  private async addInTx(
    tx: Tx,
    write: Write,
    cause: { causeId: string; caseId: string; key: DataKey; actorId: string | null },
    entry: {
      id: string;
      kind: ReferralKind;
      caseReference: string;
      recipient: Recipient;
      rule: { ruleId: string; ruleVersion: number } | null;
      corrects: string | null;
      body: Content;
      /** What it was made from; nothing for a correction. */
      file?: CaseFile;
      urgency?: Urgency;
      leavesAt?: Date | null;
    },
  ): Promise<Obliged> {
    const { id, kind, recipient } = entry;
    const { causeId, caseId } = cause;
    const authorityId = recipient.authorityId;
    const text = canonical(fitting(entry.body));
    const { urgency = { person: {}, documentedGrounds: [] } } = entry;
    const facets = priorityFacets({ kind, ...urgency, grounds: recipient.grounds });
    const referral = {
      id,
      case_id: caseId,
      authority_id: authorityId,
      kind,
      corrects: entry.corrects,
      case_reference: entry.caseReference,
      legal_basis: recipient.legalBasis,
      grounds: recipient.grounds,
      body: cause.key.seal(text, place('referral', id)).bytes,
      body_sha256: sha256(text).toString('hex'),
      suspect_identified: facets.suspectIdentified,
      present_here: facets.presentHere,
      corroborated: facets.corroborated,
      priority: priorityScore(kind, facets),
    };
    const about = { authority: recipient.code, bodySha256: referral.body_sha256 };
    const { dueAt } = await this.lifecycle.startInTx(tx, write, referral, {
      ...cause,
      facets: about,
      leavesAt: entry.leavesAt,
    });
    write
      .insert('cause_competence', {
        cause_id: causeId,
        case_id: caseId,
        authority_id: authorityId,
        rule_id: entry.rule?.ruleId ?? null,
        rule_version: entry.rule?.ruleVersion ?? null,
        legal_basis: recipient.legalBasis,
      })
      .insert('obligation', {
        id,
        cause_id: causeId,
        case_id: caseId,
        authority_id: authorityId,
        kind,
        due_at: dueAt,
        created_at: tx.now,
      })
      .insert('outbox', { referral_id: id, case_id: caseId, next_attempt_at: tx.now });
    for (const item of entry.file ? itemsNamed(entry.file, text) : [])
      write.insert('referral_item', { referral_id: id, case_id: caseId, ...item });
    return { obligationId: id, authorityId, legalBasis: recipient.legalBasis, dueAt };
  }
}

/** What of the file a package names: that, and no more, its recipient may open with it. */
function itemsNamed(file: CaseFile, sent: string): { kind: 'document' | 'recording' | 'questionnaire'; ref: string }[] {
  const items = [
    ...file.documents.map(({ id }) => ({ kind: 'document' as const, ref: id })),
    ...file.interviews.flatMap(({ recordings, questionnaires }) => [
      ...recordings.map(({ id }) => ({ kind: 'recording' as const, ref: id })),
      ...questionnaires.map(({ hash }) => ({ kind: 'questionnaire' as const, ref: hash })),
    ]),
  ];
  const named = items.filter(({ ref }) => sent.includes(ref));
  return [...new Map(named.map((item) => [`${item.kind} ${item.ref}`, item])).values()];
}

/**
 * How a correction marks one referral, if at all. That suspicion remains says nothing against it. A referral that stands needs no
 * mark removed, and no judgment gives back the access that a mistaken identity or an unlawful transmission took.
 */
function markOf(
  reason: CorrectionReason,
  { corrected_at: corrected, suspended_at: suspended }: ToldReferral,
): 'MARK_REINSTATED' | 'SUSPEND_ACCESS' | 'MARK_CORRECTED' | null {
  if (reason === 'suspicionRemains') return null;
  if (reason === 'reinstated') return corrected === null || suspended !== null ? null : 'MARK_REINSTATED';
  return SUSPENDING.has(reason) && suspended === null ? 'SUSPEND_ACCESS' : 'MARK_CORRECTED';
}

function toldOf({ reason, decisionId, referralIds }: CorrectionToTell): Told {
  if (referralIds) return { of: 'referrals', referralIds };
  if (decisionId !== null) return { of: 'decision', decisionId };
  return { of: reason === 'suspicionRemains' || reason === 'noSuspicionRemains' ? 'suspicion' : 'case' };
}

function assertAllNamed({ referralIds = [] }: CorrectionToTell, referrals: readonly ToldReferral[]): void {
  const strangers = referralIds.filter((wanted) => !referrals.some(({ id }) => id === wanted));
  if (strangers.length === 0) return;
  throw new InvalidInput(
    strangers.map((id) => ({
      pointer: `/referralIds/${referralIds.indexOf(id)}`,
      detail: 'is no referral of this case',
    })),
    `This case has no referral ${strangers.join(', ')} that could be corrected; a correction itself cannot.`,
  );
}

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
