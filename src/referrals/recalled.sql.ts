/**
 * Whether a referral was called back (its agreement revoked, the wrong person, unlawfully sent), so that it must not leave any more
 * where it has not yet arrived. A correction that says so leaves in its place. Asked as a value: as a join it is planned to read every
 * referral there is.
 */
export const isRecalled = (referralId: string): string =>
  `((SELECT recalled.suspended_at FROM referral recalled WHERE recalled.id = ${referralId}) IS NOT NULL)`;

/** Erased again after a restore that had brought it back before its receipt: it never leaves, and only a receipt made before still comes. */
export const isErased = (caseId: string): string =>
  `EXISTS (SELECT FROM data_key y WHERE y.case_id = ${caseId} AND y.erased_at IS NOT NULL)`;
