import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { createHash, randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { canonical } from '../database/sealing.js';
import { documented } from './documented.js';
import { InvalidInput } from './problem.js';

/** What a changing request says about itself besides its body. */
export interface Preconditions {
  /** Idempotency-Key, or a fresh UUID when none was sent. */
  readonly key: string;
  /** SHA-256 (hex) over method, path and canonical body. */
  readonly requestHash: string;
  /** The version the person decided on (If-Match: "3"), if stated. */
  readonly version: number | undefined;
}

export function preconditionsOf(request: Request): Preconditions {
  const key = request.header('idempotency-key');
  if (key !== undefined && !/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new InvalidInput([], 'Idempotency-Key must be 1 to 200 visible ASCII characters, such as a UUID.');
  }
  return {
    key: key ?? randomUUID(),
    requestHash: createHash('sha256')
      .update(canonical([request.method, request.path, request.body ?? null]))
      .digest('hex'),
    version: versionOf(request.header('if-match')),
  };
}

/** Whoever asks for them can be sent the same again under its key, and the OpenAPI document says so. */
export const Asked = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => preconditionsOf(context.switchToHttp().getRequest<Request>()),
  [documented(ApiHeader({ name: 'Idempotency-Key', required: false }))],
);

/** Says in the OpenAPI document that the route looks at the version that somebody decided on; `of`: when it is not of what the path names. */
export const TakesIfMatch = (of?: string): MethodDecorator =>
  ApiHeader({
    name: 'If-Match',
    required: false,
    description: `The ETag${of === undefined ? '' : ` of ${of}`} that you decided on; stale: 412.`,
  });

function versionOf(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const version = /^"(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined) throw new InvalidInput([], 'If-Match must be the ETag you read, such as "3".');
  return Number(version);
}
