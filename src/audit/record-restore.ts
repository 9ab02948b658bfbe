import { existsSync } from 'node:fs';
import type pg from 'pg';
import { timeInWords } from '../domain/referral/time-in-words.js';
import type { SigningKey } from '../platform/keys/signing-key.js';
import {
  type KeptLog,
  lostByRestore,
  readRestore,
  type RestoreRecord,
  type RestoreTold,
  signRestore,
  type SignedRestore,
} from './restore-record.js';
import { RESTORES } from './verify-restores.js';
import { readSegments } from './witness.js';

const KEPT = `
  SELECT f1_now() AS now, coalesce(h.number, 0)::float8 AS head, coalesce(h.n, 0)::float8 AS leaves, encode(h.chain, 'hex') AS chain,
    (SELECT coalesce(max(size), 0)::float8 FROM ledger_checkpoint) AS checkpoint
  FROM (SELECT) one LEFT JOIN (SELECT number, n, chain FROM ledger_head ORDER BY number DESC LIMIT 1) h ON true`;

/**
 * Writes down, signed, that this database was restored and what its log lacks of what the witness file knows, where there is one.
 * In the last transaction of the restore, as the owner.
 */
export async function recordRestore(
  owner: pg.ClientBase,
  {
    backupTakenAt,
    witnessFile,
    signing,
  }: {
    /** ISO instant. */
    readonly backupTakenAt: string;
    readonly witnessFile: string | undefined;
    readonly signing: SigningKey;
  },
): Promise<SignedRestore> {
  const { now, ...kept } = (await owner.query<KeptLog & { now: Date }>(KEPT)).rows[0]!;
  const earlier = (await owner.query<RestoreRecord>(RESTORES)).rows.flatMap(
    (record) => readRestore(record, signing) ?? [],
  );
  const there = witnessFile !== undefined && existsSync(witnessFile);
  const lost = there ? lostByRestore(kept, readSegments(witnessFile), earlier, signing) : null;
  const witness = there ? ('read' as const) : ('none' as const);
  const restoredAt = now.toISOString();
  const record = signRestore({ restoredAt, backupTakenAt, kept, witness, lostByRestore: lost }, signing);
  await owner.query(
    'INSERT INTO ledger_restore (id, restored_at, head, statement, signature) VALUES ($1, $2, $3, $4, $5)',
    [record.id, restoredAt, kept.head, record.statement, Buffer.from(record.signature, 'base64')],
  );
  return readRestore(record, signing)!;
}

/** A restore in words for an operator in a time zone. */
export function restoreSaid(
  { restoredAt, backupTakenAt, witness, lostByRestore: lost }: RestoreTold,
  zone: string,
): string {
  const said = (instant: string): string => timeInWords(Date.parse(instant), zone);
  const restored = `Restored on ${said(restoredAt)} from the backup of ${said(backupTakenAt)}`;
  if (witness === 'none') return `${restored}: no witness file was there to say what of the log was lost.`;
  if (lost === null) return `${restored}: of what the witness knew nothing was lost.`;
  const { fromLeaf, toLeaf, heads, checkpoints, lastSeenAt } = lost;
  const leaves = toLeaf < fromLeaf ? 'no leaf' : `leaves ${fromLeaf} to ${toLeaf}`;
  return `${restored}: lost were ${leaves} of the log, ${heads} signed heads and ${checkpoints} checkpoints, the last of ${said(lastSeenAt)}. This loss is on record and signed.`;
}
