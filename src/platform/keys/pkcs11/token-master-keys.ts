import { type Config, ConfigError } from '../../config/config.js';
import { type MasterKey, MasterKeyAway, type MasterKeySource } from '../master-key.js';
import { Token } from './token.js';
import type { TokenKey } from './token-keys.js';

/** The keys of a hardware module: F1_PKCS11_KEY names the one that wraps; where it names none, they all only open. */
export interface TokenMasterKeys extends Omit<MasterKeySource, 'current'> {
  readonly current: MasterKey | undefined;
}

/** Undefined where no module is named. Throws ConfigError when what is named cannot be used. */
export function tokenMasterKeys(config: Config): TokenMasterKeys | undefined {
  const token = tokenIn(config);
  if (!token) return undefined;
  const current = config.F1_PKCS11_KEY === undefined ? undefined : wrappingKey(token, config.F1_PKCS11_KEY);
  return {
    current,
    others: () =>
      token
        .keys()
        .filter(({ id, opens }) => opens && id !== current?.id)
        .map((key) => masterKeyOn(token, key)),
  };
}

/** Makes the key that F1_PKCS11_KEY names. Returns its id. Throws ConfigError when there is one of that name. */
export function makeTokenKey(config: Config): string {
  const token = tokenIn(config);
  const label = config.F1_PKCS11_KEY;
  if (!token || label === undefined)
    throw new ConfigError(['F1_PKCS11_KEY is not set: it names the key to make, on the token of F1_PKCS11_TOKEN']);
  if (token.keys(label).length > 0)
    throw new ConfigError([
      `F1_PKCS11_KEY: there is a key labelled ${JSON.stringify(label)} on the token already: name the new one differently`,
    ]);
  token.makeKey(label);
  return wrappingKey(token, label).id;
}

function tokenIn({ F1_PKCS11_MODULE: module, F1_PKCS11_TOKEN: token, F1_PKCS11_PIN_FILE: pinFile }: Config) {
  if (module === undefined || token === undefined || pinFile === undefined) return undefined;
  return Token.at({ module, token, pinFile });
}

/** The one key of this label, which does what it is for at this moment. */
function wrappingKey(token: Token, label: string): MasterKey {
  const refuse = (why: string): never => {
    throw new ConfigError([`F1_PKCS11_KEY: ${why}`]);
  };
  const named = `the key labelled ${JSON.stringify(label)} on the token ${JSON.stringify(token.place.token)}`;
  const [key, another] = token.keys(label);
  if (!key) return refuse(`${named} is not there; "f1 keys make" makes it`);
  if (another)
    return refuse(`there is more than one key labelled ${JSON.stringify(label)}: give each a label of its own`);
  if (key.unfit !== undefined) return refuse(`${named} ${key.unfit}; "f1 keys make" makes one under another label`);
  try {
    token.check(key.id);
  } catch (error) {
    if (error instanceof MasterKeyAway) return refuse(`${named}: ${error.reason}`);
    throw error;
  }
  return { ...masterKeyOn(token, key), check: () => token.check(key.id) };
}

const masterKeyOn = (token: Token, { id, label }: TokenKey): MasterKey => ({
  id,
  kept: `in a hardware module, key ${JSON.stringify(label)} on the token ${JSON.stringify(token.place.token)}`,
  wrap: (dataKey, place) => token.encrypt(id, dataKey, place),
  unwrap: (wrapped, place) => token.decrypt(id, wrapped, place),
});
