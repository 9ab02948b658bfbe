import { randomBytes } from 'node:crypto';
import { ConfigError } from '../../config/config.js';
import { freshIv, packed, SealBroken, type Sealing, unpacked } from '../aead.js';
import { MasterKeyAway } from '../master-key.js';
import { answerOf, type Handle, type Pkcs11, pkcs11 } from './library.js';
import { endModule, openSession, type RefusedPin, type Session, type TokenPlace } from './session.js';
import { findKeys, newKeyTemplate, type TokenKey } from './token-keys.js';

/** The session or what it stood on is gone: opened anew, the module may answer. */
const LOST: ReadonlySet<string | undefined> = new Set([
  'CKR_CRYPTOKI_NOT_INITIALIZED',
  'CKR_DEVICE_ERROR',
  'CKR_DEVICE_REMOVED',
  'CKR_KEY_HANDLE_INVALID',
  'CKR_OBJECT_HANDLE_INVALID',
  'CKR_OPERATION_ACTIVE',
  'CKR_OPERATION_NOT_INITIALIZED',
  'CKR_SESSION_CLOSED',
  'CKR_SESSION_HANDLE_INVALID',
  'CKR_SLOT_ID_INVALID',
  'CKR_TOKEN_NOT_PRESENT',
  'CKR_TOKEN_NOT_RECOGNIZED',
  'CKR_USER_NOT_LOGGED_IN',
]);

/** The bytes are at fault, and the module says so. */
const BROKEN: ReadonlySet<string | undefined> = new Set([
  'CKR_AEAD_DECRYPT_FAILED',
  'CKR_DATA_INVALID',
  'CKR_DATA_LEN_RANGE',
  'CKR_ENCRYPTED_DATA_INVALID',
  'CKR_ENCRYPTED_DATA_LEN_RANGE',
]);

/** What some say of bytes at fault, SoftHSM among them, and any of anything: it counts only when it stays beside a key that works. */
const UNSAID = 'CKR_GENERAL_ERROR';

const TAG = 16;
const PAUSE_MS = 2_000;

/** A token of a hardware module: wraps and unwraps with keys that never leave it. */
export class Token {
  private static readonly inUse = new Map<string, Token>();
  private readonly refused: RefusedPin = {};
  private readonly probes = new Map<string, Buffer>();
  private session: Session | undefined;
  private away: { readonly until: number; readonly reason: string } | undefined;

  /** One for the process: a module is initialised, and its token logged in, once. Throws ConfigError. */
  static at(place: TokenPlace): Token {
    const name = JSON.stringify(place);
    let token = Token.inUse.get(name);
    if (!token) {
      token = new Token(pkcs11(), place);
      Token.inUse.set(name, token);
      process.once('exit', () => token?.close());
    }
    return token;
  }

  /** Throws ConfigError when the token cannot be used. */
  constructor(
    private readonly library: Pkcs11,
    readonly place: TokenPlace,
  ) {
    this.session = openSession(library, place, this.refused);
  }

  /** Secret keys of that label, or all of them. */
  keys(label?: string): TokenKey[] {
    return this.use((session) => findKeys(this.library, session, label));
  }

  /** Makes a key that cannot be taken out of the token. Throws ConfigError when the token does not make such keys. */
  makeKey(label: string): void {
    this.use(({ module, slot }) => {
      const writing = module.C_OpenSession(slot, this.library.CKF_SERIAL_SESSION | this.library.CKF_RW_SESSION);
      try {
        module.C_GenerateKey(
          writing,
          { mechanism: this.library.CKM_AES_KEY_GEN },
          newKeyTemplate(this.library, label, randomBytes(16)),
        );
      } catch (error) {
        if (LOST.has(answerOf(error))) throw error;
        throw new ConfigError([
          `F1_PKCS11_TOKEN: ${JSON.stringify(this.place.token)} makes no key (${(error as Error).message}): make one of 256 bits for AES with the tool of the vendor, sensitive, not extractable, labelled ${JSON.stringify(label)}`,
        ]);
      } finally {
        module.C_CloseSession(writing);
      }
    });
  }

  /**
   * AES-256-GCM by the module, packed as by `encrypt` of aead.ts. What does not open again at once counts as refused: it would be a
   * case that nobody can read. Throws MasterKeyAway.
   */
  encrypt(key: string, plain: Buffer, place: string): Buffer {
    try {
      return this.use((session) => {
        const sealing = this.seal(session, key, plain, place);
        if (!this.open(session, key, sealing, place).equals(plain)) throw ownIv();
        return packed(sealing);
      });
    } catch (error) {
      const answer = answerOf(error);
      if (answer === undefined) throw error;
      throw new MasterKeyAway(
        `the module does not encrypt with CKM_AES_GCM, an IV of ours (96 bits) and additional data (${answer}). ${CURE}`,
      );
    }
  }

