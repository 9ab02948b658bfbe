import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { v5 as uuidv5 } from 'uuid';
import { createAccount } from '../identity/account-administration.js';
import { DomainError } from '../platform/database/errors.js';
import type { AccountSetting, AuthoritySetting, CompetenceSetting, DeadlineSetting, Settings } from './settings.dto.js';

/** So that a file applied again finds the rows it made. */
const NAMESPACE = '0f1d0f1d-0000-4000-8000-000000000002';
const idOf = (name: string): string => uuidv5(name, NAMESPACE);

export interface Applied {
  readonly authorities: number;
  readonly competences: number;
  readonly deadlines: number;
  /** New accounts with the password each starts with; shown once and kept nowhere. */
  readonly accounts: readonly { readonly username: string; readonly password: string }[];
}

/** Applies a settings file as the owner, all of it or nothing. What was in force is never changed, only followed by a later version. */
export async function applySettings(owner: pg.Client, settings: Settings): Promise<Applied> {
  for (const authority of settings.authorities) await applyAuthority(owner, authority);
  const authorities = await authorityIds(owner);
  let competences = 0;
  for (const rule of settings.competences) competences += await applyCompetence(owner, rule, authorities);
  let deadlines = 0;
  for (const rule of settings.deadlines) deadlines += await applyDeadline(owner, rule);
  const accounts: { username: string; password: string }[] = [];
  for (const account of settings.accounts) accounts.push(...(await applyAccount(owner, account, authorities)));
  return { authorities: settings.authorities.length, competences, deadlines, accounts };
}

async function applyAuthority(
  owner: pg.Client,
  { code, name, country, channel, endpoint, receiptPublicKey }: AuthoritySetting,
): Promise<void> {
  await owner.query(
    `INSERT INTO authority (id, code, name, country, channel, endpoint, receipt_public_key) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (code) DO UPDATE SET name = excluded.name, country = excluded.country, channel = excluded.channel,
       endpoint = excluded.endpoint, receipt_public_key = excluded.receipt_public_key`,
    [idOf(`authority/${code}`), code, name, country, channel, endpoint ?? null, receiptPublicKey ?? null],
  );
}

async function authorityIds(owner: pg.Client): Promise<ReadonlyMap<string, string>> {
  const { rows } = await owner.query<{ code: string; id: string }>('SELECT code, id FROM authority');
  return new Map(rows.map(({ code, id }) => [code, id]));
}

function authorityOf(authorities: ReadonlyMap<string, string>, code: string): string {
  const id = authorities.get(code);
  if (id === undefined)
    throw new DomainError(
      'invalidInput',
      `There is no authority ${code}; there are: ${[...authorities.keys()].join(', ') || 'none'}.`,
    );
  return id;
}

async function applyCompetence(
  owner: pg.Client,
  rule: CompetenceSetting,
  authorities: ReadonlyMap<string, string>,
): Promise<number> {
  const id = idOf(`competence/${rule.code}`);
  const values = [
    id,
    rule.version,
    authorityOf(authorities, rule.authority),
    rule.kinds,
    rule.grounds,
    rule.countries ?? null,
    rule.legalBasis,
    rule.validFrom,
    rule.validUntil ?? null,
  ];
  const same = await owner.query(
    `SELECT (authority_id, kinds, grounds, countries, legal_basis, valid_from, valid_until)
       IS NOT DISTINCT FROM ($3::uuid, $4::text[], $5::text[], $6::text[], $7::text, $8::date, $9::date) AS same
     FROM competence_rule WHERE id = $1 AND version = $2`,
    values,
  );
  const known = same.rows[0] as { same: boolean } | undefined;
  if (known?.same) return 0;
  if (known) {
    throw new DomainError(
      'conflict',
      `Competence ${rule.code} version ${rule.version} is in force with other content. Referrals name it: put the change into version ${rule.version + 1}.`,
    );
  }
  await owner.query(
    `INSERT INTO competence_rule (id, version, authority_id, kinds, grounds, countries, legal_basis, valid_from, valid_until)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values,
  );
  return 1;
}

async function applyDeadline(
  owner: pg.Client,
  { kind, validFrom, amount, unit, source }: DeadlineSetting,
): Promise<number> {
  const { rowCount } = await owner.query(
    `INSERT INTO deadline_rule (kind, valid_from, amount, unit, source) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [kind, validFrom, amount, unit, source],
  );
  return rowCount ?? 0;
}

async function applyAccount(
  owner: pg.Client,
  { username, displayName, roles, unit, authority, certificates }: AccountSetting,
  authorities: ReadonlyMap<string, string>,
): Promise<{ username: string; password: string }[]> {
  const password = randomBytes(12).toString('base64url');
  const created = await createAccount(owner, {
    id: idOf(`account/${username}`),
    username,
    displayName,
    roles,
    ...(unit === undefined ? {} : { unit }),
    ...(authority === undefined ? {} : { authorityId: authorityOf(authorities, authority) }),
    password,
    certificates: certificates.map((one) => ({
      ...one,
      id: idOf(`certificate/${username}/${one.name}/${one.number}`),
    })),
  });
  return created ? [{ username, password }] : [];
}
