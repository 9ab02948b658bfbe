import type { Configuration, Outcome } from './graph.js';
import type { Effect, Tag } from './vocabulary/vocabulary.js';

/** What the proof remembers about the way here: is there a review, a suspicion decision, since the last change? */
export interface Memory {
  /** The analysis was approved by somebody other than author and interviewer since its last edit. */
  readonly reviewed: boolean;
  /** A suspicion decision was confirmed by a second person since the last edit, reopening or return to interviewing. */
  readonly suspicionDecided: boolean;
}

export const nothingYet: Memory = { reviewed: false, suspicionDecided: false };

/** One step of the proof: what a command did, and what is known before and after it. */
export interface Step {
  readonly before: Configuration;
  readonly outcome: Outcome;
  readonly effects: readonly Effect[];
  readonly memory: Memory;
  readonly remembered: Memory;
}

/** A duty as a property of steps, whatever the states are called. */
export interface Duty {
  /** Asked of charts from this version on: what was published before it is pinned by its cases and proves as it did. Absent: of all. */
  readonly since?: number;
  /** The transition at fault is the one with this effect, or else the first that changes the state. */
  readonly about?: string;
  readonly broken: (step: Step) => boolean;
  readonly message: string;
}

/** The guards whose truth duties rely on. */
export const watchedGuards = [
  'reviewerIsNotAuthor',
  'reviewerIsNotInterviewer',
  'deciderIsNotReviewer',
  'deciderIsNotAuthor',
  'deciderIsNotInterviewer',
  'deciderDidNotConfirmSuspicion',
  'nothingHeardSinceSuspicionProposal',
  'replyReceivedOrDeadlinePassed',
  'reliedMaterialDisclosed',
  'suspicionDecisionReviewed',
  'suspicionConfirmerIsNotProposer',
  'aCompetentAuthorityExists',
  'aCompetentAuthorityExistsForSuspicion',
  'onlyJudgmentsToAnswer',
  'reconsiderationSaysReopen',
  'reopenerDidNotDecide',
  'accountConfirmerIsNotProposer',
  'aCompetentAuthorityExistsForAccount',
];

/** Corrections after which somebody has to decide whether suspicion remains. */
const unsettling = [
  'quashedNotFinal',
  'quashedFinal',
  'partlyUpheld',
  'remitted',
  'factualError',
  'mistakenIdentity',
  'unlawfulTransmission',
  'reopened',
];

const has = (effects: readonly Effect[], type: string, ...values: unknown[]): boolean =>
  effects.some(
    (effect) => effect.type === type && values.every((value) => Object.values(effect.params).includes(value)),
  );

const tagged = (configuration: Configuration, tag: Tag): boolean => configuration.some((leaf) => leaf.tags.has(tag));

/** Some region enters a state with the tag from one without it. */
const enters = ({ before, outcome }: Step, tag: Tag): boolean =>
  outcome.after.some((leaf, index) => leaf.tags.has(tag) && !before[index]?.tags.has(tag));

const applies = (step: Step): boolean => enters(step, 'exclusionApplied') && !tagged(step.before, 'exclusionApplied');

const leavesExclusion = (before: Configuration, after: Configuration): boolean =>
  tagged(before, 'exclusionApplied') && !tagged(after, 'exclusionApplied');

/** The authority takes an exclusion back by itself: no judgment of a court is recorded with it. */
const takesExclusionBack = ({ before, outcome, effects }: Step): boolean =>
  leavesExclusion(before, outcome.after) &&
  !has(effects, 'recordAppeal', 'quashed') &&
  !has(effects, 'recordAppeal', 'remitted');

const settlesCorrection = (step: Step): boolean =>
  tagged(step.before, 'correctionUndecided') && !tagged(step.outcome.after, 'correctionUndecided');

/** A court put the exclusion back, which is told as such, and nothing but judgments was to be answered. */
const reinstates = (step: Step): boolean =>
  has(step.effects, 'createCorrections', 'reinstated') && implies(step, 'onlyJudgmentsToAnswer');

/** The claim or the examination moves on, as far as law attaches to it. */
const movesProcedure = ({ before, outcome: { after } }: Step): boolean =>
  (['exclusionApplied', 'examinationEnded', 'quashed'] as const).some(
    (tag) => tagged(before, tag) !== tagged(after, tag),
  );

const implies = (step: Step, ...guards: string[]): boolean => guards.every((guard) => step.outcome.holding.has(guard));

