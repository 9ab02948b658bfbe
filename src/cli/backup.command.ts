import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { recordOperatorAct } from '../audit/operator-act.js';
import { recordRestore, restoreSaid } from '../audit/record-restore.js';
import type { SignedRestore } from '../audit/restore-record.js';
import { timeInWords } from '../domain/referral/time-in-words.js';
import { install, sealWhatLayInClear } from '../installation.js';
import { projectFolder } from '../project-folder.js';
import { inReleaseOf } from '../questionnaires/release-manifest.js';
import { BackupRefused } from '../platform/backup/backup-file.js';
import { createBackup } from '../platform/backup/create-backup.js';
import { checkBackup, restoreForService } from '../platform/backup/restore-backup.js';
import type { Config } from '../platform/config/config.js';
import { putAside } from '../platform/backup/put-aside.js';
import { holdSending } from '../platform/backup/sending-hold.js';
import { MIGRATIONS } from '../platform/database/migrations/index.js';
import { erasedSince, refuseUnnamedErasures } from '../platform/backup/erased-cases.js';
import { type ErasedCase, ErasureLedger } from '../platform/keys/erasure-ledger.js';
import { repeatErasures } from '../cases/settled-erasures.js';
import { type KeyProvider, keysFrom } from '../platform/keys/keys.js';
import type { SigningKey } from '../platform/keys/signing-key.js';
import type { Difference } from '../referrals/difference.js';
import { Told } from './told.js';
import { answer, type InstallationInUse, withInstallation } from './installation-in-use.js';
import { verifyBackup } from './verify-backup.js';

interface Options {
  readonly to?: string;
  readonly file?: string;
  readonly putAside?: boolean;
  readonly json?: boolean;
}

export const backupCommand = (): Command =>
  new Command('backup')
    .description('Back up the database, restore a backup, prove that it can be restored')
    .addCommand(
      new Command('create')
        .description('Write the database as it is at one instant to one file, while work goes on')
        .requiredOption('--to <file>', 'the new file')
        .option('--json', 'one line of JSON')
        .action((options: Options) => acted(options, (installation) => create(installation, options))),
    )
    .addCommand(
      new Command('verify')
        .description('Restore into a scratch database, reconcile and audit it, remove it; exit 1 when not ok')
        .option('--file <file>', 'the backup; without it, one is taken first')
        .option('--json', 'one line of JSON')
        .action((options: Options) => acted(options, (installation) => verify(installation, options))),
    )
    .addCommand(
      new Command('restore')
        .description('Restore into the empty database of this installation')
        .requiredOption('--file <file>', 'the backup')
        .option(
          '--put-aside',
          'where the local database is not empty: keep it under another name beside the restored one',
        )
        .option('--json', 'one line of JSON')
        .action((options: Options) => acted(options, (installation) => restore(installation, options), hasKeys)),
    );

/** A refused backup is an answer too: whoever reads JSON gets it as JSON. */
async function acted(
  { json }: Options,
  work: (installation: InstallationInUse) => Promise<void>,
  mayCreate: (config: Config) => boolean = () => false,
): Promise<void> {
  try {
    await withInstallation(work, { mayCreate });
  } catch (error) {
    if (!json || !(error instanceof BackupRefused)) throw error;
    const { code, message } = error;
    answer({ ok: false, refused: code, message }, json, () => []);
  }
}

const said = ({ F1_TIME_ZONE: zone }: Config, instant: string): string => timeInWords(Date.parse(instant), zone);

async function create({ config, ownerUrl }: InstallationInUse, { to, json }: Options): Promise<void> {
  const keys = keysFrom(config);
  const backup = await createBackup({ ownerUrl: ownerUrl(), file: to!, signing: keys.signing });
  const apart = keptApart(config, keys);
  answer({ ok: true, backup, keptApart: apart }, json, () => [
    `${backup.file}: ${backup.tables} tables, ${backup.rows} rows, ${backup.bytes} bytes, as at ${said(config, backup.takenAt)}`,
    'Without these it is of no use, and they are not in it. Keep each apart from it:',
    ...apart.map((thing) => `  ${thing}`),
    `Prove that it can be restored: npm run -s f1 -- backup verify --file ${backup.file}`,
  ]);
}

