import { existsSync } from 'node:fs';
import pg from 'pg';
import type { KeyProvider } from '../platform/keys/keys.js';
import { type Ask, type AuditFinding, Findings } from './audit-findings.js';
import { verifyAggregates } from './verify-aggregates.js';
import { verifyEvents } from './verify-events.js';
import { verifyLedger } from './verify-ledger.js';
import { verifySchema } from './verify-schema.js';
import { verifyRows } from './verify-rows.js';
import type { RestoreTold } from './restore-record.js';
import { verifySettings } from './verify-settings.js';
import { readSegments } from './witness.js';

export interface AuditVerification {
  readonly ok: boolean;
  readonly cases: number;
  readonly events: number;
  readonly accesses: number;
  /** Signed ledger heads. */
  readonly heads: number;
  /** Signed checkpoints of the Merkle tree over the ledger. */
  readonly checkpoints: number;
  /** Committed and not yet covered by a signed head. */
  readonly unsequenced: number;
  /** Whether the heads were compared with a witness outside the database: without, a cut-off end that took its heads along is not seen. */
  readonly witness: 'none' | 'checked';
  /** Each restore of a backup, with what the log lacks since: a known loss, signed, and no finding. */
  readonly restores: readonly RestoreTold[];
  readonly findings: readonly AuditFinding[];
  /** How many findings there are beyond the list. */
  readonly notListed: number;
}

export interface VerifyOptions {
  /** Heads kept outside the database (F1_WITNESS_FILE). */
  readonly witnessFile?: string | undefined;
  /** Also hold the schema against the migrations, and every row against the chains; needs an owner's sight. */
  readonly rows?: boolean;
  /** The country of the authority, which bars nobody; meant where no event says which that was. */
  readonly ownCountry?: string;
}

/**
 * Verifies every chain, the ledger over them and its signatures as the owner of the schema, who may also open sealed content.
 * Changes nothing. Sees the database at one instant.
 */
export async function auditVerify(
  ownerUrl: string,
  keys: KeyProvider,
  options: VerifyOptions = {},
): Promise<AuditVerification> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'f1 audit verify' });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const ask: Ask = async <T extends object>(text: string, values?: unknown[]) =>
      (await client.query<T>(text, values)).rows;
    return await verifyThrough(ask, keys, { rows: true, ...options, openSealed: true });
  } finally {
    await client.end();
  }
}

/**
 * The same checks through anybody's connection. An auditor's may not open sealed content: there the ledger's hash of the sealed
 * bytes shows a change.
 */
export async function verifyThrough(
  ask: Ask,
  keys: KeyProvider,
  { witnessFile, openSealed, rows = false, ownCountry }: VerifyOptions & { openSealed: boolean },
): Promise<AuditVerification> {
  const findings = new Findings();
  // Before the first statement: what a running worker signs from here on is in neither, and never in the witness alone.
  const witnessed = witnessFile ? readSegments(witnessFile) : [];
  const events = await verifyEvents(ask, findings, { keys: openSealed ? keys : undefined, rows });
  const cases = await verifyAggregates(ask, findings);
  if (rows) await verifySchema(ask, findings);
  if (rows) await verifyRows(ask, findings, keys, ownCountry);
  if (rows) await verifySettings(ask, findings);
  const ledger = await verifyLedger(ask, findings, keys, witnessed);
  const witness = witnessFile !== undefined && existsSync(witnessFile) ? 'checked' : 'none';
  return {
    ok: findings.none,
    cases,
    events,
    ...ledger,
    witness,
    findings: findings.list,
    notListed: findings.notListed,
  };
}
