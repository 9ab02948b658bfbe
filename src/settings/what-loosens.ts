import type pg from 'pg';
import type { Role } from '../platform/http/actor.js';
import { DUTIES_TO_TELL, hoursOf } from './deadline-bounds.js';
import type { AccountSetting, AuthoritySetting, DeadlineSetting, LegalSetting, Settings } from './settings.dto.js';
import type { Change } from './where-data-leaves.js';

/** Who acts, who looks at it as the second pair of eyes, who decides, who watches, who runs the machine: each is somebody else. */
const APART: readonly (readonly Role[])[] = [
  ['caseOfficer', 'officer1F'],
  ['reviewer', 'legalAdviser'],
  ['decisionMaker'],
  ['auditor'],
  ['operator'],
];

/**
 * By what of this file less would stand in somebody's way than now, though no data leaves otherwise: a longer time for a duty to tell, an
 * account with roles that watch each other, another age of criminal responsibility, an authority that is told again, or is told no more: nothing obliges to tell it of what is decided
 * meanwhile.
 */
export async function whatLoosens(owner: pg.Client, settings: Settings): Promise<Change[]> {
  const changes: Change[] = [];
  for (const authority of settings.authorities) changes.push(...(await ofAuthority(owner, authority)));
  for (const rule of settings.deadlines) changes.push(...(await ofDeadline(owner, rule)));
  for (const figure of settings.legal) changes.push(...(await ofLaw(owner, figure)));
  for (const account of settings.accounts) changes.push(...(await ofAccount(owner, account)));
  return changes;
}

async function ofAuthority(owner: pg.Client, { code, disabled }: AuthoritySetting): Promise<Change[]> {
  if (disabled === undefined) return [];
  const known = 'SELECT FROM authority WHERE code = $1 AND (disabled_at IS NOT NULL) <> $2';
  const { rowCount } = await owner.query(known, [code, disabled]);
  return rowCount === 0 ? [] : [{ what: `authority ${code}: disabled`, from: !disabled, to: disabled }];
}

/** Against what is in force on its first day; one that is known already changes nothing. */
async function ofDeadline(owner: pg.Client, rule: DeadlineSetting): Promise<Change[]> {
  const { kind, validFrom, amount, unit } = rule;
  if (!DUTIES_TO_TELL.includes(kind)) return [];
  const { rows } = await owner.query<Pick<DeadlineSetting, 'amount' | 'unit'>>(
    `SELECT amount, unit FROM deadline_rule WHERE kind = $1
     ORDER BY (valid_from <= $2::date) DESC, abs(valid_from - $2::date) LIMIT 1`,
    [kind, validFrom],
  );
  const held = rows[0];
  if (held && hoursOf(amount, unit) <= hoursOf(held.amount, held.unit)) return [];
  return [{ what: `deadline ${kind} from ${validFrom}`, from: held ?? null, to: { amount, unit } }];
}

/** Who was younger at the act can be accused of nothing, and who was older can: either way another figure decides about people. */
async function ofLaw(owner: pg.Client, { name, validFrom, value }: LegalSetting): Promise<Change[]> {
  const { rows } = await owner.query<{ value: number }>(
    `SELECT value::int AS value FROM legal_setting WHERE name = $1
     ORDER BY (valid_from <= $2::date) DESC, abs(valid_from - $2::date) LIMIT 1`,
    [name, validFrom],
  );
  const held = rows[0]?.value ?? null;
  return held === value ? [] : [{ what: `${name} from ${validFrom}`, from: held, to: value }];
}

async function ofAccount(owner: pg.Client, { username, roles }: AccountSetting): Promise<Change[]> {
  if (APART.filter((some) => some.some((role) => roles.includes(role))).length < 2) return [];
  const known = await owner.query('SELECT FROM app_user WHERE username = $1', [username]);
  if (known.rowCount !== 0) return [];
  return [{ what: `account ${username}: roles that watch each other`, from: null, to: roles }];
}
