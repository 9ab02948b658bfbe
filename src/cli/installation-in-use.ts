import { witnessEmbedded } from '../audit/witness.js';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, readConfig } from '../platform/config/config.js';
import { type EmbeddedServer, openEmbeddedPostgres } from '../platform/embedded/embedded-postgres.js';
import { Told } from './told.js';

/** The database a command works on: the external one that the environment names, or the data folder's own. */
export interface InstallationInUse {
  readonly config: Config;
  readonly local: EmbeddedServer | undefined;
  /** Owner of the schema. Throws Told when an external installation does not name it. */
  ownerUrl(): string;
  workerUrl(): string;
  /** A server-wide login that may create databases, where there is one. */
  adminUrl(): string;
}

/** Opens the installation for one command and lets it go afterwards. Only a command that `mayCreate` makes a database where none is. */
export async function withInstallation<T>(
  work: (installation: InstallationInUse) => Promise<T>,
  { mayCreate = () => false }: { mayCreate?: (config: Config) => boolean } = {},
): Promise<T> {
  const config = readConfig();
  if (config.embedded && !mayCreate(config) && !existsSync(join(config.F1_DATA_DIR, 'postgres'))) {
    throw new Told(
      `There is no installation in ${config.F1_DATA_DIR}: set F1_DATA_DIR to the one you mean, or make one with "npm start" or "f1 migrate".`,
    );
  }
  const note = (line: string): void => void process.stderr.write(`${line}\n`);
  const local = config.embedded ? await openEmbeddedPostgres({ dataDir: config.F1_DATA_DIR, log: note }) : undefined;
  if (local) witnessEmbedded(config);
  const owner = (): string => {
    const url = local ? local.urlFor('f1_owner', 'f1') : config.MIGRATION_DATABASE_URL;
    if (url === undefined) throw new Told('Set MIGRATION_DATABASE_URL to the owner of the schema for this command.');
    return url;
  };
  try {
    return await work({
      config,
      local,
      ownerUrl: owner,
      workerUrl: () => local?.urlFor('f1_worker', 'f1') ?? config.DATABASE_URL ?? '',
      adminUrl: () => local?.superuserUrl('f1') ?? owner(),
    });
  } finally {
    await local?.release();
  }
}

/** The answer of a command: one line of JSON with `--json`, else lines for people; not ok ends with exit code 1. */
export function answer<T extends { readonly ok: boolean }>(
  result: T,
  json: boolean | undefined,
  lines: () => string[],
): void {
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${lines().join('\n')}\n`);
  if (!result.ok) process.exitCode = 1;
}
