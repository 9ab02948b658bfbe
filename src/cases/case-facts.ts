import type { CaseCommandType, CaseFacts } from '../domain/workflow/vocabulary/case.js';
import type { CertificateName } from '../identity/certificates.service.js';
import type { Actor } from '../platform/http/actor.js';
import type { Applicant } from './applicant.js';
import { isChildOn } from './applicant.js';
import type { AllegationRow, CaseFactsRow, CaseRow } from './case.store.js';
import { type CaseInstruction, findingsOf } from './case-instruction.js';

const REVIEWING: readonly string[] = [
  'SIGN_OFF_LEGALLY',
  'APPROVE_REVIEW',
  'RETURN_REVIEW',
  'CONFIRM_SUSPICION',
  'REJECT_SUSPICION',
];
const DECIDING: readonly string[] = ['DECIDE_EXCLUSION', 'DECIDE_NOT_EXCLUDED', 'REINSTATE'];

/** The training certificate that a command asks for, where its guard asks at all. */
export function certificateFor(command: CaseCommandType): CertificateName {
  if (REVIEWING.includes(command)) return 'review1F';
  return DECIDING.includes(command) ? 'decide1F' : 'interview1F';
}

export interface CaseSituation {
  readonly record: CaseRow;
  readonly row: CaseFactsRow;
  readonly applicant: Applicant;
  readonly allegations: readonly AllegationRow[];
  readonly actor: Actor;
  readonly now: Date;
}

/** The facts on which the case chart decides one command; without an instruction, those on which it lists what is allowed. */
export function caseFacts(
  { record, row, applicant, allegations, actor, now }: CaseSituation,
  certificate: CertificateName,
  instruction?: CaseInstruction,
): CaseFacts {
  const findings = instruction ? findingsOf(instruction, allegations) : [];
  const standing = findings.filter(({ stands }) => stands);
  // A decision-maker may return what a reviewer approved; the certificate that counts is the one for one's own work.
  const certificates =
    actor.roles.includes('decisionMaker') && certificate === 'review1F' ? ['review1F', 'decide1F'] : [certificate];
  return {
    actorRoles: actor.roles,
    actorCertified: certificates.some((name) => row.certificates.includes(name)),
    actorIsAuthor: row.actor_is_author,
    actorIsInterviewer: row.actor_is_interviewer,
    actorIsReviewer: row.actor_is_reviewer,
    actorSignedOffLegally: row.actor_signed_off_legally,
    actorIsSuspicionProposer: row.actor_is_suspicion_proposer,
    actorConfirmedSuspicion: row.actor_confirmed_suspicion,
    procedureType: record.procedure_type,
    // Reading an uncertain date costs more than all other facts together, and few guards ask.
    get applicantIsChild() {
      return isChildOn(applicant, now);
    },
    representativeAppointed: row.has_representative,
    openInterviews: row.open_interviews,
    sealedExclusionInterviews: row.sealed_exclusion_interviews,
    analysisRevision: record.analysis_revision,
    allegations: row.allegations,
    allegationsWithEveryElementFound: row.allegations_complete,
    exculpatoryAssessed: row.exculpatory_assessed,
    allegationsIntendedToStand: row.allegations_intended,
    allegationsBelowAgeOfResponsibility: row.allegations_below_responsibility,
    legalSignOffNeeded: row.legal_sign_off_needed,
    legalSignOffRevision: row.legal_sign_off_revision,
    intentionRevision: row.intention_revision,
    replyReceived: row.reply_received,
    replyDeadlinePassed: row.reply_deadline_passed,
    undisclosedReliedMaterial: row.undisclosed_relied_material,
    reviewedRevision: row.reviewed_revision,
    suspicionProposal: row.suspicion_proposal
      ? row.suspicion_proposal.suspicion
        ? 'suspicion'
        : 'noSuspicion'
      : 'none',
    heardSinceSuspicionProposal: row.heard_since_suspicion_proposal,
    standingReferrals: row.standing_referrals,
    allegationsDecided: findings.length,
    allegationsDecidedToStand: standing.length,
    allegationsStandingUnannounced: standing.filter(({ allegationId }) => !intended(allegations, allegationId)).length,
    judgmentIsFinal: instruction !== undefined && 'final' in instruction && instruction.final,
    lastJudgmentIsFinal: row.last_judgment_is_final,
    authoritiesForExclusion: row.authorities_for_exclusion,
    authoritiesForSuspicion: row.authorities_for_suspicion,
    decisionServed: row.decision_served,
    appealPeriodOver: row.appeal_period_over,
  };
}

const intended = (allegations: readonly AllegationRow[], id: string): boolean =>
  allegations.some((allegation) => allegation.id === id && allegation.intended_to_stand);
