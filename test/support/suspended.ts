/** SQL that suspends or gives back access to referrals as no command does: past the trigger that asks for a correction. */
export const suspending = (at: 'now()' | 'NULL', referrals: string): string => `
  ALTER TABLE referral DISABLE TRIGGER access_by_correction;
  UPDATE referral SET suspended_at = ${at} WHERE ${referrals};
  ALTER TABLE referral ENABLE TRIGGER access_by_correction`;
