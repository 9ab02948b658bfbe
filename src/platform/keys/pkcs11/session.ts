import { readFileSync } from 'node:fs';
import { ConfigError } from '../../config/config.js';
import { fingerprint } from '../fingerprint.js';
import { answerOf, type Cryptoki, type Handle, type Pkcs11 } from './library.js';

/** Where keys lie, and how one gets at them. */
export interface TokenPlace {
  /** The module's shared library. */
  readonly module: string;
  /** The token's label. */
  readonly token: string;
  readonly pinFile: string;
}

/** A pin that the token refused is not tried again by this process: after a few tries a token locks itself. */
export interface RefusedPin {
  fingerprint?: string;
}

/** A session on the token with its user logged in. */
export interface Session {
  readonly module: Cryptoki;
  readonly life: ModuleLife;
  readonly slot: Handle;
  readonly handle: Handle;
  /** Of keys that were found, by their id. */
  readonly keys: Map<string, Handle>;
}

/** From one initialisation of a module to its end, which is that of every session: their numbers are given to others afterwards. */
interface ModuleLife {
  over: boolean;
}
const lives = new Map<string, ModuleLife>();

/** Logs out and lets the module go, for all its tokens: what connects to a device far away connects anew afterwards. */
export function endModule({ module, life }: Session): void {
  if (life.over) return;
  life.over = true;
  try {
    module.C_Finalize();
  } catch {
    // it was gone already
  }
}

/** Loads the module, finds the token and logs in. Throws ConfigError naming what has to be put right, and where. */
export function openSession(library: Pkcs11, place: TokenPlace, refused: RefusedPin): Session {
  const module = initialised(library, place);
  const slot = slotOf(module, place);
  assertPinUsable(library, module.C_GetTokenInfo(slot).flags, place);
  const handle = module.C_OpenSession(slot, library.CKF_SERIAL_SESSION);
  logIn({ library, module, handle }, place, refused);
  return { module, life: lifeOf(place), slot, handle, keys: new Map() };
}

function lifeOf({ module: file }: TokenPlace): ModuleLife {
  let life = lives.get(file);
  if (!life || life.over) lives.set(file, (life = { over: false }));
  return life;
}

function initialised(library: Pkcs11, { module: file }: TokenPlace): Cryptoki {
  const module = new library.PKCS11();
  try {
    module.load(file);
  } catch (error) {
    throw new ConfigError([
      `F1_PKCS11_MODULE: ${file} cannot be loaded (${(error as Error).message}): name the PKCS#11 library of the vendor, for this processor and C library`,
    ]);
  }
  try {
    module.C_Initialize();
  } catch (error) {
    // Another token of the same module is in use in this process: a module is initialised once for all of them.
    const answer = answerOf(error);
    if (answer !== 'CKR_CRYPTOKI_ALREADY_INITIALIZED')
      throw new ConfigError([
        `F1_PKCS11_MODULE: ${file} does not start (${answer ?? String(error)}): look to its own settings, as its vendor says, and to the device`,
      ]);
  }
  return module;
}

function slotOf(module: Cryptoki, { module: file, token }: TokenPlace): Handle {
  const labelled = module
    .C_GetSlotList(true)
    .map((slot) => ({ slot, label: module.C_GetTokenInfo(slot).label.trimEnd() }))
    .filter(({ label }) => label !== '');
  const [found, another] = labelled.filter(({ label }) => label === token);
  if (found && !another) return found.slot;
  const known = labelled.map(({ label }) => JSON.stringify(label)).join(', ') || 'none';
  throw new ConfigError([
    found
      ? `F1_PKCS11_TOKEN: ${file} has more than one token labelled ${JSON.stringify(token)}: give each a label of its own`
      : `F1_PKCS11_TOKEN: ${file} has no token labelled ${JSON.stringify(token)}; it has: ${known}`,
  ]);
}

function assertPinUsable(library: Pkcs11, flags: number, { token }: TokenPlace): void {
  const problem =
    (flags & library.CKF_USER_PIN_INITIALIZED) === 0
      ? 'its user has no pin yet: let its security officer set one'
      : flags & library.CKF_USER_PIN_LOCKED
        ? 'its pin is locked after too many wrong ones: let its security officer set a new one'
        : flags & library.CKF_USER_PIN_FINAL_TRY
          ? 'the next wrong pin locks it, so none is tried: log in by hand once with the pin of F1_PKCS11_PIN_FILE, with the tool of the vendor'
          : undefined;
  if (problem !== undefined) throw new ConfigError([`F1_PKCS11_TOKEN: ${JSON.stringify(token)}: ${problem}`]);
}

interface LoggingIn {
  readonly library: Pkcs11;
  readonly module: Cryptoki;
  readonly handle: Handle;
}

/** The pin is read each time and kept nowhere. */
function logIn({ library, module, handle }: LoggingIn, place: TokenPlace, refused: RefusedPin): void {
  const pin = pinIn(place);
  const print = fingerprint(Buffer.from(pin));
  if (refused.fingerprint === print) throw wrongPin(place, 'was refused before and is not tried again');
  try {
    module.C_Login(handle, library.CKU_USER, pin);
  } catch (error) {
    const answer = answerOf(error);
    if (answer === 'CKR_USER_ALREADY_LOGGED_IN') return; // a login is that of the process, not of one session
    if (answer === 'CKR_PIN_INCORRECT' || answer === 'CKR_PIN_LEN_RANGE' || answer === 'CKR_PIN_INVALID') {
      refused.fingerprint = print;
      throw wrongPin(place, `is wrong (${answer})`);
    }
    throw new ConfigError([`F1_PKCS11_TOKEN: ${JSON.stringify(place.token)} lets nobody log in (${answer ?? error})`]);
  }
}

const wrongPin = ({ pinFile, token }: TokenPlace, how: string): ConfigError =>
  new ConfigError([
    `F1_PKCS11_PIN_FILE: the pin in ${pinFile} ${how} for the token ${JSON.stringify(token)}. A token locks its pin after a few wrong ones: correct the file before anything starts again, and stop what restarts by itself`,
  ]);

function pinIn({ pinFile }: TokenPlace): string {
  let pin: string;
  try {
    pin = readFileSync(pinFile, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new ConfigError([
      `F1_PKCS11_PIN_FILE: ${pinFile} cannot be read (${(error as NodeJS.ErrnoException).code}): it holds the pin of the token's user, for this process to read and nobody else`,
    ]);
  }
  if (pin === '') throw new ConfigError([`F1_PKCS11_PIN_FILE: ${pinFile} is empty`]);
  return pin;
}
