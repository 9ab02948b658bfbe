/**
 * Whether an own account was called back because its agreement was revoked, so that it must not leave any more. A correction that
 * says so leaves in its place.
 */
export const accountIsRecalled = (referralId: string): string =>
  `EXISTS (SELECT FROM referral recalled JOIN obligation owed ON owed.id = recalled.id
    JOIN account_step s ON s.agreement_id = owed.cause_id AND s.step = 'revoked'
    WHERE recalled.id = ${referralId} AND recalled.kind = 'account' AND recalled.suspended_at IS NOT NULL)`;
