import { Command } from 'commander';
import type { KeyObject } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { restoreSaid } from '../audit/record-restore.js';
import { readRestore, type RestoreRecord } from '../audit/restore-record.js';
import { RESTORES } from '../audit/verify-restores.js';
import { timeInWords } from '../domain/referral/time-in-words.js';
import { sendingHeldSince } from '../platform/backup/sending-hold.js';
import { Database } from '../platform/database/database.js';
import { runtimeDataSource } from '../platform/database/data-source.js';
import { type KeyProvider, keysFrom } from '../platform/keys/keys.js';
import { proveDuties } from '../referrals/duty-proof.js';
import { type AuthorityList, type Reconciliation, ReconcilerService } from '../referrals/reconciler.service.js';
import { keepReconciliation } from '../referrals/kept-reconciliation.js';
import { foreignFile, type NotRead } from '../referrals/foreign-file.js';
import { MOST_STATEMENT_BYTES, takeStatement } from '../referrals/statements.js';
import { answer, withInstallation } from './installation-in-use.js';
import { Told } from './told.js';

export const reconcileCommand = (): Command =>
  new Command('reconcile')
    .description(
      'Compare every cause with its obligations and receipts, both ways, and keep what was found, signed; exit 1 when not ok',
    )
    .option('--json', 'one line of JSON')
    .option('--proof <folder>', 'also write the signed statement with every duty in it (docs/guides/proof.md)')
    .option(
      '--statement <file>',
      "first take an authority's own signed list (JWS) and hold it against ours from now on",
    )
    .action(({ json, proof, statement }: { json?: boolean; proof?: string; statement?: string }) =>
      withInstallation(async ({ config, workerUrl }) => {
        const source = await runtimeDataSource({
          url: workerUrl(),
          role: 'f1_worker',
          size: 1,
          timeZone: config.F1_TIME_ZONE,
        }).initialize();
        try {
          const database = new Database(undefined, source);
          const keys = keysFrom(config);
          if (statement !== undefined) await takeStatement(database, await statementIn(statement));
          const result = proof
            ? written(proof, await proveDuties(database, keys.signing), keys)
            : await new ReconcilerService(database, keys).reconcile({ chains: true });
          await keepReconciliation(database, keys, result);
          const restores = await database.inWorkerTx((tx) => tx.rows<RestoreRecord>(RESTORES));
          const held = await database.inWorkerTx(sendingHeldSince);
          answer(result, json, () => [
            `${result.causes} causes, ${result.obligations} obligations, ${result.receipts} receipts, ${result.inFlight} in flight`,
            ...restores
              .flatMap((record) => readRestore(record, keys.signing) ?? [])
              .map((restore) => restoreSaid(restore, config.F1_TIME_ZONE)),
            ...(held ? [heldSaid(held, config.F1_TIME_ZONE)] : []),
            ...result.differences.map(
              ({ kind, what, causeId, obligationId }) =>
                `${kind ?? 'none'}: ${what} (${obligationId ?? causeId ?? ''})`,
            ),
            ...(result.notListed > 0 ? [`and ${result.notListed} more differences`] : []),
            ...result.erasedUnreceipted.map(
              ({ obligationId, authority, listed }) =>
                `erased before its receipt was here: ${obligationId} (${listed ? `${authority} lists it` : `the list of ${authority} decides`})`,
            ),
            ...result.closedAsBlocked.map(
              ({ obligationId, authority, received }) =>
                `closed by two persons, because the file bars ${authority}: ${obligationId} (${received ? 'it was received before' : 'it never left'})`,
            ),
            ...result.recalled.map(
              ({ obligationId, authority, correctionId }) =>
                `called back before ${authority} received it: ${obligationId} (by the correction ${correctionId})`,
            ),
            ...result.lists.map((list) => listSaid(list, config.F1_TIME_ZONE)),
            ...(result.chains ?? []).map((chain) => `its chain does not fold to its state: ${chain}`),
            result.ok ? 'Nothing is missing, unjustified or overdue.' : 'Duties are not met.',
          ]);
        } finally {
          await source.destroy();
        }
      }),
    );

const heldSaid = (since: Date, zone: string): string =>
  `Nothing has been sent since ${timeInWords(since.getTime(), zone)}, when a backup was restored: npm run -s f1 -- resume-sending --as <username> lets it go on.`;

function listSaid({ authority, at, entries, unmatched }: AuthorityList, zone: string): string {
  if (at === null) return `list of ${authority}: none yet`;
  const differs = unmatched.map(({ what, number }) => `${what} ${number}`).join(', ');
  return `list of ${authority}, made on ${timeInWords(Date.parse(at), zone)}: ${entries} ${entries === 1 ? 'entry' : 'entries'}, ${differs === '' ? 'all match' : `not matching: ${differs}`}`;
}

/** It may lie where the authority put it. */
async function statementIn(file: string): Promise<string> {
  const there = await foreignFile(file, MOST_STATEMENT_BYTES);
  if (typeof there === 'string') throw new Told(`${file} cannot be read: ${NOT_READ[there]}`);
  return there.toString('utf8');
}

const NOT_READ: Readonly<Record<NotRead, string>> = {
  missing: 'there is no such file',
  notAFile: 'it is a link, a pipe, a device or a folder; give the file itself',
  tooLong: `it is longer than ${MOST_STATEMENT_BYTES} bytes`,
  unreadable: 'the operating system refuses it to this account',
};

/** Three files that prove it to somebody else: the statement, its signature, and the key that checks it. */
function written(
  folder: string,
  { proof, bytes, signature }: Awaited<ReturnType<typeof proveDuties>>,
  keys: KeyProvider,
): Reconciliation {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'statement.json'), bytes);
  writeFileSync(join(folder, 'statement.sig'), signature);
  const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' });
  writeFileSync(join(folder, 'key.pem'), pem(keys.signing.publicKey));
  // The newest checkpoint may still be the former key's.
  for (const { id, publicKey } of keys.signing.former) writeFileSync(join(folder, `former-${id}.pem`), pem(publicKey));
  const { format: _format, keyId: _keyId, duties: _duties, checkpoint: _checkpoint, ...result } = proof;
  return result;
}
