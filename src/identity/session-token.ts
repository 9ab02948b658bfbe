import type { Request, Response } from 'express';
import { createHash, randomBytes } from 'node:crypto';
import type { Config } from '../platform/config/config.js';

export interface PresentedToken {
  readonly kind: 'cookie' | 'bearer';
  readonly hash: Buffer;
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
/** Hashed like a token, found nowhere: something malformed is refused as something unknown is. */
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** A fresh secret of 32 random bytes; only its SHA-256 is stored. */
export function newToken(): { token: string; hash: Buffer } {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashOf(token) };
}

/** The `__Host-` prefix binds the cookie to this host and to TLS; browsers refuse it over plain HTTP. */
export const cookieName = (config: Config): string =>
  config.NODE_ENV === 'production' ? '__Host-f1_session' : 'f1_session';

/** What the request presents. An Authorization header is all that counts when there is one: the two are never mixed. */
export function presentedToken(request: Request, config: Config): PresentedToken | undefined {
  const authorization = request.header('authorization');
  if (authorization !== undefined) {
    const token = /^Bearer ([^\s]+)$/i.exec(authorization)?.[1] ?? '';
    return { kind: 'bearer', hash: hashOf(token) };
  }
  const token = cookieValue(request.header('cookie') ?? '', cookieName(config));
  return token !== undefined && TOKEN.test(token) ? { kind: 'cookie', hash: hashOf(token) } : undefined;
}

function cookieValue(header: string, name: string): string | undefined {
  const pair = header
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

const cookieOptions = (config: Config) => ({
  httpOnly: true,
  sameSite: 'strict' as const,
  secure: config.NODE_ENV === 'production',
  path: '/',
});

export function setSessionCookie(response: Response, config: Config, token: string, expires: Date): void {
  response.cookie(cookieName(config), token, { ...cookieOptions(config), expires });
}

export function clearSessionCookie(response: Response, config: Config): void {
  response.clearCookie(cookieName(config), cookieOptions(config));
}
