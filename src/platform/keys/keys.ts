import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import {
  type MasterKey,
  masterKeyInEnvironment,
  masterKeysFromCommand,
  type MasterKeySource,
  masterKeysInFolder,
  otherMasterKeys,
} from './master-key.js';
import { tokenMasterKeys } from './pkcs11/token-master-keys.js';
import { formerKeysIn, type SigningKey, signingKeyFrom } from './signing-key.js';

/** The three secrets of an installation, wherever they are kept. */
export interface KeyProvider {
  /** Wraps data keys. */
  readonly master: MasterKey;
  /** Open what they wrapped, while the master key is being rotated. */
  otherMasters(): readonly MasterKey[];
  /** Keys the HMAC tokens by which names are found; not rotated with the master key. */
  readonly index: Buffer;
  /** Ed25519: signs ledger heads and deliveries. Throws in a portal, which is given none. */
  readonly signing: SigningKey;
}

/** Keys from the module, the command or the environment where given, else (never in production) from files generated on first use. */
export function keysFrom(config: Config): KeyProvider {
  const folder = join(config.F1_DATA_DIR, 'keys');
  const secret = (given: string | undefined, name: string, make: () => string): string => {
    if (given !== undefined) return given;
    const file = join(folder, name);
    if (!existsSync(file)) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      try {
        writeFileSync(file, make(), { mode: 0o600, flag: 'wx' });
      } catch (error) {
        // Another process of the same installation wrote it first: its key is the one.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
    return readFileSync(file, 'utf8').trim();
  };
  const random = () => randomBytes(32).toString('base64');
  const masters = masterKeysFrom(config, folder, () => secret(undefined, 'master.key', random));
  const index = Buffer.from(secret(config.F1_INDEX_KEY, 'index.key', random), 'base64');
  const signingKey = (): SigningKey => {
    const pkcs8 = secret(config.F1_SIGNING_KEY, 'signing.key', () =>
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    );
    const former = [config.F1_FORMER_SIGNING_KEYS ?? '', existsSync(folder) ? formerKeysIn(folder) : ''].join(' ');
    return signingKeyFrom(pkcs8, former);
  };
  const signing = config.runsPortal ? undefined : signingKey();
  return {
    master: masters.current,
    otherMasters: () => masters.others(),
    index,
    get signing() {
      if (!signing) throw new Error('a portal signs nothing');
      return signing;
    },
  };
}

/** One source wraps; the keys of a module that is named beside it, and those of F1_OTHER_MASTER_KEYS, open what they wrapped. */
function masterKeysFrom(config: Config, folder: string, inFolder: () => string): MasterKeySource {
  const { F1_MASTER_KEY: text, F1_MASTER_KEY_COMMAND: command } = config;
  const token = tokenMasterKeys(config);
  const known = otherMasterKeys(config.F1_OTHER_MASTER_KEYS);
  const source = ((): MasterKeySource => {
    if (token?.current) return { current: token.current, others: () => [] };
    if (command !== undefined) return masterKeysFromCommand(command);
    return text !== undefined ? masterKeyInEnvironment(text) : masterKeysInFolder(folder, inFolder());
  })();
  return {
    current: source.current,
    others: () => [...source.others(), ...known, ...(token?.others() ?? [])],
  };
}
