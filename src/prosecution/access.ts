import type { Request } from 'express';
import { DomainError } from '../platform/database/errors.js';
import type { Actor } from '../platform/http/actor.js';
import type { AccessRow } from './grant.store.js';

export interface ClosedReferral {
  readonly id: string;
  readonly kind: string;
  readonly suspended_at: Date | null;
}

/** By which grant something was read; the access log keeps it beside who and when. */
export interface ReadUnder {
  readonly grant: string;
  readonly purpose: string;
}

/** Why the content stays closed to this person, with what they can do; undefined where it is open. */
export function closedBecause(actor: Actor, referral: ClosedReferral, access: AccessRow): DomainError | undefined {
  if (actor.authorityId === null) return undefined;
  const { id } = referral;
  if (referral.suspended_at) {
    return new DomainError(
      'accessSuspended',
      'Access to this referral is suspended by a correction. Read the correction in your inbox, and answer it if nobody has.',
      { suspendedAt: referral.suspended_at.toISOString() },
    );
  }
  if (referral.kind === 'correction' || access.grant_id !== null) return undefined;
  if (access.barred) {
    return new DomainError(
      'accessRevoked',
      `Your access to this referral has ended: it was revoked, and GET /api/referrals/${id}/grants says why, or your authority answered ` +
        'a correction that the file was erased. Only the authority that sent it can open it again: ask its legal adviser.',
    );
  }
  return new DomainError(
    'grantRequired',
    'The content opens under a grant that is bound to a purpose and a time, and you hold none that is live. Open it with ' +
      `POST /api/referrals/${id}/grants, naming purpose and legalBasis.`,
  );
}

/** Hands the grant to the access log, which writes it before anything leaves. */
export function logUnder(request: Request, { grant_id: grant, purpose }: AccessRow): void {
  if (grant !== null && purpose !== null) request.readUnder = { grant, purpose };
}
