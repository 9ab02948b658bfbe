import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ArgumentsHost, Logger } from '@nestjs/common';
import { ProblemFilter } from './problem.filter.js';

interface Answer {
  readonly status: number;
  readonly body: { readonly code?: string; readonly detail?: string; readonly retryAfter?: number };
}

function answerTo(error: unknown): Answer {
  let status = 0;
  let body = '';
  const response = {
    headersSent: false,
    setHeader: () => response,
    status: (given: number) => ((status = given), response),
    type: () => response,
    send: (text: string) => ((body = text), response),
  };
  const host = { switchToHttp: () => ({ getResponse: () => response, getRequest: () => ({ method: 'POST' }) }) };
  new ProblemFilter().catch(error, host as unknown as ArgumentsHost);
  return { status, body: JSON.parse(body) as Answer['body'] };
}

const failed = (code: string, message = 'it failed') => Object.assign(new Error(message), { code });

describe('an error that leaves as a problem document', () => {
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(true));

  it.each(['53100', 'ENOSPC', 'EDQUOT'])('says that there is no room left, at %s from a database or a file', (code) => {
    const { status, body } = answerTo(failed(code));
    expect([status, body.code]).toEqual([507, 'storageFull']);
    expect(body.detail).toMatch(/nothing was changed.*same Idempotency-Key/);
  });

  it('says that the database is away, and when to ask again', () => {
    const { status, body } = answerTo(failed('57P01'));
    expect([status, body.code, body.retryAfter]).toEqual([503, 'unavailable', 2]);
  });

  it('repeats nothing of what nobody foresaw', () => {
    const { status, body } = answerTo(failed('XX000', 'a name from a row'));
    expect([status, body.code]).toEqual([500, 'internal']);
    expect(JSON.stringify(body)).not.toContain('a name');
  });
});
