import { describe, expect, it } from '@jest/globals';
import type { Request, Response } from 'express';
import { Config } from '../platform/config/config.js';
import { newToken, presentedToken, setSessionCookie } from './session-token.js';

const config = (NODE_ENV: Config['NODE_ENV']) => Object.assign(new Config(), { NODE_ENV });
const asking = (headers: Record<string, string>) => ({ header: (name: string) => headers[name] }) as unknown as Request;

describe('a session token', () => {
  it('is 32 random bytes, known to us by its hash only', () => {
    const { token, hash } = newToken();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(hash).toHaveLength(32);
    expect(newToken().token).not.toBe(token);
    expect(presentedToken(asking({ authorization: `Bearer ${token}` }), config('test'))).toEqual({
      kind: 'bearer',
      hash,
    });
    expect(presentedToken(asking({ cookie: `a=b; f1_session=${token}; c=d` }), config('test'))).toEqual({
      kind: 'cookie',
      hash,
    });
  });

  it('travels in production in a cookie of this host, over TLS only', () => {
    const set: unknown[] = [];
    const response = { cookie: (...given: unknown[]) => set.push(given) } as unknown as Response;
    const { token } = newToken();
    setSessionCookie(response, config('production'), token, new Date(0));
    expect(set).toEqual([
      [
        '__Host-f1_session',
        token,
        expect.objectContaining({ httpOnly: true, sameSite: 'strict', secure: true, path: '/' }),
      ],
    ]);
    expect(presentedToken(asking({ cookie: `f1_session=${token}` }), config('production'))).toBeUndefined();
    expect(presentedToken(asking({ cookie: `__Host-f1_session=${token}` }), config('production'))?.kind).toBe('cookie');
  });

  it.each([
    ['an empty cookie', { cookie: 'f1_session=' }],
    ['a cookie of another shape', { cookie: 'f1_session=short' }],
    ['a cookie whose name only begins alike', { cookie: `f1_session2=${'A'.repeat(43)}` }],
  ])('is not found in %s', (_, headers) => {
    expect(presentedToken(asking(headers), config('test'))).toBeUndefined();
  });
});