  /**
   * Throws SealBroken when the bytes were wrapped by another key, or changed, and the module says as much; MasterKeyAway for whatever
   * else it answers, so that it is tried again: taken for a broken seal, a case would count as lost for a moment's failure.
   */
  decrypt(key: string, bytes: Buffer, place: string): Buffer {
    const sealing = unpacked(bytes, place);
    const attempt = (): Buffer => this.use((session) => this.open(session, key, sealing, place));
    try {
      return attempt();
    } catch (error) {
      if (answerOf(error) !== UNSAID) throw this.meaning(error, place);
    }
    this.assertWorks(key);
    try {
      return attempt();
    } catch (error) {
      if (answerOf(error) !== UNSAID) throw this.meaning(error, place);
    }
    this.assertWorks(key);
    throw new SealBroken(place);
  }

  private meaning(error: unknown, place: string): unknown {
    const answer = answerOf(error);
    if (answer === undefined) return error;
    return BROKEN.has(answer) ? new SealBroken(place) : new MasterKeyAway(`the module answers ${answer}`);
  }

  /**
   * Throws MasterKeyAway when this key does not work at this moment. It wraps something the first time and opens that from then on: a
   * key wraps safely 2^32 times with IVs by chance, and anybody may ask for readiness.
   */
  check(key: string): void {
    const probe = this.probes.get(key);
    if (!probe) {
      this.probes.set(key, this.encrypt(key, randomBytes(32), 'check'));
      return;
    }
    try {
      this.use((session) => this.open(session, key, unpacked(probe, 'check'), 'check'));
    } catch (error) {
      const answer = answerOf(error);
      if (answer === undefined) throw error;
      throw new MasterKeyAway(`the key ${key} does not open what it wrapped before (${answer})`);
    }
  }

  /** A key that may only open shows as much by saying that it does not wrap. */
  private assertWorks(key: string): void {
    try {
      this.check(key);
    } catch (error) {
      if (!(error instanceof MasterKeyAway && error.reason.includes('CKR_KEY_FUNCTION_NOT_PERMITTED'))) throw error;
    }
  }

  private seal(session: Session, key: string, plain: Buffer, place: string): Sealing {
    const iv = freshIv();
    const given = Buffer.from(iv); // a module that makes its own writes it over this one
    session.module.C_EncryptInit(session.handle, this.gcm(given, place), this.handleOf(session, key));
    const out = session.module.C_Encrypt(session.handle, plain, Buffer.alloc(plain.length + 4 * TAG));
    if (out.length !== plain.length + TAG || !given.equals(iv)) throw ownIv();
    return { iv, tag: out.subarray(plain.length), body: out.subarray(0, plain.length) };
  }

  private open(session: Session, key: string, { iv, tag, body }: Sealing, place: string): Buffer {
    session.module.C_DecryptInit(session.handle, this.gcm(iv, place), this.handleOf(session, key));
    const plain = session.module.C_Decrypt(session.handle, Buffer.concat([body, tag]), Buffer.alloc(body.length + TAG));
    return Buffer.from(plain);
  }

  /** Of the library's parameters for GCM the older ones leave the length of the IV to chance. */
  private gcm(iv: Buffer, place: string): { mechanism: number; parameter: object } {
    const { CKM_AES_GCM: mechanism, CK_PARAMS_AES_GCM_v240: type } = this.library;
    return {
      mechanism,
      parameter: { type, iv, ivBits: iv.length * 8, aad: Buffer.from(place, 'utf8'), tagBits: TAG * 8 },
    };
  }

  private handleOf(session: Session, key: string): Handle {
    if (!session.keys.has(key)) findKeys(this.library, session);
    const handle = session.keys.get(key);
    if (!handle)
      throw new MasterKeyAway(`the key ${key} is not on the token ${JSON.stringify(this.place.token)} any more`);
    return handle;
  }

  /** Works in the session that is open; when that was lost, in a new one, once. Throws MasterKeyAway. */
  private use<T>(work: (session: Session) => T): T {
    try {
      return work(this.opened());
    } catch (error) {
      if (!LOST.has(answerOf(error))) throw error;
    }
    this.close();
    try {
      return work(this.opened());
    } catch (error) {
      if (!LOST.has(answerOf(error))) throw error;
      this.close();
      throw this.left(`the module was opened anew and still answers ${answerOf(error)}`);
    }
  }

  /** A module that did not open is left alone for a moment: each call may block the process until the module gives up. */
  private opened(): Session {
    if (this.session && !this.session.life.over) return this.session;
    if (this.away && performance.now() < this.away.until) throw new MasterKeyAway(this.away.reason);
    try {
      this.session = openSession(this.library, this.place, this.refused);
      return this.session;
    } catch (error) {
      throw this.left(error instanceof ConfigError ? error.problems.join('; ') : String(error));
    }
  }

  private left(reason: string): MasterKeyAway {
    this.away = { until: performance.now() + PAUSE_MS, reason };
    return new MasterKeyAway(reason);
  }

  private close(): void {
    if (this.session) endModule(this.session);
    this.session = undefined;
  }
}

const CURE =
  'Modules in FIPS mode often take no IV: let this one take it, or keep the key in a key service (F1_MASTER_KEY_COMMAND)';

const ownIv = (): MasterKeyAway =>
  new MasterKeyAway(`the module makes its own IV for CKM_AES_GCM, and what it wrapped would not open. ${CURE}`);
