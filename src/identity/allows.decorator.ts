import { SetMetadata } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { Action, Subject } from './policy.js';

export interface Permission {
  readonly action: Action;
  readonly subject: Subject;
}

const ALLOWS = 'f1:allows';
const PUBLIC = 'f1:public';

type Target = Parameters<Reflector['getAllAndOverride']>[1][number];

/** Names what a route does, so that the policy can say who may. A route without it is refused to everybody. */
export const Allows = (action: Action, subject: Subject) =>
  SetMetadata(ALLOWS, { action, subject } satisfies Permission);

/** A route for people who are not signed in: health, signing in, API documents. It carries no personal data. */
export const Public = () => SetMetadata(PUBLIC, true);

/** What a route declares about itself; the handler's word goes before its controller's. */
export function permissionOf(reflector: Reflector, targets: Target[]): Permission | 'public' | undefined {
  if (reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) return 'public';
  return reflector.getAllAndOverride<Permission | undefined>(ALLOWS, targets);
}
