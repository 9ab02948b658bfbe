import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { randomUUID } from 'node:crypto';
import { AccessLog } from '../audit/access-log.service.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import type { Actor, Role } from '../platform/http/actor.js';
import { verifyPassword } from './passwords.js';
import { newToken, presentedToken, type PresentedToken } from './session-token.js';
import { SignInThrottle } from './sign-in-throttle.js';

/** A working day: nobody is asked twice, and a forgotten session is gone by tomorrow. */
const LASTS = '12 hours';

interface SessionRow {
  session_id: string;
  kind: 'cookie' | 'bearer';
  user_id: string;
  username: string;
  display_name: string;
  unit: string | null;
  authority_id: string | null;
  roles: Role[];
}

export interface OpenedSession {
  readonly userId: string;
  readonly token: string;
  readonly expiresAt: Date;
}

/** Signing in and out. Sessions live in the database; whoever reads it finds no token there. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly throttle: SignInThrottle,
    private readonly accessLog: AccessLog,
  ) {}

  /** Who asks, by the token that the request presents; undefined for nobody who is signed in. */
  async actorOf(request: Request): Promise<Actor | undefined> {
    const presented = presentedToken(request, this.config);
    return presented && this.actorBy(presented);
  }

  async actorBy(presented: PresentedToken): Promise<Actor | undefined> {
    const row = await this.database.inActorTx(null, (tx) =>
      tx.one<SessionRow>('SELECT * FROM f1_find_session($1)', [presented.hash], 'f1_find_session'),
    );
    if (!row || row.kind !== presented.kind) return undefined;
    return {
      id: row.user_id,
      username: row.username,
      displayName: row.display_name,
      roles: row.roles,
      unit: row.unit,
      authorityId: row.authority_id,
      session: { id: row.session_id, kind: row.kind },
    };
  }

  /** Opens a session. Throws `signInRefused`, alike in word and time for a wrong name and a wrong password, or `tooManyRequests`. */
  async open(
    given: { username: string; password: string },
    kind: 'cookie' | 'bearer',
    address: string,
  ): Promise<OpenedSession> {
    const username = given.username.trim().toLowerCase();
    const attempt = await this.throttle.begin(username, address).catch((error: unknown) => this.refused(kind, error));
    const login = await this.database.inActorTx(null, (tx) =>
      tx.one<{ user_id: string; password_hash: string; disabled: boolean }>(
        'SELECT * FROM f1_find_login($1)',
        [username],
        'f1_find_login',
      ),
    );
    const right = await verifyPassword(login?.password_hash, given.password);
    if (!login || !right || login.disabled) {
      const refusal = new DomainError(
        'signInRefused',
        'The username or the password is wrong, or the account is closed.',
      );
      return this.refused(kind, refusal, login?.user_id);
    }
    await this.throttle.wasRight(attempt);
    if (this.config.turnsProsecutorsAway && (await this.isProsecutor(login.user_id))) {
      const refusal = new DomainError('signInRefused', 'Prosecutors sign in at the portal, not at this address.');
      return this.refused(kind, refusal, login.user_id);
    }
    const { token, hash } = newToken();
    const opened = await this.database.inActorTx(null, (tx) =>
      tx.one<{ expires_at: Date }>(
        'SELECT f1_open_session($1, $2, $3, $4, $5::interval) AS expires_at',
        [randomUUID(), hash, login.user_id, kind, LASTS],
        'f1_open_session',
      ),
    );
    await this.accessLog.record({
      actor: { id: login.user_id },
      action: `sign in (${kind})`,
      resource: `account/${login.user_id}`,
      outcome: 'signedIn',
    });
    return { userId: login.user_id, token, expiresAt: opened!.expires_at };
  }

  /** Ends the session of this token. */
  async close(actor: Actor, tokenHash: Buffer): Promise<void> {
    await this.database.inActorTx(actor.id, (tx) =>
      tx.rows('SELECT f1_close_session($1)', [tokenHash], 'f1_close_session'),
    );
    await this.accessLog.record({ actor, action: 'sign out', resource: `account/${actor.id}`, outcome: 'signedOut' });
  }

  private async isProsecutor(userId: string): Promise<boolean> {
    const asked = 'SELECT f1_actor_authority() IS NOT NULL AS yes';
    const row = await this.database.inActorTx(userId, (tx) => tx.one<{ yes: boolean }>(asked, [], 'is_prosecutor'));
    return row?.yes === true;
  }

  private async refused(kind: 'cookie' | 'bearer', error: unknown, userId?: string): Promise<never> {
    if (error instanceof DomainError) {
      await this.accessLog.record({
        actor: null,
        action: `sign in (${kind})`,
        resource: `account/${userId ?? 'unknown'}`,
        outcome: 'signInRefused',
        detail: { code: error.code },
      });
    }
    throw error;
  }
}
