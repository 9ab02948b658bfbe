import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { catchError, mergeMap, type Observable } from 'rxjs';
import { type Permission, permissionOf } from '../identity/allows.decorator.js';
import { LOGGED } from '../identity/policy.js';
import { DomainError, refusalOf } from '../platform/database/errors.js';
import { statusOf } from '../platform/http/problem.js';
import { AccessLog } from './access-log.service.js';
import { isId, resourceOf } from './resource.js';

const COMMAND = /^[A-Z][A-Z0-9_]{0,59}$/;
const REFUSED = [403, 404, 409];

/**
 * Records every read of personal data before its body leaves, and every refusal (403, 404, 409) on such a route, for all
 * controllers alike: the policy's subject decides, so no route can forget it. Commands that succeed are in the event chain.
 * A controller must return its content (or a StreamableFile): what it writes to `@Res()` itself would leave too early.
 */
@Injectable()
export class AccessLogInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly accessLog: AccessLog,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const permission = permissionOf(this.reflector, [context.getHandler(), context.getClass()]);
    if (permission === undefined || permission === 'public' || !LOGGED.includes(permission.subject)) {
      return next.handle();
    }
    const request = context.switchToHttp().getRequest<Request>();
    const asked = askedFor(request, permission);
    return next.handle().pipe(
      mergeMap(async (body) => {
        if (permission.action === 'read') {
          await this.accessLog.record({
            ...asked,
            outcome: 'read',
            detail: { ...shownIn(body), ...request.readUnder },
          });
        }
        return body;
      }),
      catchError(async (error: unknown) => {
        const refusal = error instanceof DomainError ? error : refusalOf(error);
        if (refusal && REFUSED.includes(statusOf(refusal.code) ?? 500)) {
          const detail = { code: refusal.code, ...commandOf(request) };
          await this.accessLog.record({ ...asked, outcome: 'refused', detail });
        }
        throw error;
      }),
    );
  }
}

function askedFor(request: Request, { action, subject }: Permission) {
  return { actor: request.actor ?? null, action: `${action} ${subject}`, resource: resourceOf(request) };
}

/** A list is read row by row: which ones is part of who saw what. */
function shownIn(body: unknown): Record<string, unknown> {
  const items = (body as { items?: unknown } | null)?.items ?? body;
  if (!Array.isArray(items)) return {};
  return { ids: items.map((item) => (item as { id?: unknown } | null)?.id).filter(isId) };
}

function commandOf(request: Request): Record<string, unknown> {
  const type = (request.body as { type?: unknown } | undefined)?.type;
  return typeof type === 'string' && COMMAND.test(type) ? { command: type } : {};
}
