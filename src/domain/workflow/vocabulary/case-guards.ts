import type { CaseFacts } from './case.js';
import type { AskingGuard, Guard, Regions } from './vocabulary.js';

/** A guard with the facts it asks for: its test sees no other, so the list cannot be too short. */
const asking = <Fact extends keyof CaseFacts & string>(
  asks: readonly Fact[],
  guard: Guard<Pick<CaseFacts, Fact>>,
): AskingGuard<CaseFacts> => ({ ...guard, asks });

/** What may be asked of a case, each with the sentence a refused person reads. */
export const caseGuards = {
  actorCertified: asking(['actorCertified'], {
    says: 'You must hold a certificate for this work that is valid today.',
    test: (f) => f.actorCertified,
  }),
  procedureAllowsWithdrawal: asking(['procedureType'], {
    says: 'Only an application for protection can be withdrawn, not a cancellation or revocation procedure.',
    test: (f) => f.procedureType !== 'cancellation' && f.procedureType !== 'revocation',
  }),
  procedureAllowsInadmissibility: asking(['procedureType'], {
    says: 'Only a first or subsequent application can be declared inadmissible.',
    test: (f) => f.procedureType === 'first' || f.procedureType === 'subsequent',
  }),
  procedureAllowsTransfer: asking(['procedureType'], {
    says: 'Only an application for protection can be transferred to another state.',
    test: (f) => f.procedureType !== 'cancellation' && f.procedureType !== 'revocation',
  }),
  representativePresentForChild: asking(['applicantIsChild', 'representativeAppointed'], {
    says: 'A child must have a representative before the focused interview.',
    test: (f) => !f.applicantIsChild || f.representativeAppointed,
  }),
  noInterviewOpen: asking(['openInterviews'], {
    says: 'Every interview of the case must be sealed or abandoned first.',
    test: (f) => f.openInterviews === 0,
  }),
  hasSealedExclusionInterview: asking(['sealedExclusionInterviews'], {
    says: 'A focused exclusion interview must be sealed first.',
    test: (f) => f.sealedExclusionInterviews > 0,
  }),
  analysisComplete: asking(['allegationsWithEveryElementFound', 'allegations', 'exculpatoryAssessed'], {
    says: 'Every element of every allegation must be found met, not met or unclear, and what speaks for the applicant must be assessed.',
    test: (f) => f.allegationsWithEveryElementFound === f.allegations && f.exculpatoryAssessed,
  }),
  exclusionIntended: asking(['allegationsIntendedToStand'], {
    says: 'At least one allegation must be intended to stand.',
    test: (f) => f.allegationsIntendedToStand > 0,
  }),
  noExclusionIntended: asking(['allegationsIntendedToStand'], {
    says: 'No allegation may be intended to stand, or a notice of intention must be served and answered first.',
    test: (f) => f.allegationsIntendedToStand === 0,
  }),
  applicantOldEnough: asking(['allegationsBelowAgeOfResponsibility'], {
    says: 'No allegation intended to stand may be about an act at which the applicant was, or may have been, below the age of criminal responsibility.',
    test: (f) => f.allegationsBelowAgeOfResponsibility === 0,
  }),
  intentionServedForCurrentAnalysis: asking(['intentionRevision', 'analysisRevision'], {
    says: 'A notice of intention must be served for the analysis as it now stands.',
    test: (f) => f.intentionRevision !== null && f.intentionRevision === f.analysisRevision,
  }),
  replyReceivedOrDeadlinePassed: asking(
    ['intentionRevision', 'analysisRevision', 'replyReceived', 'replyDeadlinePassed'],
    {
      says: 'The applicant must have replied to the notice of intention, or the deadline for the reply must have passed.',
      test: (f) => f.intentionRevision === f.analysisRevision && (f.replyReceived || f.replyDeadlinePassed),
    },
  ),
  reliedMaterialDisclosed: asking(['undisclosedReliedMaterial'], {
    says: 'The substance of everything the analysis relies on must have been disclosed to the applicant.',
    test: (f) => f.undisclosedReliedMaterial === 0,
  }),
  reviewerIsNotAuthor: asking(['actorIsAuthor'], {
    says: 'The reviewer must not be an author of the analysis.',
    test: (f) => !f.actorIsAuthor,
  }),
  reviewerIsNotInterviewer: asking(['actorIsInterviewer'], {
    says: 'The reviewer must not have interviewed the applicant.',
    test: (f) => !f.actorIsInterviewer,
  }),
  approverDidNotSignOff: asking(['actorSignedOffLegally'], {
    says: 'The legal sign-off and the approval must come from different people.',
    test: (f) => !f.actorSignedOffLegally,
  }),
  legalSignOffGivenWhereNeeded: asking(['legalSignOffNeeded', 'legalSignOffRevision', 'analysisRevision'], {
    says: 'The legal adviser must sign off this analysis: it is on ground 1F(a) or about an act committed below 18.',
    test: (f) => !f.legalSignOffNeeded || f.legalSignOffRevision === f.analysisRevision,
  }),
  reviewIsCurrent: asking(['reviewedRevision', 'analysisRevision'], {
    says: 'The analysis as it now stands must be approved in review.',
    test: (f) => f.reviewedRevision !== null && f.reviewedRevision === f.analysisRevision,
  }),
  deciderIsNotReviewer: asking(['actorIsReviewer'], {
    says: 'The decision-maker must not be a reviewer of the analysis.',
    test: (f) => !f.actorIsReviewer,
  }),
  deciderIsNotAuthor: asking(['actorIsAuthor'], {
    says: 'The decision-maker must not be an author of the analysis.',
    test: (f) => !f.actorIsAuthor,
  }),
  deciderIsNotInterviewer: asking(['actorIsInterviewer'], {
    says: 'The decision-maker must not have interviewed the applicant.',
    test: (f) => !f.actorIsInterviewer,
  }),
  everyAllegationDecided: asking(['allegationsDecided', 'allegations'], {
    says: 'The decision must cover every allegation, each with its ground and status.',
    about: 'command',
    test: (f) => f.allegationsDecided === f.allegations,
  }),
  atLeastOneAllegationStands: asking(['allegationsDecidedToStand'], {
    says: 'At least one allegation must be decided to stand.',
    about: 'command',
    test: (f) => f.allegationsDecidedToStand > 0,
  }),
  noAllegationStands: asking(['allegationsDecidedToStand'], {
    says: 'No allegation may be decided to stand.',
    about: 'command',
    test: (f) => f.allegationsDecidedToStand === 0,
  }),
  standingAllegationsWereAnnounced: asking(['allegationsStandingUnannounced'], {
    says: 'Every allegation decided to stand must have been in the notice of intention.',
    about: 'command',
    test: (f) => f.allegationsStandingUnannounced === 0,
  }),
  aCompetentAuthorityExists: asking(['authoritiesForExclusion'], {
    says: 'At least one authority must be competent to receive the exclusion; ask the operator to close the gap in the competence rules.',
    test: (f) => f.authoritiesForExclusion > 0,
  }),
  aCompetentAuthorityExistsForSuspicion: asking(['authoritiesForSuspicion'], {
    says: 'At least one authority must be competent to receive the suspicion; ask the operator to close the gap in the competence rules.',
    test: (f) => f.authoritiesForSuspicion > 0,
  }),
  suspicionProposed: asking(['suspicionProposal'], {
    says: 'The waiting proposal must be that the facts give rise to suspicion.',
    test: (f) => f.suspicionProposal === 'suspicion',
  }),
  noSuspicionProposed: asking(['suspicionProposal'], {
    says: 'The waiting proposal must be that the facts give rise to no suspicion.',
    test: (f) => f.suspicionProposal === 'noSuspicion',
  }),
  nothingHeardSinceSuspicionProposal: asking(['heardSinceSuspicionProposal'], {
    says: 'Nothing may have been recorded in an interview since the suspicion decision was proposed; propose it anew.',
    test: (f) => !f.heardSinceSuspicionProposal,
  }),
  deciderDidNotConfirmSuspicion: asking(['actorConfirmedSuspicion'], {
    says: 'Whoever ends the examination or the claim must not have confirmed the suspicion decision relied on.',
    test: (f) => !f.actorConfirmedSuspicion,
  }),
  suspicionConfirmerIsNotProposer: asking(['actorIsSuspicionProposer'], {
    says: 'The suspicion decision must be confirmed by somebody other than the person who proposed it.',
    test: (f) => !f.actorIsSuspicionProposer,
  }),
  earlierReferralStands: asking(['standingReferrals'], {
    says: 'An earlier referral telling of suspicion must still stand.',
    test: (f) => f.standingReferrals > 0,
  }),
  noEarlierReferralStands: asking(['standingReferrals'], {
    says: 'No earlier referral telling of suspicion may still stand.',
    test: (f) => f.standingReferrals === 0,
  }),
  somebodyWasTold: asking(['referralsTold'], {
    says: 'A referral of this case must have been made; otherwise nobody was told, and there is nothing to correct.',
    test: (f) => f.referralsTold > 0,
  }),
  suspicionFollowsTheAllegations: asking(['suspicionFollowsAllegations'], {
    says: 'There is suspicion of a core international crime exactly when suspicion remains for an allegation on ground 1F(a), where the file has one.',
    about: 'command',
    test: (f) => f.suspicionFollowsAllegations,
  }),
  anAllegationRemains: asking(['allegationsStillSuspected'], {
    says: 'The waiting proposal must be that suspicion remains for at least one allegation.',
    test: (f) => f.allegationsStillSuspected > 0,
  }),
  noAllegationRemains: asking(['allegationsStillSuspected'], {
    says: 'The waiting proposal must be that suspicion remains for no allegation.',
    test: (f) => f.allegationsStillSuspected === 0,
  }),
  onlyJudgmentsToAnswer: asking(['correctionsBesideJudgments'], {
    says: 'No correction for another cause than a judgment may still be undecided.',
    test: (f) => f.correctionsBesideJudgments === 0,
  }),
  judgmentIsFinal: asking(['judgmentIsFinal'], {
    says: 'The judgment must be final.',
    about: 'command',
    test: (f) => f.judgmentIsFinal,
  }),
  judgmentIsNotFinal: asking(['judgmentIsFinal'], {
    says: 'The judgment must still be open to appeal.',
    about: 'command',
    test: (f) => !f.judgmentIsFinal,
  }),
  quashingNotYetFinal: asking(['lastJudgmentIsFinal'], {
    says: 'The judgment that quashed the decision must not be recorded as final already.',
    test: (f) => !f.lastJudgmentIsFinal,
  }),
  reconsiderationSaysReopen: asking(['reconsiderationsToReopen'], {
    says: 'A reconsideration must have ended in toReopen since the decision was taken (feedback of a recipient that clears the person opens one: GET /api/cases/:id/reconsiderations); without one only a court sets an exclusion aside.',
    test: (f) => f.reconsiderationsToReopen > 0,
  }),
  reopenerDidNotDecide: asking(['actorTookDecision'], {
    says: 'A decision-maker other than the one who took the decision must reopen it.',
    test: (f) => !f.actorTookDecision,
  }),
  aCompetentAuthorityExistsForAccount: asking(['authoritiesForAccount'], {
    says: 'At least one authority must be competent to receive an own account; ask the operator to close the gap in the competence rules.',
    test: (f) => f.authoritiesForAccount > 0,
  }),
  accountConfirmerIsNotProposer: asking(['actorIsAccountProposer'], {
    says: 'The referral of an own account must be decided by somebody other than the person who proposed it.',
    test: (f) => !f.actorIsAccountProposer,
  }),
  agreementIsFree: asking(['agreementNamed'], {
    says: 'The agreement named must be on this file, not revoked and not referred already.',
    about: 'command',
    test: (f) => f.agreementNamed === 'given',
  }),
  agreementIsWaiting: asking(['agreementNamed'], {
    says: 'The agreement named must be the one that waits for a second person.',
    about: 'command',
    test: (f) => f.agreementNamed === 'waiting',
  }),
  agreementStands: asking(['agreementNamed'], {
    says: 'The agreement named must be on this file and not be revoked already.',
    about: 'command',
    test: (f) => f.agreementNamed !== 'none' && f.agreementNamed !== 'revoked',
  }),
  childAgreesThroughRepresentative: asking(['applicantIsChild', 'agreementByRepresentative'], {
    says: 'For a child the representative must give the agreement.',
    about: 'command',
    test: (f) => !f.applicantIsChild || f.agreementByRepresentative,
  }),
  decisionServed: asking(['decisionServed'], {
    says: 'The decision must be served on the applicant first.',
    test: (f) => f.decisionServed,
  }),
  appealPeriodOver: asking(['appealPeriodOver'], {
    says: 'The time for an appeal must have passed without one.',
    test: (f) => f.appealPeriodOver,
  }),
} as const satisfies Record<string, AskingGuard<CaseFacts>>;

const assessmentIn =
  (...states: string[]) =>
  (regions: Regions): boolean =>
    states.includes(regions['assessment'] ?? '');

/** What may be asked of the state of a case's regions. */
export const caseStateGuards = {
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
  aJudgmentQuashed: {
    says: 'A judgment that is not yet final must have quashed the decision.',
    test: assessmentIn('quashed'),
  },
  assessmentAllowsGrant: {
    says: 'Protection can be granted only when the Article 1F examination has ended without an exclusion.',
    test: assessmentIn('notExcluded', 'finalNotExcluded', 'closed'),
  },
} as const satisfies Record<string, Guard<Regions>>;
