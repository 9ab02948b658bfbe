import type { ActorFacts, DeadlineEffect, EffectDefinition, Guard, Regions, Vocabulary } from './vocabulary.js';
import { deadlineEffects, params } from './vocabulary.js';

export type ProcedureType = 'first' | 'subsequent' | 'transfer' | 'cancellation' | 'revocation';

/** What the case chart may ask about a case, its analysis, the actor and the command being sent. */
export interface CaseFacts extends ActorFacts {
  /** The actor holds a certificate, valid today, for the work this command does. */
  readonly actorCertified: boolean;
  /** The actor wrote any part of the present analysis, in any revision. */
  readonly actorIsAuthor: boolean;
  /** The actor conducted an interview of this case. */
  readonly actorIsInterviewer: boolean;
  /** The actor reviewed or signed off the present analysis. */
  readonly actorIsReviewer: boolean;
  /** The actor made the suspicion proposal that is waiting. */
  readonly actorIsSuspicionProposer: boolean;

  readonly procedureType: ProcedureType;
  /** The applicant is, or in doubt must be taken to be, a child today. */
  readonly applicantIsChild: boolean;
  /** A representative is appointed for the applicant. */
  readonly representativeAppointed: boolean;

  /** Interviews of this case that are neither sealed nor abandoned. */
  readonly openInterviews: number;
  /** Sealed interviews with the purpose `exclusion`, held since the case was last sent to preparation. */
  readonly sealedExclusionInterviews: number;

  /** Counts up with every edit of the analysis; 0 before the first. */
  readonly analysisRevision: number;
  readonly allegations: number;
  /** Allegations with every legal element found met, not met or unclear, with evidence. */
  readonly allegationsWithEveryElementFound: number;
  /** What speaks for the applicant has been assessed in the section made for it. */
  readonly exculpatoryAssessed: boolean;
  /** Allegations that, in the analysis, are to stand. */
  readonly allegationsIntendedToStand: number;
  /** Allegations for an act at which the applicant was, or may have been, below the age of criminal responsibility. */
  readonly allegationsBelowAgeOfResponsibility: number;
  /** An allegation intended to stand is on ground 1F(a), or is about an act committed below 18. */
  readonly legalSignOffNeeded: boolean;
  /** The analysis revision the legal adviser signed off, if any. */
  readonly legalSignOffRevision: number | null;

  /** The analysis revision the last notice of intention was served for, if any. */
  readonly intentionRevision: number | null;
  /** The applicant has replied to that notice (a statement that there is no reply is one). */
  readonly replyReceived: boolean;
  /** The deadline for the reply to that notice has passed. */
  readonly replyDeadlinePassed: boolean;
  /** Pieces of material the analysis relies on whose substance was not disclosed to the applicant. */
  readonly undisclosedReliedMaterial: number;

  /** The analysis revision that was approved in review, if any. */
  readonly reviewedRevision: number | null;

  /** The proposal waiting for a second person. */
  readonly suspicionProposal: 'none' | 'suspicion' | 'noSuspicion';
  /** Referrals of this case, of kind exclusion or suspicion, that tell a recipient of suspicion and are not corrected. */
  readonly standingReferrals: number;

  /** Of the command: allegations for which it gives a decision on ground and status. */
  readonly allegationsDecided: number;
  /** Of the command: allegations it decides to stand. */
  readonly allegationsDecidedToStand: number;
  /** Of the command: allegations it decides to stand that were not in the notice of intention. */
  readonly allegationsStandingUnannounced: number;
  /** Of the command: the judgment it records cannot be appealed further. */
  readonly judgmentIsFinal: boolean;
  /** The last judgment recorded cannot be appealed further. */
  readonly lastJudgmentIsFinal: boolean;

  /** Authorities competent today for an exclusion of this person. */
  readonly authoritiesForExclusion: number;
  /** Authorities competent today for a suspicion about this person. */
  readonly authoritiesForSuspicion: number;

  /** The decision was served on the applicant. */
  readonly decisionServed: boolean;
  /** The time for an appeal against the decision, or against the last judgment, has passed without one. */
  readonly appealPeriodOver: boolean;
}

