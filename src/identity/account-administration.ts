import type { ClientBase } from 'pg';
import type { Role } from '../platform/http/actor.js';
import type { CertificateName } from './certificates.service.js';
import { hashPassword } from './passwords.js';

export interface NewCertificate {
  readonly id: string;
  readonly name: CertificateName;
  readonly number: string;
  readonly issuer: string;
  /** Calendar dates, both inclusive. */
  readonly validFrom: string;
  readonly validUntil: string;
}

export interface NewAccount {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly unit?: string;
  /** For prosecutors, and for them only. */
  readonly authorityId?: string;
  readonly password: string;
  readonly certificates?: readonly NewCertificate[];
}

/**
 * Creates an account with its password and certificates; needs the owner's connection, which no running process has.
 * An account of that username that is there already is left alone. Returns whether it was created.
 */
export async function createAccount(owner: ClientBase, account: NewAccount): Promise<boolean> {
  const { rowCount } = await owner.query(
    `INSERT INTO app_user (id, username, display_name, unit, authority_id, roles) VALUES ($1, lower($2), $3, $4, $5, $6)
     ON CONFLICT (username) DO NOTHING`,
    [
      account.id,
      account.username,
      account.displayName,
      account.unit ?? null,
      account.authorityId ?? null,
      account.roles,
    ],
  );
  if (!rowCount) return false;
  await setPassword(owner, account.username, account.password);
  for (const { id, name, number, issuer, validFrom, validUntil } of account.certificates ?? []) {
    await owner.query(
      `INSERT INTO certificate (id, user_id, name, number, issuer, valid_from, valid_until)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [id, account.id, name, number, issuer, validFrom, validUntil],
    );
  }
  return true;
}

/** Sets a password and ends every session the account has; needs the owner's connection. Returns whether there is such an account. */
export async function setPassword(owner: ClientBase, username: string, password: string): Promise<boolean> {
  const { rowCount } = await owner.query(
    `INSERT INTO credential (user_id, password_hash) SELECT id, $2 FROM app_user WHERE username = lower($1)
     ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash, changed_at = f1_now()`,
    [username, await hashPassword(password)],
  );
  await owner.query(
    `UPDATE session SET revoked_at = f1_now() WHERE revoked_at IS NULL
       AND user_id = (SELECT id FROM app_user WHERE username = lower($1))`,
    [username],
  );
  return rowCount === 1;
}
