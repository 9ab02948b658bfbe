import type { accountSteps, CaseCommandType, CaseFacts } from '../domain/workflow/vocabulary/case.js';
import type { Role } from '../domain/workflow/vocabulary/vocabulary.js';
import type { CertificateName } from '../identity/certificates.service.js';
import type { DataKey } from '../platform/database/sealing.js';
import type { Actor } from '../platform/http/actor.js';
import type { Applicant } from './applicant.js';
import { isChildOn } from './applicant.js';
import type { CaseFile, CasePart, PartsRead } from './case-file-reads.js';
import type { CaseRow } from './case.store.js';
import { type CaseInstruction, findingsOf } from './case-instruction.js';

const REVIEWING: readonly string[] = [
  'SIGN_OFF_LEGALLY',
  'APPROVE_REVIEW',
  'RETURN_REVIEW',
  'CONFIRM_SUSPICION',
  'REJECT_SUSPICION',
];
const DECIDING: readonly string[] = ['DECIDE_EXCLUSION', 'DECIDE_NOT_EXCLUDED', 'REINSTATE', 'REOPEN_EXCLUSION'];

/** Where an agreement stands after its last step; rejected, it may be proposed again. */
export const STANDING = {
  proposed: 'waiting',
  rejected: 'given',
  confirmed: 'referred',
  revoked: 'revoked',
} as const satisfies Record<(typeof accountSteps)[number], CaseFacts['agreementNamed']>;

/** The training certificate that a command asks for, where its guard asks at all. */
export function certificateFor(command: CaseCommandType): CertificateName {
  if (REVIEWING.includes(command)) return 'review1F';
  return DECIDING.includes(command) ? 'decide1F' : 'interview1F';
}

export interface CaseSituation {
  readonly record: CaseRow;
  readonly file: PartsRead;
  readonly key: DataKey;
  /** A person, or the system where it follows what somebody else found. */
  readonly actor: Pick<Actor, 'id'> & { readonly roles: readonly Role[] };
  readonly now: Date;
}

/** What is known of the person, opened. */
export function applicantOf({ file, key }: Pick<CaseSituation, 'file' | 'key'>): Applicant {
  const { id, sealed } = file.get('applicant');
  return key.open<Applicant>(sealed, `person:${id}`);
}

/**
 * The facts on which the case chart decides one command; without an instruction, those on which it lists what is allowed.
 * Each is looked up when a guard asks for it, in the parts of the file that were read for this command.
 */
export class FactsOfCase implements CaseFacts {
  private child: boolean | undefined;

  constructor(
    private readonly situation: CaseSituation,
    private readonly certificate: CertificateName,
    private readonly instruction?: CaseInstruction,
  ) {}

