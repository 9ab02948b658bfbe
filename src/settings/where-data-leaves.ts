import type pg from 'pg';
import { fingerprint } from '../platform/keys/fingerprint.js';
import { columnsOf } from './apply-authority.js';
import { idOf } from './setting-ids.js';
import type { AccountSetting, AuthoritySetting, KeySetting, Settings } from './settings.dto.js';

/** One thing in a settings file by which data would leave otherwise than now; as JSON, `from` null where it is new. */
export interface Change {
  readonly what: string;
  readonly from: unknown;
  readonly to: unknown;
}

/**
 * Of an authority: for whom it is blocked, and how it is reached, in the words of the settings file with their columns. Its name,
 * calendar and contact points move no data.
 */
const GUARDED = [
  ['kind', 'kind'],
  ['country', 'country'],
  ['represents', 'represents'],
  ['channel', 'channel'],
  ['endpoint', 'endpoint'],
  ['receiptPublicKey', 'receipt_public_key'],
  ['alertEmail', 'alert_email'],
  ['statementUrl', 'statement_url'],
] as const;

/**
 * By what of this file data would leave otherwise than now: authorities and how they are reached, their keys, who is competent, and
 * accounts that read what was referred or may confirm such a change. Ending or revoking a key is none: that can wait for nobody.
 */
export async function whereDataLeaves(owner: pg.Client, settings: Settings): Promise<Change[]> {
  const changes: Change[] = [];
  for (const authority of settings.authorities) changes.push(...(await ofAuthority(owner, authority)));
  for (const { code, version, ...rule } of settings.competences) {
    const known = await owner.query('SELECT FROM competence_rule WHERE id = $1 AND version = $2', [
      idOf(`competence/${code}`),
      version,
    ]);
    if (known.rowCount === 0) changes.push({ what: `competence ${code} version ${version}`, from: null, to: rule });
  }
  for (const account of settings.accounts) changes.push(...(await ofAccount(owner, account)));
  return changes;
}

/** Nobody is told anything by an installation without an authority: whoever sets it up does so alone. */
export async function inUse(owner: pg.Client): Promise<boolean> {
  return (await owner.query('SELECT FROM authority LIMIT 1')).rowCount !== 0;
}

async function ofAuthority(owner: pg.Client, authority: AuthoritySetting): Promise<Change[]> {
  const wanted: Readonly<Record<string, unknown>> = columnsOf(authority);
  const { rows } = await owner.query<Record<string, unknown>>(
    `SELECT id, ${GUARDED.map(([, column]) => column).join(', ')} FROM authority WHERE code = $1`,
    [authority.code],
  );
  const held = rows[0];
  const changes: Change[] = [];
  if (!held) {
    const to = Object.fromEntries(GUARDED.map(([word, column]) => [word, wanted[column]]));
    changes.push({ what: `authority ${authority.code}`, from: null, to });
  } else {
    for (const [word, column] of GUARDED) {
      if (held[column] === wanted[column]) continue;
      changes.push({ what: `authority ${authority.code}: ${word}`, from: held[column], to: wanted[column] });
    }
  }
  for (const key of authority.keys ?? []) {
    changes.push(...(await ofKey(owner, { code: authority.code, authorityId: held?.['id'], key })));
  }
  return changes;
}

async function ofKey(
  owner: pg.Client,
  { code, authorityId, key }: { readonly code: string; readonly authorityId: unknown; readonly key: KeySetting },
): Promise<Change[]> {
  if (key.revoked) return [];
  const { purpose, validFrom, validUntil = null } = key;
  const keyId = fingerprint(Buffer.from(key.publicKey, 'base64'));
  const { rows } = await owner.query<{ until: string | null }>(
    `SELECT to_char(valid_until AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS until FROM authority_key
     WHERE authority_id = $1 AND purpose = $2 AND key_id = $3`,
    [authorityId ?? null, purpose, keyId],
  );
  const what = `authority ${code}: ${purpose} key ${keyId}`;
  const held = rows[0];
  if (!held) return [{ what, from: null, to: { validFrom, validUntil } }];
  const longer = held.until !== null && (validUntil === null || validUntil.slice(0, 10) > held.until);
  return longer ? [{ what: `${what}: validUntil`, from: held.until, to: validUntil }] : [];
}

async function ofAccount(owner: pg.Client, { username, roles, authority }: AccountSetting): Promise<Change[]> {
  const confirms = roles.includes('operator') && (await operators(owner)) >= 2;
  if (!confirms && !roles.includes('prosecutor')) return [];
  const known = await owner.query('SELECT FROM app_user WHERE username = $1', [username]);
  if (known.rowCount !== 0) return [];
  return [{ what: `account ${username}`, from: null, to: { roles, authority: authority ?? null } }];
}

async function operators(owner: pg.Client): Promise<number> {
  const { rows } = await owner.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM app_user WHERE disabled_at IS NULL AND 'operator' = ANY (roles)`,
  );
  return rows[0]?.n ?? 0;
}
