import type { KeyProvider } from '../platform/keys/keys.js';
import type { Ask, Findings } from './audit-findings.js';
import type { LedgerHead } from './ledger.js';
import { readRestore, type RestoreRecord, type SignedRestore } from './restore-record.js';

/** Each restore on record, oldest first, as RestoreRecord, with the head that its row says came with the backup. */
export const RESTORES = `SELECT id, statement, translate(encode(signature, 'base64'), E'\\n', '') AS signature, head
  FROM ledger_restore ORDER BY restored_at, id`;

/** The restores that the installation signed and that this log goes on from; any other one is a finding and excuses nothing. */
export async function verifyRestores(
  ask: Ask,
  findings: Findings,
  { signing }: Pick<KeyProvider, 'signing'>,
  heads: ReadonlyMap<number, LedgerHead>,
): Promise<SignedRestore[]> {
  const genuine: SignedRestore[] = [];
  for (const { head, ...record } of await ask<RestoreRecord & { head: string }>(RESTORES)) {
    const restore = readRestore(record, signing);
    const where = `restore#${record.id}`;
    if (!restore) findings.add('restoreForged', where, "its signature is not the installation's");
    else if (restore.kept.head !== Number(head) || restore.kept.chain !== (heads.get(restore.kept.head)?.chain ?? null))
      findings.add('restoreForged', where, 'the ledger does not go on from the one that this restore signs');
    else genuine.push(restore);
  }
  return genuine;
}
