import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DataSource } from 'typeorm';
import { type AuditVerification, auditVerify } from '../audit/audit-verify.js';
import { migrate } from '../platform/database/migrate.js';
import type { BackupManifest } from '../platform/backup/backup-file.js';
import { type BackupSummary, createBackup } from '../platform/backup/create-backup.js';
import { checkBackup, type Restored, restoreBackup } from '../platform/backup/restore-backup.js';
import { withScratchDatabase } from '../platform/backup/scratch-database.js';
import { Database } from '../platform/database/database.js';
import { type KeyProvider, keysFrom } from '../platform/keys/keys.js';
import type { Difference } from '../referrals/difference.js';
import { type Reconciliation, ReconcilerService } from '../referrals/reconciler.service.js';
import type { InstallationInUse } from './installation-in-use.js';

export interface BackupVerification {
  /** Everything could be restored, no duty was unmet and nothing had been changed. */
  readonly ok: boolean;
  /** Without a file when it was taken for this and is gone again. */
  readonly backup: Omit<BackupSummary, 'file'> & { readonly file?: string };
  readonly restored: Restored;
  /** As at the moment of the backup: what was in time then is in time. */
  readonly reconciliation: Reconciliation;
  /** Of its differences: duties towards recipients that the file bars. They are held by law, which is in order. */
  readonly held: readonly Difference[];
  readonly audit: AuditVerification;
}

/** Proves that a backup, or one taken now, can be restored and that what it holds is in order. */
export async function verifyBackup(
  installation: InstallationInUse,
  file: string | undefined,
): Promise<BackupVerification> {
  if (file !== undefined) return verifyFile(installation, resolve(file));
  const folder = await mkdtemp(join(tmpdir(), 'f1-backup-'));
  try {
    const { signing } = keysFrom(installation.config);
    const taken = join(folder, 'backup');
    await createBackup({ ownerUrl: installation.ownerUrl(), file: taken, signing });
    const { backup, ...verified } = await verifyFile(installation, taken);
    return { ...verified, backup: { ...backup, file: undefined } };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function verifyFile(installation: InstallationInUse, file: string): Promise<BackupVerification> {
  const keys = keysFrom(installation.config);
  const manifest = await checkBackup(file, keys.signing);
  const backup = await summaryOf(file, manifest);
  const urls = { adminUrl: installation.adminUrl(), ownerUrl: installation.ownerUrl() };
  return withScratchDatabase(urls, async (scratch) => {
    const restored = await restoreBackup({ ownerUrl: scratch, file, signing: keys.signing, manifest });
    await migrate({ url: scratch });
    const reconciliation = await reconcileAsAt(scratch, keys, manifest.takenAt);
    // Without the witness file: it goes on after the backup was taken.
    const audit = await auditVerify(scratch, keys);
    const whole = restored.rows === backup.rows && restored.tables === backup.tables;
    const { held, unmet } = heldApart(reconciliation);
    return { ok: whole && !unmet && audit.ok, backup, restored, reconciliation, held, audit };
  });
}

/** What is held for a barred recipient may run late too; `unmet` where anything else differs, or too much to be named differs. */
export function heldApart(reconciliation: Reconciliation): { held: Difference[]; unmet: boolean } {
  const { ok, differences, notListed, chains } = reconciliation;
  const barred = new Set(
    differences.filter(({ what }) => what === 'blockedAfter').map(({ obligationId }) => obligationId),
  );
  const held = differences.filter(
    ({ what, obligationId }) => what === 'blockedAfter' || (what === 'overdueReferral' && barred.has(obligationId)),
  );
  const onlyHeld = held.length === differences.length && notListed === 0 && (chains ?? []).length === 0;
  return { held, unmet: !ok && !onlyHeld };
}

async function summaryOf(file: string, { takenAt, migrations, tables }: BackupManifest): Promise<BackupSummary> {
  return {
    file,
    bytes: (await stat(file)).size,
    takenAt,
    migrations: migrations.length,
    tables: tables.length,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
  };
}

/** As the owner: the login of the worker is not let into a scratch database. */
async function reconcileAsAt(url: string, keys: KeyProvider, takenAt: string): Promise<Reconciliation> {
  const seconds = Math.floor((Date.parse(takenAt) - Date.now()) / 1000);
  const options = `-c f1.clock_offset=${seconds}s -c search_path=public`;
  const source = await new DataSource({ type: 'postgres', url, extra: { max: 1, options } }).initialize();
  try {
    return await new ReconcilerService(new Database(undefined, source), keys).reconcile();
  } finally {
    await source.destroy();
  }
}
