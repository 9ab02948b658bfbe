import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError } from '../config/config.js';
import { DomainError } from '../database/errors.js';
import { decrypt, encrypt } from './aead.js';
import { fingerprint } from './fingerprint.js';

/** Wraps the data keys of cases. A key that never leaves its device implements this as well as one in memory. */
export interface MasterKey {
  /** 16 hex digits. */
  readonly id: string;
  /** Where it is kept, in words for an operator. */
  readonly kept: string;
  /** Throws MasterKeyAway when its device does not answer. */
  wrap(dataKey: Buffer, place: string): Buffer;
  /** Throws SealBroken when the bytes were wrapped by another key, or changed; MasterKeyAway when its device does not answer. */
  unwrap(wrapped: Buffer, place: string): Buffer;
  /** Of a key in a device: throws MasterKeyAway when it can not wrap and unwrap at this moment. */
  check?(): void;
}

/** The device that holds the master key does not answer, and did not when it was asked anew. */
export class MasterKeyAway extends DomainError {
  override readonly name = 'MasterKeyAway';

  /** `reason` is for the operator; whoever asked for something learns that it can be asked for again. */
  constructor(readonly reason: string) {
    super(
      'unavailable',
      'The key under which cases are sealed cannot be reached. Repeat the request later with the same Idempotency-Key; if it stays, tell the operator.',
      { retryAfter: 5 },
    );
  }
}

/** Where master keys come from. */
export interface MasterKeySource {
  /** Wraps what is new. */
  readonly current: MasterKey;
  /** Former or coming ones, which open what they wrapped; asked anew each time the current one does not open something. */
  others(): readonly MasterKey[];
}

function masterKeyOf(text: string, kept: string): MasterKey {
  const bytes = Buffer.from(text, 'base64');
  return {
    id: fingerprint(bytes),
    kept,
    wrap: (dataKey, place) => encrypt(bytes, dataKey, place),
    unwrap: (wrapped, place) => decrypt(bytes, wrapped, place),
  };
}

const KEY = /^[A-Za-z0-9+/]{43}=$/;
const COMMAND_WITHIN_MS = 30_000;

/** From the environment: one that wraps. */
export const masterKeyInEnvironment = (text: string): MasterKeySource => ({
  current: masterKeyOf(text, 'in the environment, F1_MASTER_KEY'),
  others: () => [],
});

/** From the environment: those that only open, in base64 with commas between them. */
export function otherMasterKeys(text: string | undefined): readonly MasterKey[] {
  const texts = (text ?? '').split(',').filter((one) => one !== '');
  return texts.map((one) => masterKeyOf(one, 'in the environment, F1_OTHER_MASTER_KEYS'));
}

/**
 * From a command, run once at start without a shell: it asks the key service, and prints one key a line, base64,
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
  const [first, ...known] = [current, ...others].map((line) => masterKeyOf(line, `from the command ${program}`));
  return { current: first!, others: () => known };
}

/** From the data folder, never in production: `master.key`, and beside it `master.<id>.key` for former ones. */
export function masterKeysInFolder(folder: string, current: string): MasterKeySource {
  const own = masterKeyOf(current, `in a file, ${join(folder, 'master.key')}`);
  return {
    current: own,
    others: () =>
      readdirSync(folder)
        .filter((name) => /^master(\.[0-9a-f]{16})?\.key$/.test(name))
        .map((name) => join(folder, name))
        .map((file) => masterKeyOf(readFileSync(file, 'utf8').trim(), `in a file, ${file}`))
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
