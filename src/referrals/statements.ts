import { randomUUID } from 'node:crypto';
import { Database } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import { RECEIPT_KEYS } from './authority-keys.sql.js';
import { CLOCK_SKEW_MS, instantIn, verifiedClaim } from './signed-receipt.js';

/** What an authority says it received, all of it, signed with its receipt key. */
interface Statement {
  readonly format: 'f1-statement/1';
  readonly at: string;
  readonly referrals: readonly {
    readonly id: string;
    readonly bodySha256: string;
    /** Of the package that was in it. */
    readonly packageSha256?: string;
    readonly receivedAt: string;
  }[];
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
 * says; one that came from the address of an authority (`from`, its code) must be that authority's. Throws DomainError
 * `invalidInput` when no authority, another one, or more than one signed it, or it is not such a list.
 */
export async function takeStatement(database: Database, jws: string, from?: string): Promise<StatementTaken> {
  const signed = jws.trim();
  const authorities = await database.inWorkerTx((tx) =>
    tx.rows<{ id: string; code: string; keys: string[] }>(
      `SELECT a.id, a.code, ${RECEIPT_KEYS} AS keys FROM authority a ORDER BY a.code`,
    ),
  );
  const owners: { id: string; code: string; said: Partial<Statement> }[] = [];
  for (const { id, code, keys } of authorities) {
    const said = await verifiedClaim<Statement>(signed, keys);
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
  assertStatement(said, new Date());
  const at = instantIn(said.at)!;
  await database.inWorkerTx((tx) =>
    tx.rows(
      `INSERT INTO authority_statement (id, authority_id, at, referrals, signed) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (authority_id, at) DO NOTHING`,
      [randomUUID(), id, at, JSON.stringify(said.referrals), signed],
    ),
  );
  return { authority: code, at: at.toISOString(), referrals: said.referrals.length };
}

function assertStatement(said: Partial<Statement>, now: Date): asserts said is Statement {
  const at = instantIn(said.at);
  const whole =
    said.format === 'f1-statement/1' &&
    at !== undefined &&
    at.getTime() <= now.getTime() + CLOCK_SKEW_MS &&
    Array.isArray(said.referrals) &&
    said.referrals.every((one) => {
      const hashes = [one?.bodySha256, one?.packageSha256 ?? one?.bodySha256];
      return ID.test(String(one?.id)) && hashes.every((hash) => HASH.test(String(hash)));
    });
  if (!whole)
    throw refuse(
      'It is no list of referrals in the form f1-statement/1, its time is not written as RFC 3339 has it, or it is dated in the future.',
    );
}

const refuse = (why: string): DomainError => new DomainError('invalidInput', `The statement cannot be taken. ${why}`);
