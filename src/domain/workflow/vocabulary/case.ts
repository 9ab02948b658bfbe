import { caseGuards, caseStateGuards } from './case-guards.js';
import type { ActorFacts, DeadlineEffect, EffectDefinition, Vocabulary } from './vocabulary.js';
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
  /** The actor gave a legal sign-off of the analysis, in any revision. */
  readonly actorSignedOffLegally: boolean;
  /** The actor made the suspicion proposal that is waiting. */
  readonly actorIsSuspicionProposer: boolean;
  /** The actor confirmed the last suspicion decision. */
  readonly actorConfirmedSuspicion: boolean;

  readonly procedureType: ProcedureType;
  /** The applicant is, or in doubt must be taken to be, a child today. */
  readonly applicantIsChild: boolean;
  /** A representative is appointed for the applicant. */
  readonly representativeAppointed: boolean;

  /** Interviews of this case that are neither sealed nor abandoned. */
  readonly openInterviews: number;
  /** Sealed interviews with the purpose `exclusion`, held since the case was last sent to preparation or reopened. */
  readonly sealedExclusionInterviews: number;

  /** Counts up with every edit of the analysis; 0 before the first. */
  readonly analysisRevision: number;
  readonly allegations: number;
  /** Allegations with every legal element found met, not met or unclear, with evidence, since the last interview was sealed. */
  readonly allegationsWithEveryElementFound: number;
  /** What speaks for the applicant has been assessed in the section made for it. */
  readonly exculpatoryAssessed: boolean;
  /** Allegations that, in the analysis, are to stand. */
  readonly allegationsIntendedToStand: number;
  /** Allegations intended to stand for an act at which the applicant was, or may have been, below the age of criminal responsibility. */
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
  /** Pieces of material the analysis relies on whose substance was not disclosed before the reply (or its deadline) passed. */
  readonly undisclosedReliedMaterial: number;

  /** The analysis revision that was approved in review, if any. */
  readonly reviewedRevision: number | null;

  /** The proposal waiting for a second person. */
  readonly suspicionProposal: 'none' | 'suspicion' | 'noSuspicion';
  /** Something was recorded in an interview since the waiting proposal was made, or else the last confirmed one. */
  readonly heardSinceSuspicionProposal: boolean;
  /** Referrals whose recipients must hear whether suspicion remains: standing suspicions, and exclusions that were set aside. */
  readonly standingReferrals: number;
  /** Referrals of this case, of any kind but corrections. */
  readonly referralsTold: number;
  /** Corrections that no court's judgment caused and that no suspicion decision has answered yet. */
  readonly correctionsBesideJudgments: number;
  /** Of the waiting proposal: allegations for which, after a correction, suspicion remains. */
  readonly allegationsStillSuspected: number;

  /** Of the command: allegations for which it gives a decision on ground and status. */
  readonly allegationsDecided: number;
  /** Of the command: allegations it decides to stand. */
  readonly allegationsDecidedToStand: number;
  /** Of the command: allegations it decides to stand that were not in the notice of intention. */
  readonly allegationsStandingUnannounced: number;
  /** Of the command: the judgment it records cannot be appealed further. */
  readonly judgmentIsFinal: boolean;
  /** Of the command: it says that there is suspicion of a core international crime exactly when it says so of an allegation on 1F(a), where the file has one. */
  readonly suspicionFollowsAllegations: boolean;
  /** The last judgment recorded cannot be appealed further. */
  readonly lastJudgmentIsFinal: boolean;
  /** Reconsiderations that ended in `toReopen` since the last decision was taken. */
  readonly reconsiderationsToReopen: number;
  /** The actor took the last decision. */
  readonly actorTookDecision: boolean;

  /** Authorities competent today for an exclusion of this person. */
  readonly authoritiesForExclusion: number;
  /** Authorities competent today for a suspicion about this person. */
  readonly authoritiesForSuspicion: number;

  /** Authorities competent today for this person's own account. */
  readonly authoritiesForAccount: number;
  /** The actor proposed to refer the account that waits for a second person. */
  readonly actorIsAccountProposer: boolean;
  /** Of the command: what became of the agreement it names; `none`: the case has no such agreement. */
  readonly agreementNamed: 'none' | 'given' | 'waiting' | 'referred' | 'revoked';
  /** Of the command: a representative gave the agreement it records, or gave it too. */
  readonly agreementByRepresentative: boolean;

  /** The decision was served on the applicant. */
  readonly decisionServed: boolean;
  /** The time for an appeal against the decision, or against the last judgment, has passed without one. */
  readonly appealPeriodOver: boolean;
}

export const obligationKinds = ['exclusion', 'suspicion', 'account'] as const;
export const correctionCauses = [
  'quashedNotFinal',
  'quashedFinal',
  'partlyUpheld',
  'remitted',
  'reinstated',
  'suspicionRemains',
  'noSuspicionRemains',
  'factualError',
  'mistakenIdentity',
  'unlawfulTransmission',
  'reopened',
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
  'overtaken',
] as const;

