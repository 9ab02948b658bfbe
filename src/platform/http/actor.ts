import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

export const ROLES = [
  'caseOfficer',
  'officer1F',
  'reviewer',
  'legalAdviser',
  'decisionMaker',
  'prosecutor',
  'author',
  'auditor',
  'operator',
] as const;

export type Role = (typeof ROLES)[number];

/** Who is asking: resolved from the session by the authentication guard, never from anything the request claims. */
export interface Actor {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly unit: string | null;
  readonly authorityId: string | null;
  readonly session: { readonly id: string; readonly kind: 'cookie' | 'bearer' };
}

declare module 'express' {
  interface Request {
    actor?: Actor;
  }
}

export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<Request>();
  if (!actor) throw new Error('this route is reached without the authentication guard');
  return actor;
});