async function verify(installation: InstallationInUse, { file, json }: Options): Promise<void> {
  const result = await verifyBackup(installation, file);
  const { backup, restored, reconciliation, held, audit } = result;
  const unmet = reconciliation.differences.filter((difference) => !held.includes(difference));
  const named = ({ kind, what, obligationId, causeId }: Difference): string =>
    `${kind}: ${what} (${obligationId ?? causeId ?? ''})`;
  answer(result, json, () => [
    `Backup as at ${said(installation.config, backup.takenAt)}: ${backup.tables} tables, ${backup.rows} rows`,
    `Restored: ${restored.tables} tables, ${restored.rows} rows`,
    `Reconciled as at then: ${reconciliation.causes} causes, ${reconciliation.obligations} obligations, ${reconciliation.receipts} receipts, ${unmet.length + reconciliation.notListed} differences`,
    ...unmet.map((difference) => `  ${named(difference)}`),
    ...held.map((difference) => `  held, because the file bars its recipient, which is in order: ${named(difference)}`),
    `Audited: ${audit.cases} cases, ${audit.events} events, ${audit.heads} signed heads, ${audit.findings.length + audit.notListed} findings`,
    ...audit.findings.map(({ kind, where, what }) => `  ${kind} at ${where}: ${what}`),
    result.ok
      ? 'The backup can be restored and is whole.'
      : 'The backup can be restored, but what it holds is not in order.',
  ]);
}

/** A data folder that has its keys, and lost its database, is an installation to restore into. */
const hasKeys = (config: Config): boolean =>
  config.F1_SIGNING_KEY !== undefined || existsSync(join(config.F1_DATA_DIR, 'keys', 'signing.key'));

async function restore(installation: InstallationInUse, options: Options): Promise<void> {
  const { config, ownerUrl } = installation;
  const { file, json } = options;
  const keys = keysFrom(config);
  const { signing } = keys;
  const path = resolve(file!);
  const manifest = await checkBackup(path, signing);
  const inRelease = inReleaseOf(config, join(projectFolder(), 'questionnaires'));
  const ledger = config.erasureLedger;
  const erased = erasuresTold(config, signing);
  let keptAsItWentOn: readonly string[] = [];
  let erasedAgain = 0;
  let recorded: SignedRestore | undefined;
  const restoring = () =>
    restoreForService(
      { ownerUrl: ownerUrl(), file: path, signing, manifest, zone: config.F1_TIME_ZONE },
      {
        // An earlier release's schema may not have what this needs: there it happens at last, and nobody is let in before.
        onceLoaded: async (owner) => {
          if (ledger !== undefined) await refuseUnnamedErasures(owner, ledger, erased);
          if (manifest.migrations.length < MIGRATIONS.length) return;
          await holdSending(owner);
          await repeatErasures(owner, erased);
        },
        bringUpToDate: async () => {
          await install(ownerUrl(), note, inRelease);
          await sealWhatLayInClear(ownerUrl(), keys, note);
        },
        atLast: async (owner) => {
          await holdSending(owner);
          keptAsItWentOn = (await repeatErasures(owner, erased)).wentOn;
          erasedAgain = await erasedSince(owner, manifest.takenAt);
          const witnessFile = config.F1_WITNESS_FILE;
          recorded = await recordRestore(owner, { backupTakenAt: manifest.takenAt, witnessFile, signing });
          await recordOperatorAct(owner, {
            actorId: null,
            action: 'restore Backup',
            resource: 'backup',
            detail: { takenAt: manifest.takenAt, erasedAgain, keptAsItWentOn },
          });
        },
      },
    );
  const { aside, done: restored } = await intoEmpty(installation, options, restoring);
  for (const reference of keptAsItWentOn) note(`WARNING: ${keptSaid(reference)}`);
  const { witness, lostByRestore } = recorded!;
  answer(
    {
      ok: true,
      takenAt: manifest.takenAt,
      restored,
      erasedAgain,
      keptAsItWentOn,
      sendingHeld: true,
      aside,
      witness,
      lostByRestore,
    },
    json,
    () => [
      `Restored ${restored.tables} tables, ${restored.rows} rows, as at ${said(config, manifest.takenAt)}. Everybody signs in again.`,
      erasuresSaid(ledger, erasedAgain),
      ...keptAsItWentOn.map(keptSaid),
      restoreSaid(recorded!, config.F1_TIME_ZONE),
      ...(aside === null ? [] : [`${ASIDE} ${aside} of the local PostgreSQL. It counts as a backup.`]),
      'Check it before work goes on: npm run -s f1 -- reconcile, and npm run -s f1 -- audit verify',
      'Nothing is sent until an operator lets it: npm run -s f1 -- resume-sending --as <username>',
    ],
  );
}

