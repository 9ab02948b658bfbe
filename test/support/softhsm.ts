import { describe } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Config } from '../../src/platform/config/config.js';
import { type Cryptoki, type Handle, type Pkcs11, pkcs11 } from '../../src/platform/keys/pkcs11/library.js';
import { newKeyTemplate } from '../../src/platform/keys/pkcs11/token-keys.js';

const [PIN, SO_PIN] = ['invented-pin', 'invented-so-pin'];
const MODULE = process.env['F1_TEST_PKCS11_MODULE'];
const SETTINGS = process.env['SOFTHSM2_CONF'] ?? '';

/** What needs SoftHSM 2; where it is not installed the run's setup says so, and these are counted as skipped. */
export const describeWithSoftHsm = MODULE === undefined ? describe.skip : describe;

interface KeyWanted {
  readonly label: string;
  readonly id?: Buffer;
  readonly type?: 'CKM_AES_KEY_GEN' | 'CKM_DES3_KEY_GEN' | 'CKM_GENERIC_SECRET_KEY_GEN';
  readonly bytes?: number;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

type Vendors = Cryptoki & {
  C_DestroyObject(session: Handle, key: Handle): void;
  C_CloseAllSessions(slot: Handle): void;
  C_InitToken(slot: Handle, pin: string, label: string): void;
  C_InitPIN(session: Handle, pin: string): void;
};

/** A token of SoftHSM with a label of its own, and what somebody with the vendor's tool does to it. */
export class TestToken {
  readonly label = `token-${randomBytes(4).toString('hex')}`;
  readonly folder = mkdtempSync(join(tmpdir(), 'f1-token-'));
  readonly pinFile = join(this.folder, 'pin');
  readonly library: Pkcs11 & Readonly<Record<string, number>> = pkcs11() as never;
  readonly module = MODULE ?? '';

  constructor() {
    const module = this.loaded();
    const { CKF_USER_PIN_INITIALIZED: initialised } = this.library;
    const free = module.C_GetSlotList(true).find((one) => (module.C_GetTokenInfo(one).flags & initialised) === 0)!;
    module.C_InitToken(free, SO_PIN, this.label.padEnd(32));
    const slot = this.slotIn(module);
    const session = module.C_OpenSession(slot, this.library.CKF_SERIAL_SESSION | this.library.CKF_RW_SESSION);
    module.C_Login(session, this.library['CKU_SO']!, SO_PIN);
    module.C_InitPIN(session, PIN);
    module.C_CloseSession(session); // and with the last session its login
    this.writePin(PIN);
  }

  private loaded(): Vendors {
    const module = new this.library.PKCS11() as Vendors;
    module.load(this.module);
    quietly(() => module.C_Initialize(), 'CKR_CRYPTOKI_ALREADY_INITIALIZED');
    return module;
  }

  private slotIn(module: Vendors): Handle {
    return module.C_GetSlotList(true).find((one) => module.C_GetTokenInfo(one).label.trimEnd() === this.label)!;
  }

  writePin(pin: string): void {
    writeFileSync(this.pinFile, `${pin}\n`);
  }

  get place() {
    return { module: this.module, token: this.label, pinFile: this.pinFile };
  }

  environment(key?: string): Record<string, string> {
    return {
      F1_PKCS11_MODULE: this.module,
      F1_PKCS11_TOKEN: this.label,
      F1_PKCS11_PIN_FILE: this.pinFile,
      ...(key === undefined ? {} : { F1_PKCS11_KEY: key }),
    };
  }

  config(key: string | undefined, more: Partial<Config> = {}): Config {
    return Object.assign(new Config(), { NODE_ENV: 'test', F1_DATA_DIR: this.folder }, this.environment(key), more);
  }

  /**
   * A copy in a place of its own, for processes that are started with these variables: what happens to it there happens to no other
   * test.
   */
  apart(): { environment: Record<string, string>; takeAway(): void; bringBack(): void } {
    const tokens = join(dirname(SETTINGS), 'tokens');
    const own = readdirSync(tokens).find((name) =>
      readFileSync(join(tokens, name, 'token.object')).includes(this.label),
    )!;
    const [here, gone] = [join(this.folder, 'tokens'), join(this.folder, 'tokens-gone')];
    cpSync(join(tokens, own), join(here, own), { recursive: true });
    const settings = join(this.folder, 'softhsm2.conf');
    writeFileSync(settings, `directories.tokendir = ${here}\nlog.level = ERROR\n`);
    return {
      environment: { SOFTHSM2_CONF: settings, ...this.environment() },
      takeAway: () => renameSync(here, gone),
      bringBack: () => renameSync(gone, here),
    };
  }

  /** A key as asked for, or else as `f1 keys make` makes it. */
  makeKey({ label, id = randomBytes(16), type = 'CKM_AES_KEY_GEN', bytes = 32, attributes = {} }: KeyWanted): void {
    const named = Object.entries(attributes).map(([name, value]) => ({ type: this.library[name], value }));
    const instead = new Set(named.map((one) => one.type));
    if (type !== 'CKM_AES_KEY_GEN') instead.add(this.library.CKA_KEY_TYPE);
    if (type === 'CKM_DES3_KEY_GEN') instead.add(this.library.CKA_VALUE_LEN);
    const template = newKeyTemplate(this.library, label, id)
      .map((one) => (one.type === this.library.CKA_VALUE_LEN ? { ...one, value: bytes } : one))
      .filter((one) => !instead.has(one.type));
    this.inSession((module, session) =>
      module.C_GenerateKey(session, { mechanism: this.library[type]! }, [...template, ...(named as never[])]),
    );
  }

  /** Takes every key of this label off the token. */
  removeKeys(label: string): void {
    this.inSession((module, session) => {
      module.C_FindObjectsInit(session, [{ type: this.library.CKA_LABEL, value: label }]);
      const found = module.C_FindObjects(session, 10);
      module.C_FindObjectsFinal(session);
      for (const key of found) module.C_DestroyObject(session, key);
    });
  }

  /** Every session of this process ends, as when somebody pulls the token out for a moment. */
  loseSessions(): void {
    this.inSession((module, _session, slot) => module.C_CloseAllSessions(slot));
  }

  private inSession(work: (module: Vendors, session: Handle, slot: Handle) => unknown): void {
    const module = this.loaded();
    const slot = this.slotIn(module);
    const session = module.C_OpenSession(slot, this.library.CKF_SERIAL_SESSION | this.library.CKF_RW_SESSION);
    quietly(() => module.C_Login(session, this.library.CKU_USER, PIN), 'CKR_USER_ALREADY_LOGGED_IN');
    work(module, session, slot);
    quietly(() => module.C_CloseSession(session), 'CKR_SESSION_HANDLE_INVALID');
  }
}

function quietly(work: () => void, expected: string): void {
  try {
    work();
  } catch (error) {
    if ((error as Error).message !== expected) throw error;
  }
}