const guards = {
  actorCertified: {
    says: 'You must hold a certificate for this work that is valid today.',
    test: (f) => f.actorCertified,
  },
  procedureAllowsWithdrawal: {
    says: 'Only an application for protection can be withdrawn, not a cancellation or revocation procedure.',
    test: (f) => f.procedureType !== 'cancellation' && f.procedureType !== 'revocation',
  },
  procedureAllowsInadmissibility: {
    says: 'Only a first or subsequent application can be declared inadmissible.',
    test: (f) => f.procedureType === 'first' || f.procedureType === 'subsequent',
  },
  procedureAllowsTransfer: {
    says: 'Only an application for protection can be transferred to another state.',
    test: (f) => f.procedureType !== 'cancellation' && f.procedureType !== 'revocation',
  },
  representativePresentForChild: {
    says: 'A child must have a representative before the focused interview.',
    test: (f) => !f.applicantIsChild || f.representativeAppointed,
  },
  noInterviewOpen: {
    says: 'Every interview of the case must be sealed or abandoned first.',
    test: (f) => f.openInterviews === 0,
  },
  hasSealedExclusionInterview: {
    says: 'A focused exclusion interview must be sealed first.',
    test: (f) => f.sealedExclusionInterviews > 0,
  },
  analysisComplete: {
    says: 'Every element of every allegation must be found met, not met or unclear, and what speaks for the applicant must be assessed.',
    test: (f) => f.allegationsWithEveryElementFound === f.allegations && f.exculpatoryAssessed,
  },
  exclusionIntended: {
    says: 'At least one allegation must be intended to stand.',
    test: (f) => f.allegationsIntendedToStand > 0,
  },
  noExclusionIntended: {
    says: 'No allegation may be intended to stand, or a notice of intention must be served and answered first.',
    test: (f) => f.allegationsIntendedToStand === 0,
  },
  applicantOldEnough: {
    says: 'No allegation may be about an act at which the applicant was, or may have been, below the age of criminal responsibility.',
    test: (f) => f.allegationsBelowAgeOfResponsibility === 0,
  },
  intentionServedForCurrentAnalysis: {
    says: 'A notice of intention must be served for the analysis as it now stands.',
    test: (f) => f.intentionRevision !== null && f.intentionRevision === f.analysisRevision,
  },
  replyReceivedOrDeadlinePassed: {
    says: 'The applicant must have replied to the notice of intention, or the deadline for the reply must have passed.',
    test: (f) => f.intentionRevision === f.analysisRevision && (f.replyReceived || f.replyDeadlinePassed),
  },
  reliedMaterialDisclosed: {
    says: 'The substance of everything the analysis relies on must have been disclosed to the applicant.',
    test: (f) => f.undisclosedReliedMaterial === 0,
  },
  reviewerIsNotAuthor: {
    says: 'The reviewer must not be an author of the analysis.',
    test: (f) => !f.actorIsAuthor,
  },
  reviewerIsNotInterviewer: {
    says: 'The reviewer must not have interviewed the applicant.',
    test: (f) => !f.actorIsInterviewer,
  },
  legalSignOffGivenWhereNeeded: {
    says: 'The legal adviser must sign off this analysis: it is on ground 1F(a) or about an act committed below 18.',
    test: (f) => !f.legalSignOffNeeded || f.legalSignOffRevision === f.analysisRevision,
  },
  reviewIsCurrent: {
    says: 'The analysis as it now stands must be approved in review.',
    test: (f) => f.reviewedRevision !== null && f.reviewedRevision === f.analysisRevision,
  },
  deciderIsNotReviewer: {
    says: 'The decision-maker must not be a reviewer of the analysis.',
    test: (f) => !f.actorIsReviewer,
  },
  deciderIsNotAuthor: {
    says: 'The decision-maker must not be an author of the analysis.',
    test: (f) => !f.actorIsAuthor,
  },
  everyAllegationDecided: {
    says: 'The decision must cover every allegation, each with its ground and status.',
    about: 'command',
    test: (f) => f.allegationsDecided === f.allegations,
  },
  atLeastOneAllegationStands: {
    says: 'At least one allegation must be decided to stand.',
    about: 'command',
    test: (f) => f.allegationsDecidedToStand > 0,
  },
  noAllegationStands: {
    says: 'No allegation may be decided to stand.',
    about: 'command',
    test: (f) => f.allegationsDecidedToStand === 0,
  },
  standingAllegationsWereAnnounced: {
    says: 'Every allegation decided to stand must have been in the notice of intention.',
    about: 'command',
    test: (f) => f.allegationsStandingUnannounced === 0,
  },
  aCompetentAuthorityExists: {
    says: 'At least one authority must be competent to receive the exclusion; ask the operator to close the gap in the competence rules.',
    test: (f) => f.authoritiesForExclusion > 0,
  },
  aCompetentAuthorityExistsForSuspicion: {
    says: 'At least one authority must be competent to receive the suspicion; ask the operator to close the gap in the competence rules.',
    test: (f) => f.authoritiesForSuspicion > 0,
  },
  suspicionProposed: {
    says: 'The waiting proposal must be that the facts give rise to suspicion.',
    test: (f) => f.suspicionProposal === 'suspicion',
  },
  noSuspicionProposed: {
    says: 'The waiting proposal must be that the facts give rise to no suspicion.',
    test: (f) => f.suspicionProposal === 'noSuspicion',
  },
  suspicionConfirmerIsNotProposer: {
    says: 'The suspicion decision must be confirmed by somebody other than the person who proposed it.',
    test: (f) => !f.actorIsSuspicionProposer,
  },
  earlierReferralStands: {
    says: 'An earlier referral telling of suspicion must still stand.',
    test: (f) => f.standingReferrals > 0,
  },
  noEarlierReferralStands: {
    says: 'No earlier referral telling of suspicion may still stand.',
    test: (f) => f.standingReferrals === 0,
  },
  judgmentIsFinal: {
    says: 'The judgment must be final.',
    about: 'command',
    test: (f) => f.judgmentIsFinal,
  },
  judgmentIsNotFinal: {
    says: 'The judgment must still be open to appeal.',
    about: 'command',
    test: (f) => !f.judgmentIsFinal,
  },
  quashingNotYetFinal: {
    says: 'The judgment that quashed the decision must not be recorded as final already.',
    test: (f) => !f.lastJudgmentIsFinal,
  },
  decisionServed: {
    says: 'The decision must be served on the applicant first.',
    test: (f) => f.decisionServed,
  },
  appealPeriodOver: {
    says: 'The time for an appeal must have passed without one.',
    test: (f) => f.appealPeriodOver,
  },
} as const satisfies Record<string, Guard<CaseFacts>>;

