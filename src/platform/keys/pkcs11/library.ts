import { createRequire } from 'node:module';
import { ConfigError } from '../../config/config.js';

/** Of a slot, a session or an object of the module; good until the module is opened anew. */
export type Handle = Buffer;

interface Attribute {
  readonly type: number;
  readonly value?: Buffer | string | number | boolean;
}

interface Mechanism {
  readonly mechanism: number;
  readonly parameter?: object;
}

/** As much of PKCS#11 as is used here. A failure throws an error whose message begins with the name of the return value. */
export interface Cryptoki {
  load(file: string): void;
  C_Initialize(): void;
  C_Finalize(): void;
  C_GetSlotList(tokenPresent: boolean): Handle[];
  C_GetTokenInfo(slot: Handle): { readonly label: string; readonly flags: number };
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_Login(session: Handle, user: number, pin: string): void;
  C_FindObjectsInit(session: Handle, template: readonly Attribute[]): void;
  C_FindObjects(session: Handle, atMost: number): Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(
    session: Handle,
    object: Handle,
    template: readonly Attribute[],
  ): { readonly type: number; readonly value: Buffer }[];
  C_GenerateKey(session: Handle, mechanism: Mechanism, template: readonly Attribute[]): Handle;
  C_EncryptInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_Encrypt(session: Handle, plain: Buffer, room: Buffer): Buffer;
  C_DecryptInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_Decrypt(session: Handle, sealed: Buffer, room: Buffer): Buffer;
}

type Constant =
  | `CKA_${'CLASS' | 'KEY_TYPE' | 'VALUE_LEN' | 'LABEL' | 'ID' | 'CHECK_VALUE' | 'TOKEN' | 'PRIVATE' | 'SENSITIVE' | 'EXTRACTABLE' | 'ENCRYPT' | 'DECRYPT' | 'WRAP' | 'UNWRAP'}`
  | `CKF_${'SERIAL_SESSION' | 'RW_SESSION' | 'USER_PIN_INITIALIZED' | 'USER_PIN_FINAL_TRY' | 'USER_PIN_LOCKED'}`
  | `CKM_${'AES_GCM' | 'AES_KEY_GEN'}`
  | 'CKK_AES'
  | 'CKO_SECRET_KEY'
  | 'CKU_USER'
  | 'CK_PARAMS_AES_GCM_v240';

/**
 * The npm package pkcs11js. It is optional and compiled where it is installed, so its types are not there for everybody: what is
 * used of it is declared here.
 */
export type Pkcs11 = { readonly PKCS11: new () => Cryptoki } & Readonly<Record<Constant, number>>;

/** Throws ConfigError where the package is not installed. */
export function pkcs11(): Pkcs11 {
  try {
    return createRequire(import.meta.url)('pkcs11js') as Pkcs11;
  } catch (error) {
    const [why] = (error as Error).message.split('\n');
    throw new ConfigError([
      `F1_PKCS11_MODULE needs the package pkcs11js, which is not installed or not compiled here (${why}): install python3, make and a C++ compiler, then run npm ci again`,
    ]);
  }
}

/** The name of what a module answered, such as CKR_PIN_INCORRECT; undefined of an error that is none of a module's. */
export const answerOf = (error: unknown): string | undefined =>
  /^CKR_[A-Z0-9_]+/.exec(error instanceof Error ? error.message : '')?.[0];