const note = (line: string): void => void process.stderr.write(`${line}\n`);

const ASIDE = 'What was there before is kept as the database';

/** Restores, having put aside what is in the way where that is asked; says under which name. */
async function intoEmpty<T>(
  { local, ownerUrl }: InstallationInUse,
  { putAside: may }: Options,
  restoring: () => Promise<T>,
): Promise<{ readonly aside: string | null; readonly done: T }> {
  try {
    return { aside: null, done: await restoring() };
  } catch (error) {
    if (!(error instanceof BackupRefused) || error.code !== 'databaseNotEmpty' || !local) throw error;
    if (!may)
      throw new BackupRefused(
        error.code,
        `${error.message} Here that is: stop every process of this installation, and run the same command with --put-aside. What is there is then kept under another name in the same PostgreSQL; nothing is removed.`,
      );
    const aside = await putAside({ adminUrl: local.superuserUrl(), ownerUrl: ownerUrl() });
    note(`${ASIDE} ${aside} of the local PostgreSQL.`); // at once: whatever fails now, it is there
    return { aside, done: await restoring() };
  }
}

const erasuresSaid = (ledger: string | undefined, again: number): string =>
  ledger === undefined
    ? 'No erasure ledger is named (F1_ERASURE_LEDGER): what was erased after the backup can be read again.'
    : `${again} cases that were erased after the backup were erased again.`;

const keptSaid = (reference: string): string =>
  `${reference} is NOT erased although the erasure ledger names it: somebody acted in it, or held it, after that line, so that erasure never happened. Find out why its line was never withdrawn; if it is to be erased, ask for it again.`;

/** What is to be erased again. Throws where the ledger that is named is not there, or is not whole. */
function erasuresTold(
  { erasureLedger: file, F1_ERASURE_LEDGER, F1_WITNESS_FILE }: Config,
  signing: SigningKey,
): readonly ErasedCase[] {
  if (file === undefined) return [];
  const erased = new ErasureLedger(file, signing, F1_WITNESS_FILE).read();
  if (F1_ERASURE_LEDGER !== undefined && !existsSync(file))
    throw new Told(
      `There is no file ${file}, which F1_ERASURE_LEDGER names: what was erased would come back. Nothing was done. Put it back from where a copy of it is kept; make it, empty, if no case was ever erased.`,
    );
  return erased;
}

/** What a restored database needs besides the backup, and where this installation has it. */
function keptApart(config: Config, { master }: KeyProvider): string[] {
  const keys = [
    ['the index key', 'F1_INDEX_KEY', 'index.key'],
    ['the signing key', 'F1_SIGNING_KEY', 'signing.key'],
  ] as const;
  const folder = resolve(config.F1_DATA_DIR);
  return [
    `the master key (${master.kept})`,
    ...keys.map(([what, name, file]) => `${what} (${config[name] ? name : join(folder, 'keys', file)})`),
    `documents and recordings, encrypted (${config.F1_FILES_URL ?? join(folder, 'files')})`,
  ];
}
