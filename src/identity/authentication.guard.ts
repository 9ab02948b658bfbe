import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { AccessLog } from '../audit/access-log.service.js';
import { resourceOf } from '../audit/resource.js';
import { Config } from '../platform/config/config.js';
import { DomainError } from '../platform/database/errors.js';
import type { Actor } from '../platform/http/actor.js';
import { type Permission, permissionOf } from './allows.decorator.js';
import { abilityOf, rolesWhoMay } from './policy.js';
import { presentedToken, type PresentedToken } from './session-token.js';
import { SessionsService } from './sessions.service.js';

/** Before every route: where the request comes from, who asks (401), and whether the policy lets that role ask at all (403). */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly config: Config,
    private readonly sessions: SessionsService,
    private readonly accessLog: AccessLog,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const permission = permissionOf(this.reflector, [context.getHandler(), context.getClass()]);
    const presented = presentedToken(request, this.config);
    this.assertOwnOrigin(request, presented, permission === 'public');
    if (permission === 'public') return true;
    const actor = presented && (await this.sessions.actorBy(presented));
    if (!actor) throw new DomainError('notSignedIn', refusalFor(presented));
    request.actor = actor;
    if (this.config.turnsProsecutorsAway && actor.authorityId !== null)
      return this.refuse(request, actor, permission, 'Prosecutors use the portal, not this address.');
    if (permission && abilityOf(actor.roles).can(permission.action, permission.subject)) return true;
    const because =
      `Your roles (${actor.roles.join(', ')}) do not include this` +
      (permission ? `; it is for: ${rolesWhoMay(permission.action, permission.subject).join(', ')}.` : '.');
    return this.refuse(request, actor, permission, because);
  }

  private async refuse(
    request: Request,
    actor: Actor,
    permission: Permission | undefined,
    because: string,
  ): Promise<never> {
    const action = permission ? `${permission.action} ${permission.subject}` : 'undeclared';
    const resource = resourceOf(request);
    await this.accessLog.record({ actor, action, resource, outcome: 'refused', detail: { code: 'forbidden' } });
    throw new DomainError('forbidden', because);
  }

  /**
   * Browsers name the origin of every changing request, and send our cookie along on their own. So a change that rides on the
   * cookie must name our origin; without the cookie a named foreign origin is refused too (nobody is signed in elsewhere).
   */
  private assertOwnOrigin(request: Request, presented: PresentedToken | undefined, isPublic: boolean): void {
    if (['GET', 'HEAD', 'OPTIONS'].includes(request.method) || presented?.kind === 'bearer') return;
    const origin = request.header('origin');
    const own = this.config.F1_ORIGIN
      ? new URL(this.config.F1_ORIGIN).origin
      : `${request.protocol}://${request.header('host') ?? ''}`;
    if (origin === own || (origin === undefined && (!presented || isPublic))) return;
    throw new DomainError(
      'foreignOrigin',
      `A change with the session cookie must carry the header Origin: ${own}. API clients use a Bearer token from POST /api/tokens instead.`,
    );
  }
}

const refusalFor = (presented: PresentedToken | undefined): string =>
  presented
    ? 'This session or token is unknown, expired or ended. Sign in again.'
    : 'Sign in first: POST /api/session for a browser, POST /api/tokens for an API client.';
