import type { DeadlineKind } from '../workflow/vocabulary/vocabulary.js';

/** Clocks that no chart starts. */
type OtherClock =
  | 'recordComments'
  | 'reconsideration'
  | 'reopening'
  | 'requestAnswer'
  | 'holdDecision'
  | 'holdExpiry'
  | 'unblocking'
  | 'letterConfirmation'
  | 'brokenStay'
  | 'blockedRecipient'
  | 'closingConfirmation'
  | 'grantReview'
  | 'unremovableReview';

/** What keeps a file and has no clock of its own. */
type Unclocked =
  'receipt' | 'judgment' | 'packageOverride' | 'disclosure' | 'grant' | 'hold' | 'preserved' | 'legalHold';

const EXAMINED = 'the examination has not ended: decide it, or end the claim (with its suspicion decision)';
const SUSPECTED = 'a suspicion is proposed and a second person has not decided: confirm or reject it';
const PROPOSED = 'a proposal waits for its second person, who confirms or refuses it';

/** What is awaited, by the kind of its clock or row: why the file is kept, and what is to be done first. */
const KEPT: Readonly<Record<Exclude<DeadlineKind, 'questionnaireReview'> | OtherClock | Unclocked, string>> = {
  triage: EXAMINED,
  examinationLimit: EXAMINED,
  assessment: EXAMINED,
  stayReview: EXAMINED,
  intentionReply: EXAMINED,
  review: EXAMINED,
  decision: EXAMINED,
  interview: 'an interview is neither sealed nor abandoned: do one of the two',
  recordComments: 'the applicant may still comment on the record: wait for that time to end',
  service: 'the decision is not served: serve it',
  appeal: 'an appeal is still possible: wait for its period to end and record that the decision is final',
  appealFollowUp: 'a judgment has consequences that are not drawn: record the next judgment, or examine again or close',
  judgment: 'an appeal is open: record its judgment or its withdrawal',
  suspicionReview: SUSPECTED,
  correctionReview: 'whether suspicion remains after a correction is undecided: propose it and have it decided',
  correctionDecision: 'whether suspicion remains after a correction is undecided: propose it and have it decided',
  reconsideration: 'a reconsideration is undecided: decide it',
  reopening: 'an examination is to be taken up again and was not: reopen it',
  prosecutionTrackReview: 'whether the person is extradited or prosecuted is open: close that track',
  unremovableReview: 'whether the person is extradited or prosecuted is open: close that track',
  accountReview: 'the referral of an own account waits for a second person: confirm or reject it',
  unblocking: PROPOSED,
  letterConfirmation: 'a letter of a recipient waits for a second reader, who confirms or refuses it',
  blockedRecipient:
    'a recipient that the file bars was told before: two persons close what is open towards it (POST /api/referrals/{id}/closings)',
  closingConfirmation: PROPOSED,
  packageOverride: PROPOSED,
  disclosure: PROPOSED,
  receipt: 'a referral of it has not arrived yet: wait for its receipt',
  refer: 'a referral of it has not arrived yet: wait for its receipt',
  acknowledge: 'a recipient has not acknowledged a referral: have it acknowledged',
  feedback: 'feedback on a referral is awaited: wait until it is given, or its time has passed',
  correctionAnswer: 'a recipient has not answered a correction: have it answered',
  requestAnswer: 'a request of a recipient is unanswered: answer or refuse it',
  holdDecision: 'a hold is asked for and undecided: decide it',
  brokenStay: 'a person was removed in spite of a stay of removal: say what happened, and end that hold',
  holdExpiry: 'a hold of a prosecutor stands: wait until it runs out, or end it',
  hold: 'a hold of a prosecutor stands: wait until it runs out, or end it',
  preserved: 'it is preserved for a prosecutor until that hold runs out or the authority ends it',
  grant: 'a recipient has access to the file: wait until that runs out, or revoke it',
  grantReview: 'a recipient has standing access to the file: revoke it',
  legalHold: 'it is under a legal hold, which another account must release first',
};

/** Why a file is not erased while these are awaited (`f1_open_duties`), each reason once with the next step; empty: it may be. */
export function keptBecause(duties: readonly string[]): string[] {
  const kept = Object.entries(KEPT)
    .filter(([duty]) => duties.includes(duty))
    .map(([, why]) => why);
  // An installation may have a clock that this release does not name: it keeps the file all the same.
  const unnamed = duties.filter((duty) => !(duty in KEPT)).map((duty) => `the clock “${duty}” runs: have it met first`);
  return [...new Set([...kept, ...unnamed])];
}