/** What is remembered after a step; an edit forgets first, so that one step cannot edit and review at once. */
export function remember(memory: Memory, outcome: Outcome, effects: readonly Effect[], before: Configuration): Memory {
  const edited = has(effects, 'editAnalysis') || has(effects, 'setAnalysisAside');
  const unsettled = tagged(outcome.after, 'correctionUndecided');
  const overtaken =
    has(effects, 'reopenExamination') ||
    has(effects, 'overtakeSuspicion') ||
    leavesExclusion(before, outcome.after) ||
    unsettled;
  const reviewedNow =
    has(effects, 'recordReview', 'approved') &&
    outcome.holding.has('reviewerIsNotAuthor') &&
    outcome.holding.has('reviewerIsNotInterviewer');
  const decidedNow = has(effects, 'recordSuspicionDecision') && outcome.holding.has('suspicionConfirmerIsNotProposer');
  return {
    reviewed: (memory.reviewed && !edited) || (reviewedNow && !edited),
    suspicionDecided: (memory.suspicionDecided && !edited && !overtaken) || (decidedNow && !edited),
  };
}

/** Everything the law asks of a chart, each refused with the shortest path that breaks it. */
export const duties: readonly Duty[] = [
  {
    broken: (step) => applies(step) && !has(step.effects, 'createObligations', 'exclusion'),
    message: 'Article 1F is applied here without the effect createObligations of kind exclusion.',
  },
  {
    broken: (step) => applies(step) && !has(step.effects, 'recordDecision', 'excluded'),
    message: 'Article 1F is applied here without the effect recordDecision with outcome excluded.',
  },
  {
    about: 'recordDecision',
    broken: (step) =>
      has(step.effects, 'recordDecision', 'excluded') && !tagged(step.outcome.after, 'exclusionApplied'),
    message: 'An exclusion is recorded, but the state entered is not tagged exclusionApplied.',
  },
  {
    broken: (step) =>
      enters(step, 'examinationEnded') &&
      !tagged(step.outcome.after, 'exclusionApplied') &&
      !(step.remembered.suspicionDecided && implies(step, 'suspicionDecisionReviewed')),
    message:
      'The examination ends here without a reasoned suspicion decision, reviewed by a second person and current.',
  },
  {
    broken: (step) =>
      enters(step, 'examinationEnded') &&
      !tagged(step.outcome.after, 'exclusionApplied') &&
      !implies(step, 'nothingHeardSinceSuspicionProposal'),
    message: 'The examination ends here on a suspicion decision although more may have been heard since its proposal.',
  },
  {
    broken: (step) =>
      enters(step, 'examinationEnded') &&
      !tagged(step.outcome.after, 'exclusionApplied') &&
      !implies(step, 'deciderDidNotConfirmSuspicion'),
    message: 'The examination could be ended here by the person who confirmed the suspicion decision.',
  },
  {
    about: 'recordDecision',
    broken: (step) => has(step.effects, 'recordDecision') && !step.memory.reviewed,
    message:
      'A decision is recorded here although, since the last edit of the analysis, nobody other than its author and the interviewer approved it.',
  },
  {
    about: 'recordDecision',
    broken: (step) =>
      has(step.effects, 'recordDecision') && !implies(step, 'deciderIsNotReviewer', 'deciderIsNotAuthor'),
    message: 'A decision is recorded here that the reviewer or an author of the analysis could take.',
  },
  {
    about: 'recordDecision',
    broken: (step) => has(step.effects, 'recordDecision') && !implies(step, 'deciderIsNotInterviewer'),
    message: 'A decision is recorded here that the interviewer could take.',
  },
  {
    about: 'recordDecision',
    broken: (step) =>
      has(step.effects, 'recordDecision', 'excluded') && !implies(step, 'replyReceivedOrDeadlinePassed'),
    message: 'An exclusion is decided here before the applicant’s reply to the notice of intention or its deadline.',
  },
  {
    about: 'recordDecision',
    broken: (step) => has(step.effects, 'recordDecision', 'excluded') && !implies(step, 'reliedMaterialDisclosed'),
    message: 'An exclusion is decided here on material whose substance was not disclosed to the applicant.',
  },
  {
    broken: (step) => enters(step, 'quashed') && !has(step.effects, 'createCorrections'),
    message: 'A decision is quashed here without the effect createCorrections.',
  },
  {
    broken: (step) => leavesExclusion(step.before, step.outcome.after) && !has(step.effects, 'createCorrections'),
    message: 'An exclusion ceases to apply here without the effect createCorrections.',
  },
  {
    since: 2,
    broken: (step) => takesExclusionBack(step) && !implies(step, 'reconsiderationSaysReopen', 'reopenerDidNotDecide'),
    message:
      'An exclusion ceases to apply here without a judgment, and perhaps without a reconsideration that says so or by whoever decided it.',
  },
  {
    since: 2,
    broken: (step) => takesExclusionBack(step) && step.remembered.reviewed,
    message:
      'An exclusion is taken back here while its review, notice and reply stay current: require the effect setAnalysisAside.',
  },
  {
    since: 2,
    about: 'createCorrections',
    broken: (step) =>
      unsettling.some((cause) => has(step.effects, 'createCorrections', cause)) &&
      !tagged(step.outcome.after, 'correctionUndecided'),
    message:
      'A referral is corrected here, but the state entered is not tagged correctionUndecided: nobody would have to decide whether suspicion remains.',
  },
  {
    since: 2,
    broken: (step) => settlesCorrection(step) && !has(step.effects, 'recordSuspicionDecision') && !reinstates(step),
    message: 'A correction ends here without the decision, for each allegation, whether suspicion remains.',
  },
  {
    since: 2,
    broken: (step) =>
      settlesCorrection(step) &&
      !has(step.effects, 'createCorrections', 'suspicionRemains') &&
      !has(step.effects, 'createCorrections', 'noSuspicionRemains') &&
      !reinstates(step),
    message: 'A correction ends here without telling the recipients whether suspicion remains.',
  },
  {
    about: 'recordProsecutionTrack',
    broken: (step) =>
      tagged(step.before, 'prosecutionOpen') &&
      !tagged(step.outcome.after, 'prosecutionOpen') &&
      !has(step.effects, 'recordProsecutionTrack', 'closed'),
    message: 'The track of extradition or prosecution ends here without a closing reason.',
  },
  {
    about: 'recordSuspicionDecision',
    broken: (step) => has(step.effects, 'recordSuspicionDecision') && !implies(step, 'suspicionConfirmerIsNotProposer'),
    message: 'A suspicion decision is recorded here that its proposer could confirm.',
  },
  {
    about: 'recordSuspicionDecision',
    broken: (step) =>
      has(step.effects, 'recordSuspicionDecision') && !implies(step, 'reviewerIsNotAuthor', 'reviewerIsNotInterviewer'),
    message: 'A suspicion decision is recorded here that an author of the analysis or the interviewer could confirm.',
  },
  {
    about: 'recordSuspicionDecision',
    broken: (step) =>
      has(step.effects, 'recordSuspicionDecision') && !implies(step, 'nothingHeardSinceSuspicionProposal'),
    message: 'A suspicion decision is recorded here although more may have been heard since its proposal.',
  },
  {
    about: 'recordSuspicionDecision',
    broken: (step) =>
      has(step.effects, 'recordSuspicionDecision', true) && !has(step.effects, 'createObligations', 'suspicion'),
    message: 'Suspicion is confirmed here without the effect createObligations of kind suspicion.',
  },
  {
    about: 'createObligations',
    broken: (step) =>
      has(step.effects, 'createObligations', 'exclusion') && !implies(step, 'aCompetentAuthorityExists'),
    message:
      'Obligations are created here although perhaps no authority is competent: require aCompetentAuthorityExists.',
  },
  {
    about: 'createObligations',
    broken: (step) =>
      has(step.effects, 'createObligations', 'suspicion') && !implies(step, 'aCompetentAuthorityExistsForSuspicion'),
    message:
      'Obligations are created here although perhaps no authority is competent: require aCompetentAuthorityExistsForSuspicion.',
  },
  {
    about: 'createObligations',
    broken: (step) =>
      has(step.effects, 'createObligations', 'account') &&
      !(has(step.effects, 'recordAccount', 'confirmed') && implies(step, 'accountConfirmerIsNotProposer')),
    message: 'An own account is referred here that nobody but its proposer need have confirmed.',
  },
  {
    about: 'recordAccount',
    broken: (step) =>
      has(step.effects, 'recordAccount', 'confirmed') && !has(step.effects, 'createObligations', 'account'),
    message: 'The referral of an own account is confirmed here without the effect createObligations of kind account.',
  },
  {
    about: 'createObligations',
    broken: (step) =>
      has(step.effects, 'createObligations', 'account') && !implies(step, 'aCompetentAuthorityExistsForAccount'),
    message:
      'Obligations are created here although perhaps no authority is competent: require aCompetentAuthorityExistsForAccount.',
  },
  {
    about: 'createObligations',
    broken: (step) => has(step.effects, 'createObligations', 'account') && movesProcedure(step),
    message: 'An own account is referred here by a command that also moves the claim or the examination.',
  },
];