/** How an excluded person who cannot be removed may be brought to justice; `none`: no way is open yet. */
export const prosecutionRoutes = ['none', 'extraditionAsked', 'tribunalTransfer', 'domesticProsecution'] as const;
/** Why such a track is closed. */
export const trackClosings = [
  'extradited',
  'transferredToTribunal',
  'prosecutedHere',
  'removalPossible',
  'exclusionNoLongerStands',
  'deceased',
] as const;
/** What happens to an agreement to transmit an own account, beside its being given. */
export const accountSteps = ['proposed', 'rejected', 'confirmed', 'revoked'] as const;
export const trackSteps = ['opened', 'reviewed', 'closed'] as const;

export type CaseEffect =
  | DeadlineEffect
  | { readonly type: 'editAnalysis'; readonly params: Record<string, never> }
  | { readonly type: 'setAnalysisAside'; readonly params: Record<string, never> }
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
  | { readonly type: 'overtakeSuspicion'; readonly params: Record<string, never> }
  | { readonly type: 'recordSuspicionDecision'; readonly params: { readonly suspicion: boolean } }
  | { readonly type: 'recordAppeal'; readonly params: { readonly outcome: (typeof appealOutcomes)[number] } }
  | { readonly type: 'recordClaimOutcome'; readonly params: { readonly outcome: (typeof claimOutcomes)[number] } }
  | { readonly type: 'recordClosure'; readonly params: { readonly cause: (typeof closureCauses)[number] } }
  | { readonly type: 'reopenExamination'; readonly params: Record<string, never> }
  | { readonly type: 'recordProsecutionTrack'; readonly params: { readonly step: (typeof trackSteps)[number] } }
  | { readonly type: 'recordAgreement'; readonly params: Record<string, never> }
  | { readonly type: 'recordAccount'; readonly params: { readonly step: (typeof accountSteps)[number] } };

const effects: Readonly<Record<CaseEffect['type'], EffectDefinition>> = {
  ...deadlineEffects,
  editAnalysis: {
    says: 'Counts the analysis revision up, so that review, sign-off, notice of intention and suspicion decision are no longer current.',
    params: params({}),
  },
  setAnalysisAside: {
    says: 'Counts the analysis revision up without a new author: what was reviewed, announced and answered before is no longer current, and the assessment is done again.',
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
    says: 'Marks the referrals as corrected where the cause says that they are, and creates one correction obligation for every recipient.',
    params: params({ cause: { enum: correctionCauses } }),
  },
  recordSuspicionProposal: { says: 'Records a reasoned proposal for the suspicion decision.', params: params({}) },
  rejectSuspicionProposal: {
    says: 'Records that the second person rejected the proposal, with reasons.',
    params: params({}),
  },
  overtakeSuspicion: {
    says: 'Marks a waiting proposal as overtaken by what is heard next; a suspicion decision is no longer current.',
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
  recordProsecutionTrack: {
    says: 'Records a step of the duty to extradite or prosecute: the way that is open, or why it is closed.',
    params: params({ step: { enum: trackSteps } }),
  },
  recordAgreement: {
    says: 'Records the agreement of a victim or witness to transmit the own words of the questions it names.',
    params: params({}),
  },
  recordAccount: {
    says: 'Records that the referral of an own account was proposed, rejected or confirmed, or its agreement revoked; whoever has not used the account is called back then.',
    params: params({ step: { enum: accountSteps } }),
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
  'CORRECT_FACTUAL_ERROR',
  'REPORT_MISTAKEN_IDENTITY',
  'REPORT_UNLAWFUL_TRANSMISSION',
  'PROPOSE_AFTER_CORRECTION',
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
  'REOPEN_EXCLUSION',
  'REFUSE_CLAIM',
  'GRANT_CLAIM',
  'DECLARE_INADMISSIBLE',
  'WITHDRAW_CLAIM',
  'TREAT_AS_WITHDRAWN',
  'TRANSFER_CLAIM',
  'STAY_CLAIM',
  'RESUME_CLAIM',
  'REOPEN_CLAIM',
  'RECORD_REMOVAL_BAR',
  'REVIEW_PROSECUTION_TRACK',
  'CLOSE_PROSECUTION_TRACK',
  'RECORD_AGREEMENT',
  'REFER_ACCOUNT',
  'CONFIRM_ACCOUNT',
  'REJECT_ACCOUNT',
  'REVOKE_AGREEMENT',
] as const;
export type CaseCommandType = (typeof caseCommands)[number];

export const caseVocabulary: Vocabulary<CaseFacts> = {
  guards: caseGuards,
  stateGuards: caseStateGuards,
  effects,
  commands: caseCommands,
};
