import { randomUUID } from 'node:crypto';
import { Database } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import { RECEIPT_KEYS } from './authority-keys.sql.js';
import { CLOCK_SKEW_MS, instantIn, verifiedClaim } from './signed-receipt.js';

/** What an authority says it received, all of it, signed with its receipt key: as much of it as is read and kept. */
interface Statement {
  readonly at: Date;
  readonly referrals: readonly StatedReferral[];
}

interface StatedReferral {
  readonly id: string;
  readonly bodySha256: string;
  /** Of the package that was in it. */
  readonly packageSha256?: string;
  readonly receivedAt: string;
}

export interface StatementTaken {
  readonly authority: string;
  readonly at: string;
  readonly referrals: number;
}

const ASK_WITHIN_MS = 10_000;
/** Room for some 400,000 referrals. */
export const MOST_STATEMENT_BYTES = 64 * 1024 * 1024;

/** What an authority's endpoint answers, unchecked. Throws when it refuses, redirects, takes too long or says more than `most` bytes. */
export async function statementAt(url: string, most = MOST_STATEMENT_BYTES): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(ASK_WITHIN_MS) });
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > most) throw new Error(`it is longer than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HASH = /^[0-9a-f]{64}$/;

/**
 * Stores an authority's own list, so that every reconciliation holds it against ours from now on. Whose it is, its signature
 * says; one that came from the address of an authority (`from`, its code) must be that authority's. The same list again changes
 * nothing. Throws DomainError `invalidInput` when no authority, another one, or more than one signed it, or it is not such a list;
 * `conflict` when another list of that authority says that it was made at the same instant.
 */
export async function takeStatement(database: Database, jws: string, from?: string): Promise<StatementTaken> {
  const signed = jws.trim();
  const authorities = await database.inWorkerTx((tx) =>
    tx.rows<{ id: string; code: string; keys: string[] }>(
      `SELECT a.id, a.code, ${RECEIPT_KEYS} AS keys FROM authority a ORDER BY a.code`,
    ),
  );
  const owners: { id: string; code: string; said: object }[] = [];
  for (const { id, code, keys } of authorities) {
    const said = await verifiedClaim<object>(signed, keys);
    if (typeof said !== 'string') owners.push({ id, code, said });
  }
  const [owner, another] = owners;
  if (!owner || another) {
    throw refuse(
      owner ? 'Several authorities share the key that signed it.' : 'No receipt key of an authority signed it.',
    );
  }
  const { said, id, code } = owner;
  if (from !== undefined && code !== from) {
    throw refuse(
      `It came from the address of ${from}, and ${code} signed it: either the address is not that of ${from}, or its receipt key was given to ${code}.`,
    );
  }
  const { at, referrals } = statementIn(said, new Date());
  await database.inWorkerTx(async (tx) => {
    await tx.rows(
      `INSERT INTO authority_statement (id, authority_id, at, referrals, signed) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (authority_id, at) DO NOTHING`,
      [randomUUID(), id, at, JSON.stringify(referrals), signed],
    );
    const same = await tx.rows('SELECT FROM authority_statement WHERE authority_id = $1 AND at = $2 AND signed = $3', [
      ...[id, at, signed],
    ]);
    if (same.length === 0)
      throw new DomainError(
        'conflict',
        `The statement cannot be taken. Another list of ${code} that says it was made at ${at.toISOString()} was taken before: have ${code} make the list anew, with the time of its making as its \`at\`.`,
      );
  });
  return { authority: code, at: at.toISOString(), referrals: referrals.length };
}

/** What was signed may be anything: only members of the form that the guide for recipients gives are read, and others are left out. */
function statementIn(said: object, now: Date): Statement {
  const { format, at, referrals } = said as Readonly<Record<string, unknown>>;
  if (format !== 'f1-statement/1' || !Array.isArray(referrals))
    throw refuse('It is no list of referrals in the form f1-statement/1.');
  const latest = now.getTime() + CLOCK_SKEW_MS;
  const made = instantUntil(latest, at);
  if (!made)
    throw refuse('Its `at` is not written as RFC 3339 has it, or lies more than ten minutes ahead of our clock.');
  const entries = referrals.map((one: unknown, index) => {
    const entry = entryIn(one, latest);
    if (!entry)
      throw refuse(
        `Entry ${index + 1} of its \`referrals\` is not of the form f1-statement/1: \`id\` the id of the referral, \`bodySha256\` and, if given, \`packageSha256\` 64 hexadecimal digits, all in small letters, and \`receivedAt\` a time as RFC 3339 has it, at most ten minutes ahead of our clock.`,
      );
    return entry;
  });
  return { at: made, referrals: entries };
}

function entryIn(one: unknown, latest: number): StatedReferral | undefined {
  const { id, bodySha256, packageSha256, receivedAt } = (one ?? {}) as Readonly<Record<string, unknown>>;
  const received = instantUntil(latest, receivedAt);
  if (!fits(ID, id) || !fits(HASH, bodySha256) || !received) return undefined;
  const stated = { id, bodySha256, receivedAt: received.toISOString() };
  if (packageSha256 === undefined || packageSha256 === null) return stated;
  return fits(HASH, packageSha256) ? { ...stated, packageSha256 } : undefined;
}

function instantUntil(latest: number, text: unknown): Date | undefined {
  const instant = instantIn(text);
  return instant && instant.getTime() <= latest ? instant : undefined;
}

// A pattern alone would also take a list of one text, which becomes that text when it is tested.
const fits = (form: RegExp, value: unknown): value is string => typeof value === 'string' && form.test(value);

const refuse = (why: string): DomainError => new DomainError('invalidInput', `The statement cannot be taken. ${why}`);
