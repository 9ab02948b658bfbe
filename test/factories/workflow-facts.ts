import type { CaseFacts } from '../../src/domain/workflow/vocabulary/case.js';
import type { FactsOf, WorkflowId } from '../../src/domain/workflow/vocabulary/all.js';
import type { InterviewFacts } from '../../src/domain/workflow/vocabulary/interview.js';
import type { PersonFacts } from '../../src/domain/workflow/vocabulary/person.js';
import type { QuestionnaireFacts } from '../../src/domain/workflow/vocabulary/questionnaire.js';
import type { ReferralFacts } from '../../src/domain/workflow/vocabulary/referral.js';
import { roles } from '../../src/domain/workflow/vocabulary/vocabulary.js';

/** Facts of a case in which nothing stands in the way of an exclusion; a test states only what differs. */
export function caseFacts(differing: Partial<CaseFacts> = {}): CaseFacts {
  return {
    actorRoles: roles,
    actorCertified: true,
    actorIsAuthor: false,
    actorIsInterviewer: false,
    actorIsReviewer: false,
    actorSignedOffLegally: false,
    actorIsSuspicionProposer: false,
    actorConfirmedSuspicion: false,
    procedureType: 'first',
    applicantIsChild: false,
    representativeAppointed: false,
    openInterviews: 0,
    sealedExclusionInterviews: 1,
    analysisRevision: 3,
    allegations: 2,
    allegationsWithEveryElementFound: 2,
    exculpatoryAssessed: true,
    allegationsIntendedToStand: 1,
    allegationsBelowAgeOfResponsibility: 0,
    legalSignOffNeeded: true,
    legalSignOffRevision: 3,
    intentionRevision: 3,
    replyReceived: true,
    replyDeadlinePassed: false,
    undisclosedReliedMaterial: 0,
    reviewedRevision: 3,
    suspicionProposal: 'suspicion',
    heardSinceSuspicionProposal: false,
    standingReferrals: 0,
    referralsTold: 2,
    correctionsBesideJudgments: 0,
    allegationsStillSuspected: 0,
    allegationsDecided: 2,
    allegationsDecidedToStand: 1,
    allegationsStandingUnannounced: 0,
    judgmentIsFinal: true,
    suspicionFollowsAllegations: true,
    lastJudgmentIsFinal: false,
    reconsiderationsToReopen: 1,
    actorTookDecision: false,
    authoritiesForExclusion: 2,
    authoritiesForSuspicion: 1,
    authoritiesForAccount: 1,
    actorIsAccountProposer: false,
    agreementNamed: 'given',
    agreementByRepresentative: false,
    decisionServed: true,
    appealPeriodOver: true,
    ...differing,
  };
}

/** Facts of an interview held as it should be. */
export function interviewFacts(differing: Partial<InterviewFacts> = {}): InterviewFacts {
  return {
    actorRoles: ['officer1F'],
    actorConductsInterview: true,
    actorCertified: true,
    noticeComplete: true,
    recordingAnnounced: true,
    interpreterConfirmed: true,
    applicantIsChild: false,
    representativePresent: false,
    openRequiredQuestions: 0,
    readBackDone: true,
    confirmation: 'confirmed',
    ...differing,
  };
}

export function personFacts(differing: Partial<PersonFacts> = {}): PersonFacts {
  return { actorRoles: ['officer1F', 'caseOfficer'], actorRecordedIdentity: false, sourceNamed: true, ...differing };
}

export function referralFacts(differing: Partial<ReferralFacts> = {}): ReferralFacts {
  return {
    actorRoles: ['prosecutor', 'system'],
    actorBelongsToRecipient: true,
    receiptVerified: true,
    isCorrection: false,
    fileHashNamed: true,
    feedbackEndsMatter: false,
    contentErased: false,
    ...differing,
  };
}

export function questionnaireFacts(differing: Partial<QuestionnaireFacts> = {}): QuestionnaireFacts {
  return {
    actorRoles: ['author', 'system'],
    actorIsAuthor: false,
    lintIsClean: true,
    scenariosPass: true,
    differenceSeen: true,
    inRelease: true,
    numberIsNext: true,
    approvalIsCurrent: true,
    anotherServes: true,
    migration: { open: true, underWay: false, actorProposed: false, tried: true, fits: true, goesBack: true },
    ...differing,
  };
}

/** For each lifecycle, facts that between them open every transition: what a path is replayed with. */
export const openingFacts: { readonly [Id in WorkflowId]: readonly FactsOf[Id][] } = {
  case: [
    caseFacts(),
    caseFacts({ suspicionProposal: 'noSuspicion', allegationsIntendedToStand: 0, allegationsDecidedToStand: 0 }),
    caseFacts({ suspicionProposal: 'noSuspicion', standingReferrals: 2, judgmentIsFinal: false }),
    caseFacts({ suspicionProposal: 'noSuspicion', allegationsStillSuspected: 1, correctionsBesideJudgments: 1 }),
    caseFacts({ agreementNamed: 'waiting' }),
  ],
  person: [personFacts()],
  interview: [interviewFacts()],
  referral: [
    referralFacts(),
    referralFacts({ feedbackEndsMatter: true }),
    referralFacts({ isCorrection: true }),
    referralFacts({ isCorrection: true, contentErased: true }),
  ],
  questionnaire: [
    questionnaireFacts(),
    questionnaireFacts({
      migration: { open: false, underWay: false, actorProposed: false, tried: false, fits: true, goesBack: true },
    }),
  ],
};
