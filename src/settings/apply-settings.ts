import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { createAccount } from '../identity/account-administration.js';
import { DomainError } from '../platform/database/errors.js';
import type { Role } from '../platform/http/actor.js';
import { applyAuthority, assertEncrypted } from './apply-authority.js';
import { idOf } from './setting-ids.js';
import type {
  AccountSetting,
  CompetenceSetting,
  DeadlineSetting,
  LegalSetting,
  Settings,
  UnitSetting,
} from './settings.dto.js';

const ASYLUM_SIDE: readonly Role[] = ['caseOfficer', 'officer1F', 'reviewer', 'legalAdviser', 'decisionMaker'];

export interface Applied {
  readonly authorities: number;
  readonly competences: number;
  readonly deadlines: number;
  readonly legal: number;
  /** New accounts with the password each starts with; shown once and kept nowhere. */
  readonly accounts: readonly { readonly username: string; readonly password: string }[];
  /** Units whose lead nobody named: where nobody is assigned, a decision-maker of theirs is told instead. */
  readonly unitsWithoutLead: readonly string[];
}

/** Applies a settings file as the owner, all of it or nothing. What was in force is never changed, only followed by a later version. */
export async function applySettings(
  owner: pg.Client,
  settings: Settings,
  { production }: { readonly production: boolean },
): Promise<Applied> {
  for (const authority of settings.authorities) await applyAuthority(owner, authority);
  if (production) await assertEncrypted(owner);
  const authorities = await authorityIds(owner);
  let competences = 0;
  for (const rule of settings.competences) competences += await applyCompetence(owner, rule, authorities);
  let deadlines = 0;
  for (const rule of settings.deadlines) deadlines += await applyDeadline(owner, rule);
  let legal = 0;
  for (const figure of settings.legal) legal += await applyLegal(owner, figure);
  const accounts: { username: string; password: string }[] = [];
  for (const account of settings.accounts) accounts.push(...(await applyAccount(owner, account, authorities)));
  for (const unit of settings.units) await applyUnit(owner, unit);
  const unitsWithoutLead = await findUnitsWithoutLead(owner);
  return { authorities: settings.authorities.length, competences, deadlines, legal, accounts, unitsWithoutLead };
}

/** A lead who may not see the unit's cases would have tasks that nobody sees. */
async function applyUnit(owner: pg.Client, { unit, lead }: UnitSetting): Promise<void> {
  const { rowCount } = await owner.query(
    `INSERT INTO unit_lead (unit, user_id) SELECT $1, id FROM app_user
     WHERE username = $2 AND unit = $1 AND disabled_at IS NULL AND roles && $3
     ON CONFLICT (unit) DO UPDATE SET user_id = excluded.user_id`,
    [unit, lead, ASYLUM_SIDE],
  );
  if (rowCount !== 1)
    throw new DomainError(
      'invalidInput',
      `${lead} cannot lead the unit ${unit}: name an open account of that unit with one of the roles ${ASYLUM_SIDE.join(', ')}.`,
    );
}

async function findUnitsWithoutLead(owner: pg.Client): Promise<string[]> {
  const { rows } = await owner.query<{ unit: string }>(
    `SELECT DISTINCT u.unit FROM app_user u WHERE u.disabled_at IS NULL AND u.roles && $1 AND u.unit IS NOT NULL AND NOT EXISTS (
       SELECT FROM unit_lead l JOIN app_user p ON p.id = l.user_id AND p.disabled_at IS NULL WHERE l.unit = u.unit)
     ORDER BY u.unit`,
    [ASYLUM_SIDE],
  );
  return rows.map(({ unit }) => unit);
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
    rule.actCountries ?? null,
    rule.whereabouts ?? null,
    rule.legalBasis,
    rule.validFrom,
    rule.validUntil ?? null,
  ];
  const same = await owner.query(
    `SELECT (authority_id, kinds, grounds, countries, act_countries, whereabouts, legal_basis, valid_from, valid_until)
       IS NOT DISTINCT FROM ($3::uuid, $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text, $10::date, $11::date)
       AS same
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
    `INSERT INTO competence_rule (id, version, authority_id, kinds, grounds, countries, act_countries, whereabouts, legal_basis,
       valid_from, valid_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values,
  );
  return 1;
}

async function applyDeadline(
  owner: pg.Client,
  { kind, validFrom, amount, unit, source }: DeadlineSetting,
): Promise<number> {
  const values = [kind, validFrom, amount, unit, source];
  const { rowCount } = await owner.query(
    `INSERT INTO deadline_rule (kind, valid_from, amount, unit, source) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    values,
  );
  if (rowCount === 1) return 1;
  const same = await owner.query(
    `SELECT FROM deadline_rule WHERE (kind, valid_from, amount, unit, source) = ($1, $2::date, $3::int, $4, $5)`,
    values,
  );
  if (same.rowCount === 1) return 0;
  throw new DomainError(
    'conflict',
    `The deadline ${kind} has a rule of ${validFrom} with another length or source, and what ran by it names it: give the change a date of its own (validFrom), and it follows from then on.`,
  );
}

async function applyLegal(owner: pg.Client, { name, validFrom, value, source }: LegalSetting): Promise<number> {
  const values = [name, validFrom, value, source];
  const { rowCount } = await owner.query(
    `INSERT INTO legal_setting (name, valid_from, value, source) VALUES ($1, $2, to_jsonb($3::int), $4) ON CONFLICT DO NOTHING`,
    values,
  );
  if (rowCount === 1) return 1;
  const same = await owner.query(
    `SELECT FROM legal_setting WHERE (name, valid_from, value, source) = ($1, $2::date, to_jsonb($3::int), $4)`,
    values,
  );
  if (same.rowCount === 1) return 0;
  throw new DomainError(
    'conflict',
    `${name} has another value or source from ${validFrom} on, and what was decided since went by it: give the change a date of its own (validFrom), and it follows from then on.`,
  );
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