  get actorRoles() {
    return this.situation.actor.roles;
  }
  /** A decision-maker may return what a reviewer approved; the certificate that counts is the one for one's own work. */
  get actorCertified() {
    const { names } = this.part('certificates');
    const deciding = this.certificate === 'review1F' && this.actorRoles.includes('decisionMaker');
    return names.includes(this.certificate) || (deciding && names.includes('decide1F'));
  }
  get actorIsAuthor() {
    return this.part('people').is_author;
  }
  get actorIsInterviewer() {
    return this.part('people').is_interviewer;
  }
  get actorIsReviewer() {
    return this.part('people').is_reviewer;
  }
  get actorSignedOffLegally() {
    return this.part('people').signed_off_legally;
  }
  get actorIsSuspicionProposer() {
    return this.part('suspicion').is_proposer;
  }
  get actorConfirmedSuspicion() {
    return this.part('suspicion').is_confirmer;
  }
  get procedureType() {
    return this.situation.record.procedure_type;
  }
  /** Opening the person and reading an uncertain date costs more than all other facts together. */
  get applicantIsChild() {
    return (this.child ??= isChildOn(applicantOf(this.situation), this.situation.now));
  }
  get representativeAppointed() {
    return this.part('applicant').has_representative;
  }
  get openInterviews() {
    return this.part('interviews').open;
  }
  get sealedExclusionInterviews() {
    return this.part('interviews').sealed_exclusion;
  }
  get analysisRevision() {
    return this.situation.record.analysis_revision;
  }
  get allegations() {
    return this.part('analysis').allegations;
  }
  get allegationsWithEveryElementFound() {
    return this.part('analysis').complete;
  }
  get exculpatoryAssessed() {
    return this.part('analysis').exculpatory_assessed;
  }
  get allegationsIntendedToStand() {
    return this.part('analysis').intended;
  }
  get allegationsBelowAgeOfResponsibility() {
    return this.part('analysis').below_responsibility;
  }
  get legalSignOffNeeded() {
    return this.part('analysis').legal_sign_off_needed;
  }
  get legalSignOffRevision() {
    return this.part('reviews').legal_sign_off_revision;
  }
  get intentionRevision() {
    return this.part('intention').revision;
  }
  get replyReceived() {
    return this.part('intention').reply_received;
  }
  get replyDeadlinePassed() {
    return this.part('intention').reply_deadline_passed;
  }
  get undisclosedReliedMaterial() {
    return this.part('disclosure').undisclosed;
  }
  get reviewedRevision() {
    return this.part('reviews').reviewed_revision;
  }
  get suspicionProposal() {
    const { proposal } = this.part('suspicion');
    return proposal ? (proposal.suspicion ? 'suspicion' : 'noSuspicion') : 'none';
  }
  get heardSinceSuspicionProposal() {
    return this.part('suspicion').heard_since;
  }
  get standingReferrals() {
    return this.part('referrals').standing;
  }
  get referralsTold() {
    return this.part('referrals').told;
  }
  get correctionsBesideJudgments() {
    return this.part('referrals').beside_judgments;
  }
  get allegationsStillSuspected() {
    return this.part('suspicion').proposal?.remaining_ids?.length ?? 0;
  }
  get suspicionFollowsAllegations() {
    if (!this.instruction || !('suspicion' in this.instruction)) return true;
    const { suspicion } = this.instruction;
    const core = this.findings.filter(({ ground }) => ground === '1F(a)');
    return core.length === 0 || suspicion === core.some(({ stands }) => stands);
  }
  get allegationsDecided() {
    return this.findings.length;
  }
  get allegationsDecidedToStand() {
    return this.findings.filter(({ stands }) => stands).length;
  }
  get allegationsStandingUnannounced() {
    const announced = this.part('analysis').rows.filter((one) => one.intended_to_stand);
    return this.findings.filter(
      ({ allegationId, stands }) => stands && !announced.some(({ id }) => id === allegationId),
    ).length;
  }
  get judgmentIsFinal() {
    return this.instruction !== undefined && 'final' in this.instruction && this.instruction.final;
  }
  get lastJudgmentIsFinal() {
    return this.part('decision').last_judgment_is_final;
  }
  get reconsiderationsToReopen() {
    return this.part('decision').to_reopen;
  }
  get actorTookDecision() {
    return this.part('decision').is_decider;
  }
  get authoritiesForExclusion() {
    return this.part('competence').for_exclusion;
  }
  get authoritiesForSuspicion() {
    return this.part('competence').for_suspicion;
  }
  get authoritiesForAccount() {
    return this.part('competence').for_account;
  }
  get actorIsAccountProposer() {
    return this.part('accounts').is_proposer;
  }
  get agreementNamed() {
    const { instruction } = this;
    const named = instruction && 'agreementId' in instruction ? instruction.agreementId : undefined;
    const agreement = this.part('accounts').agreements.find(({ id }) => id === named);
    return agreement ? STANDING[agreement.step ?? 'rejected'] : 'none';
  }
  get agreementByRepresentative() {
    return this.instruction?.type === 'RECORD_AGREEMENT' && this.instruction.representative !== undefined;
  }
  get decisionServed() {
    return this.part('decision').served;
  }
  get appealPeriodOver() {
    return this.part('decision').appeal_period_over;
  }

  private get findings() {
    return this.instruction ? findingsOf(this.instruction, this.part('analysis').rows) : [];
  }

  private part<P extends CasePart>(part: P): CaseFile[P] {
    return this.situation.file.get(part);
  }
}
