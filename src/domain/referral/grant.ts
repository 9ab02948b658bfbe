/** Why a recipient opens a file; access is for that purpose and no other. */
export const grantPurposes = {
  investigation: 'to investigate the acts described',
  structuralInvestigation: 'to investigate the situation in which they happened',
  prosecution: 'to prosecute them',
  extradition: 'to decide on or carry out an extradition or surrender',
  internationalTribunal: 'for proceedings before an international tribunal',
  mutualLegalAssistance: 'to ask for or give legal assistance between prosecutors',
} as const;
export type GrantPurpose = keyof typeof grantPurposes;

export interface GrantTimes {
  readonly validUntil: Date;
  readonly revokedAt: Date | null;
}

/** A grant that has run out or was taken back opens nothing. */
export function grantStateAt({ validUntil, revokedAt }: GrantTimes, now: Date): 'live' | 'expired' | 'revoked' {
  if (revokedAt) return 'revoked';
  return validUntil.getTime() > now.getTime() ? 'live' : 'expired';
}

/** Until when a grant runs: as asked, or as long as may be. Undefined when what was asked has passed or is beyond the longest. */
export function grantUntil(asked: Date | undefined, now: Date, longest: Date): Date | undefined {
  const until = asked ?? longest;
  return until.getTime() > now.getTime() && until.getTime() <= longest.getTime() ? until : undefined;
}
