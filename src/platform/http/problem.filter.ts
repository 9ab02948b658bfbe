import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DomainError, refusalOf, isAway } from '../database/errors.js';
import { MasterKeyAway } from '../keys/master-key.js';
import { FROM_ANYBODY } from './json-bodies.js';
import { problemOf } from './problem.js';

/** Every error leaves as a problem document; what we did not foresee is logged whole and told in one sentence. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    if (response.headersSent) return;
    const refusal = asRefusal(error);
    if (!refusal) {
      const request = http.getRequest<Request>();
      this.logger.error(
        { err: withoutValues(error), method: request.method, route: request.route?.path as unknown },
        'unforeseen error',
      );
    }
    if (error instanceof MasterKeyAway) this.logger.error(`the master key cannot be used: ${error.reason}`);
    if (refusal?.code === 'storageFull') this.logger.error(withoutValues(error), 'a disk is full');
    const problem = problemOf(
      refusal ??
        new DomainError(
          'internal',
          'Something failed on our side and nothing was changed. Try again; if it stays, tell the operator.',
        ),
    );
    if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    const wait = problem['retryAfter'];
    if (typeof wait === 'number') response.setHeader('Retry-After', String(wait));
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}

function asRefusal(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  if (error instanceof HttpException) return fromHttp(error);
  const { type, status } = error as { type?: string; status?: number };
  if (type === 'entity.too.large') return tooLarge();
  if (type === 'entity.parse.failed') return new DomainError('malformedRequest', 'The request body is not valid JSON.');
  if (status === 415) return unsupported();
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return illegible();
  }
  return refusalOf(error) ?? unreadable(error) ?? full(error) ?? outage(error);
}

const tooLarge = (): DomainError =>
  new DomainError(
    'bodyTooLarge',
    `The request body is too large: 1 MB is the most, and ${FROM_ANYBODY} bytes before you have signed in.`,
  );

function fromHttp(error: HttpException): DomainError {
  const status = error.getStatus();
  if (status === 404) return new DomainError('notFound', 'There is nothing at this address.');
  if (status === 413) return tooLarge();
  if (status === 415) return unsupported();
  if (status === 429) return new DomainError('tooManyRequests', 'Too many requests. Wait a moment, then try again.');
  // The parser's and the router's own words repeat what was sent, and Nest hands them on without their type.
  if (/JSON/.test(error.message)) return new DomainError('malformedRequest', 'The request body is not valid JSON.');
  if (/^Failed to decode param/.test(error.message)) return illegible();
  return new DomainError(status >= 500 ? 'unavailable' : 'malformedRequest', error.message);
}

const illegible = (): DomainError =>
  new DomainError('malformedRequest', 'The request cannot be read: check its path, headers and body.');

const unsupported = (): DomainError =>
  new DomainError('unsupportedMediaType', 'Send the request body as application/json in UTF-8.');

/** A value that no column can hold, such as a cursor made by hand or a NUL character. */
function unreadable(error: unknown): DomainError | undefined {
  const { code } = error as { code?: string };
  return ['22P02', '22007', '22008', '22003', '22021', '22P05'].includes(code ?? '')
    ? new DomainError(
        'malformedRequest',
        'The request holds a value that cannot be read: check ids, dates, numbers and cursors.',
      )
    : undefined;
}

/** The database is away, restarting, or was lost at COMMIT: whether it happened is known only by asking again with the same key. */
function outage(error: unknown): DomainError | undefined {
  const { code } = error as { code?: string };
  return isAway(error) || ['40001', '40P01', '55P03'].includes(code ?? '')
    ? new DomainError('unavailable', 'The database did not answer. Repeat the request with the same Idempotency-Key.', {
        retryAfter: 2,
      })
    : undefined;
}

/** The disk of the database, or of the files, has no room left: what was begun was undone. */
const full = (error: unknown): DomainError | undefined =>
  ['53100', 'ENOSPC', 'EDQUOT'].includes((error as { code?: string }).code ?? '')
    ? new DomainError(
        'storageFull',
        'There is no room left on a disk of the server, and nothing was changed. Tell the operator; once there is room, repeat the request with the same Idempotency-Key.',
      )
    : undefined;

/** PostgreSQL repeats row values in `detail` and TypeORM repeats parameters: neither belongs in a log. */
function withoutValues(error: unknown): {
  name: string;
  message: string;
  code?: string | undefined;
  stack?: string | undefined;
} {
  const { name, message, code, stack } = error as Error & { code?: string };
  return { name, message, code, stack };
}