const assessmentIn =
  (...states: string[]) =>
  (regions: Regions): boolean =>
    states.includes(regions['assessment'] ?? '');

const stateGuards = {
  suspicionDecisionReviewed: {
    says: 'A reasoned suspicion decision, confirmed by a second person, must exist for the facts as they now stand.',
    test: (r) => r['suspicion'] === 'confirmedSuspicion' || r['suspicion'] === 'confirmedNoSuspicion',
  },
  noSuspicionConfirmed: {
    says: 'It must be confirmed that the facts give rise to no suspicion.',
    test: (r) => r['suspicion'] === 'confirmedNoSuspicion',
  },
  exclusionStands: {
    says: 'An exclusion under Article 1F must stand.',
    test: assessmentIn('excluded', 'underAppeal', 'final'),
  },
  assessmentAllowsGrant: {
    says: 'Protection can be granted only when the Article 1F examination has ended without an exclusion.',
    test: assessmentIn('notExcluded', 'finalNotExcluded', 'closed'),
  },
} as const satisfies Record<string, Guard<Regions>>;

export const obligationKinds = ['exclusion', 'suspicion'] as const;
export const correctionCauses = [
  'quashedNotFinal',
  'quashedFinal',
  'partlyUpheld',
  'remitted',
  'reinstated',
  'noSuspicionRemains',
  'factualError',
  'mistakenIdentity',
  'unlawfulTransmission',
] as const;
export const claimOutcomes = [
  'refused',
  'granted',
  'inadmissible',
  'withdrawnExplicitly',
  'withdrawnImplicitly',
  'transferred',
] as const;
export const closureCauses = ['clearedAtTriage', 'claimEnded', 'withoutDecision'] as const;
export const appealOutcomes = [
  'lodged',
  'withdrawn',
  'upheld',
  'partlyUpheld',
  'quashed',
  'remitted',
  'reinstated',
] as const;

export type CaseEffect =
  | DeadlineEffect
  | { readonly type: 'editAnalysis'; readonly params: Record<string, never> }
  | { readonly type: 'recordNotice'; readonly params: { readonly kind: 'intention' | 'decision' } }
  | { readonly type: 'recordSubmission'; readonly params: { readonly reply: boolean } }
  | { readonly type: 'recordDisclosure'; readonly params: Record<string, never> }
  | { readonly type: 'recordReview'; readonly params: { readonly outcome: 'approved' | 'returned' } }
  | { readonly type: 'recordLegalSignOff'; readonly params: Record<string, never> }
  | { readonly type: 'recordDecision'; readonly params: { readonly outcome: 'excluded' | 'notExcluded' } }
  | { readonly type: 'createObligations'; readonly params: { readonly kind: (typeof obligationKinds)[number] } }
  | { readonly type: 'createCorrections'; readonly params: { readonly cause: (typeof correctionCauses)[number] } }
  | { readonly type: 'recordSuspicionProposal'; readonly params: Record<string, never> }
  | { readonly type: 'rejectSuspicionProposal'; readonly params: Record<string, never> }
  | { readonly type: 'recordSuspicionDecision'; readonly params: { readonly suspicion: boolean } }
  | { readonly type: 'recordAppeal'; readonly params: { readonly outcome: (typeof appealOutcomes)[number] } }
  | { readonly type: 'recordClaimOutcome'; readonly params: { readonly outcome: (typeof claimOutcomes)[number] } }
  | { readonly type: 'recordClosure'; readonly params: { readonly cause: (typeof closureCauses)[number] } }
  | { readonly type: 'reopenExamination'; readonly params: Record<string, never> };

