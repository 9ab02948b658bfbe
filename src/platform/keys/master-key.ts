import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError } from '../config/config.js';
import { decrypt, encrypt } from './aead.js';

/** Wraps the data keys of cases. A key that never leaves its device implements this as well as one in memory. */
export interface MasterKey {
  readonly id: string;
  wrap(dataKey: Buffer, place: string): Buffer;
  /** Throws SealBroken when the bytes were wrapped by another key, or changed. */
  unwrap(wrapped: Buffer, place: string): Buffer;
}

/** Where master keys come from. */
export interface MasterKeySource {
  /** Wraps what is new. */
  readonly current: MasterKey;
  /** Former or coming ones, which open what they wrapped; asked anew each time the current one does not open something. */
  others(): readonly MasterKey[];
}

export const fingerprint = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

export function masterKeyOf(bytes: Buffer): MasterKey {
  return {
    id: fingerprint(bytes),
    wrap: (dataKey, place) => encrypt(bytes, dataKey, place),
    unwrap: (wrapped, place) => decrypt(bytes, wrapped, place),
  };
}

const KEY = /^[A-Za-z0-9+/]{43}=$/;
const COMMAND_WITHIN_MS = 30_000;

/** From variables: one key, and others that open what they wrapped. */
export function masterKeysFromText(current: string, others: string | undefined): MasterKeySource {
  const more = (others ?? '').split(/[\s,]+/).filter((text) => text !== '');
  const known = more.map((text) => masterKeyOf(Buffer.from(text, 'base64')));
  return { current: masterKeyOf(Buffer.from(current, 'base64')), others: () => known };
}

/**
 * From a command, run once at start without a shell: it asks the hardware module or key service, and prints one key a line, base64,
 * the current one first. Nothing it prints is logged.
 */
export function masterKeysFromCommand(command: string): MasterKeySource {
  const [program = '', ...given] = command.split(/\s+/);
  let printed: string;
  try {
    printed = execFileSync(program, given, {
      encoding: 'utf8',
      timeout: COMMAND_WITHIN_MS,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  } catch (error) {
    const { code, status, signal } = error as { code?: string; status?: number | null; signal?: string | null };
    throw new ConfigError([
      `F1_MASTER_KEY_COMMAND: ${program} gave no key (${code ?? (signal ? `signal ${signal}` : `exit code ${String(status)}`)})`,
    ]);
  }
  const [current, ...others] = printed.split(/\s+/).filter((line) => line !== '');
  if (current === undefined || ![current, ...others].every((line) => KEY.test(line)))
    throw new ConfigError([`F1_MASTER_KEY_COMMAND: ${program} must print keys of 32 bytes in base64, one a line`]);
  return masterKeysFromText(current, others.join(','));
}

/** From the data folder, never in production: `master.key`, and beside it `master.<id>.key` for former ones. */
export function masterKeysInFolder(folder: string, current: string): MasterKeySource {
  const own = masterKeyOf(Buffer.from(current, 'base64'));
  return {
    current: own,
    others: () =>
      readdirSync(folder)
        .filter((name) => /^master(\.[0-9a-f]{16})?\.key$/.test(name))
        .map((name) => masterKeyOf(Buffer.from(readFileSync(join(folder, name), 'utf8').trim(), 'base64')))
        .filter(({ id }) => id !== own.id),
  };
}

/** Puts a new key in the place of `master.key`; the former one stays beside it. Returns the new key's id. */
export function renewMasterKeyIn(config: Config): string {
  const folder = join(config.F1_DATA_DIR, 'keys');
  const file = join(folder, 'master.key');
  const former = readFileSync(file, 'utf8').trim();
  const kept = join(folder, `master.${fingerprint(Buffer.from(former, 'base64'))}.key`);
  writeFileSync(kept, `${former}\n`, { mode: 0o600, flush: true });
  const bytes = randomBytes(32);
  writeFileSync(`${file}.new`, bytes.toString('base64'), { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  return fingerprint(bytes);
}
