import type pg from 'pg';
import { DomainError } from '../platform/database/errors.js';
import { fingerprint } from '../platform/keys/fingerprint.js';
import { ENCRYPTION_KEYS } from '../referrals/authority-keys.sql.js';
import { idOf } from './setting-ids.js';
import type { AuthoritySetting, KeySetting } from './settings.dto.js';

/**
 * Adds an authority or changes what is known of it; its keys are only added to, ended and revoked. Throws DomainError where an endpoint
 * is not spelt as it is kept, or is that of an authority of another country already, or an encryption key is.
 */
export async function applyAuthority(owner: pg.Client, authority: AuthoritySetting): Promise<void> {
  try {
    await applied(owner, authority);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== 'F1061' && code !== 'F1068') throw error;
    const says = `The authority ${authority.code} is not applied: ${message}.`;
    if (code === 'F1068') throw new DomainError('invalidInput', says);
    throw new DomainError('conflict', `${says} Give each its own endpoint and keys, or correct the country.`);
  }
}

async function applied(owner: pg.Client, authority: AuthoritySetting): Promise<void> {
  const columns = columnsOf(authority);
  const names = Object.keys(columns);
  const { rows } = await owner.query<{ id: string }>(
    `INSERT INTO authority (${names.join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})
     ON CONFLICT (code) DO UPDATE SET ${names
       .slice(2)
       .map((name) => `${name} = excluded.${name}`)
       .join(', ')} RETURNING id`,
    Object.values(columns),
  );
  if (authority.disabled !== undefined) {
    await owner.query(
      'UPDATE authority SET disabled_at = CASE WHEN $2 THEN coalesce(disabled_at, f1_now()) END WHERE id = $1',
      [rows[0]!.id, authority.disabled],
    );
  }
  for (const key of authority.keys ?? []) await applyKey(owner, rows[0]!.id, key);
}

/** What a row of `authority` holds of it. */
export const columnsOf = (authority: AuthoritySetting) => ({
  id: idOf(`authority/${authority.code}`),
  code: authority.code,
  name: authority.name,
  kind: authority.kind ?? 'other',
  country: authority.country,
  represents: authority.represents ?? null,
  channel: authority.channel,
  endpoint: authority.endpoint ?? null,
  receipt_public_key: authority.receiptPublicKey ?? null,
  calendar: authority.calendar ?? null,
  alert_email: authority.alertEmail ?? null,
  statement_url: authority.statementUrl ?? null,
  contacts: JSON.stringify(authority.contacts ?? []),
});

/** A key is known by itself: naming it again may end or revoke it, and nothing takes that back. */
async function applyKey(owner: pg.Client, authorityId: string, key: KeySetting): Promise<void> {
  const keyId = fingerprint(Buffer.from(key.publicKey, 'base64'));
  const known = await owner.query<{ valid_from: string }>(
    `SELECT to_char(valid_from AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS valid_from FROM authority_key WHERE authority_id = $1 AND purpose = $2 AND key_id = $3`,
    [authorityId, key.purpose, keyId],
  );
  if (known.rows[0] && known.rows[0].valid_from !== key.validFrom) {
    throw new DomainError(
      'conflict',
      `The ${key.purpose} key ${keyId} is known since ${known.rows[0].valid_from}: that cannot be changed.`,
    );
  }
  await owner.query(
    `INSERT INTO authority_key AS k (id, authority_id, purpose, public_key, key_id, valid_from, valid_until, revoked_at)
     VALUES ($1, $2, $3, $4, $5, $6::timestamp AT TIME ZONE 'UTC', $7::timestamp AT TIME ZONE 'UTC', CASE WHEN $8 THEN f1_now() END)
     ON CONFLICT (authority_id, purpose, key_id) DO UPDATE SET valid_until = excluded.valid_until,
       revoked_at = coalesce(k.revoked_at, excluded.revoked_at)`,
    [
      idOf(`authority-key/${authorityId}/${key.purpose}/${keyId}`),
      authorityId,
      key.purpose,
      key.publicKey,
      keyId,
      key.validFrom,
      key.validUntil ?? null,
      key.revoked ?? false,
    ],
  );
}

/** In production nothing leaves in clear: whoever is reached outside has a key to encrypt to. */
export async function assertEncrypted(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query<{ code: string }>(
    `SELECT a.code FROM authority a WHERE a.channel IN ('webhook', 'file') AND a.disabled_at IS NULL
       AND jsonb_array_length(${ENCRYPTION_KEYS}) = 0 ORDER BY a.code`,
  );
  if (rows.length === 0) return;
  throw new DomainError(
    'conflict',
    `In production an authority reached by webhook or file needs an encryption key in force: ${rows.map(({ code }) => code).join(', ')}.`,
  );
}