const effects: Readonly<Record<CaseEffect['type'], EffectDefinition>> = {
  ...deadlineEffects,
  editAnalysis: {
    says: 'Counts the analysis revision up, so that review, sign-off, notice of intention and suspicion decision are no longer current.',
    params: params({}),
  },
  recordNotice: {
    says: 'Records a notice served on the applicant, with its text and the analysis revision it is about.',
    params: params({ kind: { enum: ['intention', 'decision'] } }),
  },
  recordSubmission: {
    says: 'Records what the applicant, counsel or the representative submitted; `reply` marks the answer to the notice of intention.',
    params: params({ reply: { type: 'boolean' } }),
  },
  recordDisclosure: { says: 'Records what was disclosed to the applicant, and when.', params: params({}) },
  recordReview: {
    says: 'Records the outcome of the review of the present analysis revision, with reasons.',
    params: params({ outcome: { enum: ['approved', 'returned'] } }),
  },
  recordLegalSignOff: {
    says: 'Records the legal adviser’s sign-off of the present analysis revision.',
    params: params({}),
  },
  recordDecision: {
    says: 'Records the decision: per allegation, ground and status, with reasons.',
    params: params({ outcome: { enum: ['excluded', 'notExcluded'] } }),
  },
  createObligations: {
    says: 'Creates one obligation for every authority competent at this moment.',
    params: params({ kind: { enum: obligationKinds } }),
  },
  createCorrections: {
    says: 'Marks the standing referrals as corrected and creates one correction obligation for every recipient.',
    params: params({ cause: { enum: correctionCauses } }),
  },
  recordSuspicionProposal: { says: 'Records a reasoned proposal for the suspicion decision.', params: params({}) },
  rejectSuspicionProposal: {
    says: 'Records that the second person rejected the proposal, with reasons.',
    params: params({}),
  },
  recordSuspicionDecision: {
    says: 'Records the suspicion decision, with its reasons, proposer and confirmer.',
    params: params({ suspicion: { type: 'boolean' } }),
  },
  recordAppeal: {
    says: 'Records a step or outcome of an appeal, per allegation.',
    params: params({ outcome: { enum: appealOutcomes } }),
  },
  recordClaimOutcome: {
    says: 'Records how the claim for protection ended.',
    params: params({ outcome: { enum: claimOutcomes } }),
  },
  recordClosure: {
    says: 'Records that the Article 1F examination closed without a decision under Article 1F.',
    params: params({ cause: { enum: closureCauses } }),
  },
  reopenExamination: {
    says: 'Records that the examination is open again; the suspicion decision is no longer current.',
    params: params({}),
  },
};

export const caseCommands = [
  'ACCEPT_TRIAGE',
  'RETURN_TRIAGE',
  'RESUBMIT_TRIAGE',
  'CLEAR_AT_TRIAGE',
  'START_INTERVIEWING',
  'PAUSE_FOR_CAUTION',
  'RESUME_AFTER_CAUTION',
  'COMPLETE_INTERVIEWING',
  'EDIT_ANALYSIS',
  'SERVE_INTENTION',
  'RECORD_REPLY',
  'RECORD_SUBMISSION',
  'RECORD_DISCLOSURE',
  'SUBMIT_FOR_REVIEW',
  'SIGN_OFF_LEGALLY',
  'APPROVE_REVIEW',
  'RETURN_REVIEW',
  'FURTHER_INTERVIEW',
  'PROPOSE_SUSPICION',
  'CONFIRM_SUSPICION',
  'REJECT_SUSPICION',
  'DECIDE_EXCLUSION',
  'DECIDE_NOT_EXCLUDED',
  'SERVE_DECISION',
  'APPEAL',
  'WITHDRAW_APPEAL',
  'UPHOLD_DECISION',
  'UPHOLD_PARTLY',
  'QUASH',
  'REMIT',
  'REINSTATE',
  'BECOME_FINAL',
  'CLOSE_WITHOUT_DECISION',
  'REOPEN',
  'REFUSE_CLAIM',
  'GRANT_CLAIM',
  'DECLARE_INADMISSIBLE',
  'WITHDRAW_CLAIM',
  'TREAT_AS_WITHDRAWN',
  'TRANSFER_CLAIM',
  'STAY_CLAIM',
  'RESUME_CLAIM',
  'REOPEN_CLAIM',
] as const;
export type CaseCommandType = (typeof caseCommands)[number];

export const caseVocabulary: Vocabulary<CaseFacts> = { guards, stateGuards, effects, commands: caseCommands };
