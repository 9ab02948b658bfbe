export interface DeadlineRule {
  readonly kind: string;
  readonly amount: number;
  readonly unit: 'hours' | 'days' | 'workingDays';
  /** The provision that sets it, or "house rule" where the law leaves it to the authority. */
  readonly source: string;
}

const HOUSE = 'house rule';

/** The deadlines an installation starts with; an authority replaces a row by a later one, and no date is ever in code. */
export const DEADLINE_RULES: readonly DeadlineRule[] = [
  { kind: 'triage', amount: 5, unit: 'workingDays', source: HOUSE },
  { kind: 'examinationLimit', amount: 182, unit: 'days', source: 'Regulation (EU) 2024/1348 Art. 35(4): six months' },
  { kind: 'assessment', amount: 60, unit: 'days', source: HOUSE },
  { kind: 'stayReview', amount: 90, unit: 'days', source: HOUSE },
  { kind: 'interview', amount: 30, unit: 'days', source: HOUSE },
  {
    kind: 'recordComments',
    amount: 5,
    unit: 'workingDays',
    source: 'house rule; Regulation (EU) 2024/1348 Art. 14 leaves the time limit to the authority',
  },
  { kind: 'intentionReply', amount: 14, unit: 'days', source: HOUSE },
  { kind: 'suspicionReview', amount: 5, unit: 'workingDays', source: HOUSE },
  { kind: 'review', amount: 10, unit: 'workingDays', source: HOUSE },
  { kind: 'decision', amount: 10, unit: 'workingDays', source: HOUSE },
  { kind: 'service', amount: 5, unit: 'workingDays', source: HOUSE },
  {
    kind: 'appeal',
    amount: 30,
    unit: 'days',
    source: 'Regulation (EU) 2024/1348 Art. 67(7)(b): national law sets between two weeks and one month',
  },
  { kind: 'appealFollowUp', amount: 90, unit: 'days', source: HOUSE },
  {
    kind: 'refer',
    amount: 5,
    unit: 'workingDays',
    source: 'house rule; Council Decision 2003/335/JHA Art. 2 sets the duty without a period',
  },
  { kind: 'referBeforeDeparture', amount: 48, unit: 'hours', source: HOUSE },
  { kind: 'acknowledge', amount: 10, unit: 'workingDays', source: HOUSE },
  { kind: 'feedback', amount: 90, unit: 'days', source: HOUSE },
  { kind: 'correctionAnswer', amount: 10, unit: 'workingDays', source: HOUSE },
  { kind: 'reconsideration', amount: 20, unit: 'workingDays', source: HOUSE },
  { kind: 'reopening', amount: 5, unit: 'workingDays', source: HOUSE },
  { kind: 'correctionReview', amount: 2, unit: 'workingDays', source: HOUSE },
  {
    kind: 'correctionDecision',
    amount: 2,
    unit: 'workingDays',
    source:
      'house rule; Regulation (EU) 2016/679 Art. 19 and Directive (EU) 2016/680 Art. 7(3) ask that recipients be told without setting a period',
  },
  { kind: 'requestAnswer', amount: 10, unit: 'workingDays', source: HOUSE },
  { kind: 'holdDecision', amount: 48, unit: 'hours', source: HOUSE },
  { kind: 'holdExpiry', amount: 30, unit: 'days', source: HOUSE },
  { kind: 'unblocking', amount: 5, unit: 'workingDays', source: HOUSE },
  { kind: 'letterConfirmation', amount: 5, unit: 'workingDays', source: HOUSE },
  { kind: 'brokenStay', amount: 2, unit: 'workingDays', source: HOUSE },
  { kind: 'blockedRecipient', amount: 2, unit: 'workingDays', source: HOUSE },
  { kind: 'closingConfirmation', amount: 5, unit: 'workingDays', source: HOUSE },
  { kind: 'certificateRenewal', amount: 60, unit: 'days', source: HOUSE },
  { kind: 'prosecutionTrackReview', amount: 182, unit: 'days', source: HOUSE },
  { kind: 'accountReview', amount: 5, unit: 'workingDays', source: HOUSE },
  { kind: 'unremovableReview', amount: 182, unit: 'days', source: HOUSE },
  { kind: 'grantReview', amount: 182, unit: 'days', source: HOUSE },
  { kind: 'questionnaireReview', amount: 20, unit: 'workingDays', source: HOUSE },
  { kind: 'retention', amount: 3650, unit: 'days', source: HOUSE },
];
