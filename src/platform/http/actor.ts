import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { type Role as ChartRole, roles } from '../../domain/workflow/vocabulary/vocabulary.js';

/** A person's role; the charts also know `system`, which nobody can be. */
export type Role = Exclude<ChartRole, 'system'>;

export const ROLES: readonly Role[] = roles.filter((role) => role !== 'system');

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
    /** What a read is recorded with beside who and when: by which grant and for what purpose. Ids and codes only. */
    readUnder?: { readonly grant: string; readonly purpose: string };
  }
}

export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<Request>();
  if (!actor) throw new Error('this route is reached without the authentication guard');
  return actor;
});
