import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientBase } from 'pg';
import { v5 as uuidv5 } from 'uuid';
import { notingSettings } from '../audit/settings-record.js';
import { createAccount, setPassword, type NewCertificate } from '../identity/account-administration.js';
import { asOwner } from '../platform/database/owner.js';
import { DEMO_ACCOUNTS, DEMO_LEADS, type DemoAccount } from './accounts.js';
import { DEMO_AUTHORITIES, DEMO_COMPETENCES } from './authorities.js';
import { DEADLINE_RULES } from './deadline-rules.js';
import { LEGAL_SETTINGS } from './legal-settings.js';

export interface DemoLogin {
  readonly username: string;
  readonly password: string;
  readonly roles: readonly string[];
}

/** Early enough for every old file: the rules that really changed since are rows of their own. */
const SINCE = '2003-01-01';

/** So that seeding again finds the same rows. */
const NAMESPACE = '0f1d0f1d-0000-4000-8000-000000000001';
const demoId = (name: string): string => uuidv5(name, NAMESPACE);
export const authorityId = (code: string): string => demoId(`authority/${code}`);
export const accountId = (username: string): string => demoId(`account/${username}`);

/** Puts in the rules an installation starts with, in production too; rows that are there stay as they are. */
export const seedRules = (owner: ClientBase): Promise<void> =>
  notingSettings(owner, 'seed Rules', () => insertRules(owner));

async function insertRules(owner: ClientBase): Promise<void> {
  for (const { kind, amount, unit, source } of DEADLINE_RULES) {
    await owner.query(
      `INSERT INTO deadline_rule (kind, valid_from, amount, unit, source)
       SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT FROM deadline_rule WHERE kind = $1)`,
      [kind, SINCE, amount, unit, source],
    );
  }
  for (const { name, value, source } of LEGAL_SETTINGS) {
    await owner.query(
      `INSERT INTO legal_setting (name, valid_from, value, source)
       SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT FROM legal_setting WHERE name = $1)`,
      [name, SINCE, JSON.stringify(value), source],
    );
  }
}

/**
 * Fills an installation for trying out: rules, two authorities and an account per role. Passwords are generated once and kept
 * in `<dataDir>/demo-accounts.json`, readable by its owner only. Seeding again changes nothing. Never for production.
 */
export const seedDemo = (ownerUrl: string, dataDir: string): Promise<readonly DemoLogin[]> =>
  asOwner(ownerUrl, async (owner) => {
    await owner.query(`SELECT pg_advisory_xact_lock(hashtext('f1 seed'))`);
    const { passwords, fresh } = passwordsIn(dataDir);
    await seedRules(owner);
    await notingSettings(owner, 'seed Demo', () => seedPeople(owner, passwords, fresh));
    return DEMO_ACCOUNTS.map(({ username, roles }) => ({ username, password: passwords[username]!, roles }));
  });

async function seedPeople(
  owner: ClientBase,
  passwords: Readonly<Record<string, string>>,
  fresh: ReadonlySet<string>,
): Promise<void> {
  await seedAuthorities(owner);
  for (const account of DEMO_ACCOUNTS) {
    const password = passwords[account.username]!;
    const created = await createAccount(owner, await newAccount(owner, account, password));
    // The file was lost but the account was not: the account gets the password that the file now names.
    if (!created && fresh.has(account.username)) await setPassword(owner, account.username, password);
  }
  for (const { unit, username } of DEMO_LEADS) {
    await owner.query('INSERT INTO unit_lead (unit, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      unit,
      accountId(username),
    ]);
  }
}

/** Sends a demo authority's referrals to a webhook instead of its inbox; the key verifies the receipts it signs. */
export async function useWebhook(
  ownerUrl: string,
  code: string,
  { endpoint, receiptPublicKey }: { endpoint: string; receiptPublicKey: string },
): Promise<void> {
  const send = async (owner: ClientBase): Promise<void> => {
    const { rowCount } = await owner.query(
      `UPDATE authority SET channel = 'webhook', endpoint = $2, receipt_public_key = $3 WHERE code = $1`,
      [code, endpoint, receiptPublicKey],
    );
    if (rowCount !== 1) throw new Error(`There is no authority ${code}; seed the demo first.`);
  };
  await asOwner(ownerUrl, (owner) => notingSettings(owner, 'seed Demo', () => send(owner)));
}

async function seedAuthorities(owner: ClientBase): Promise<void> {
  for (const { code, name, country } of DEMO_AUTHORITIES) {
    await owner.query(
      `INSERT INTO authority (id, code, name, country, channel) VALUES ($1, $2, $3, $4, 'inbox') ON CONFLICT DO NOTHING`,
      [authorityId(code), code, name, country],
    );
  }
  for (const { code, authority, kinds, grounds, legalBasis, validFrom } of DEMO_COMPETENCES) {
    await owner.query(
      `INSERT INTO competence_rule (id, version, authority_id, kinds, grounds, legal_basis, valid_from)
       VALUES ($1, 1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [demoId(`competence/${code}`), authorityId(authority), kinds, grounds, legalBasis, validFrom],
    );
  }
}

async function newAccount(owner: ClientBase, account: DemoAccount, password: string) {
  const { username, displayName, roles, unit, authority, certificate } = account;
  return {
    id: accountId(username),
    username,
    displayName,
    roles,
    ...(unit ? { unit } : {}),
    ...(authority ? { authorityId: authorityId(authority) } : {}),
    password,
    certificates: certificate ? [await certificateFor(owner, username, certificate)] : [],
  };
}

/** Valid for two years around today, or expired for a month. */
async function certificateFor(
  owner: ClientBase,
  username: string,
  { name, expired }: NonNullable<DemoAccount['certificate']>,
): Promise<NewCertificate> {
  const { rows } = await owner.query<{ from: string; until: string }>(
    `SELECT (f1_now() - $1::interval)::date::text AS from, (f1_now() + $2::interval)::date::text AS until`,
    expired ? ['25 months', '-1 month'] : ['1 month', '23 months'],
  );
  return {
    id: demoId(`certificate/${username}/${name}`),
    name,
    number: `DEMO-${username}`,
    issuer: 'Demo Training Centre',
    validFrom: rows[0]!.from,
    validUntil: rows[0]!.until,
  };
}

/** The passwords on file, with new ones for accounts it does not name. Written before the accounts are, so none is lost. */
function passwordsIn(dataDir: string): { passwords: Record<string, string>; fresh: Set<string> } {
  const file = join(dataDir, 'demo-accounts.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
  const fresh = new Set(DEMO_ACCOUNTS.map(({ username }) => username).filter((username) => !known[username]));
  const passwords = { ...known };
  for (const username of fresh) passwords[username] = randomBytes(9).toString('base64url');
  if (fresh.size > 0) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify(passwords, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return { passwords, fresh };
}

/** Of those with one of these roles only, where some are named: at a portal nobody else signs in. */
export function tellOfDemo(logins: readonly DemoLogin[], log: (line: string) => void, those?: readonly string[]): void {
  log('Demo accounts (username, password, roles):');
  for (const { username, password, roles } of logins)
    if (!those || roles.some((role) => those.includes(role)))
      log(`  ${username.padEnd(18)} ${password}   ${roles.join(', ')}`);
}
