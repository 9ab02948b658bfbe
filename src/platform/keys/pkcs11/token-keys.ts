import { fingerprint } from '../fingerprint.js';
import { answerOf, type Handle, type Pkcs11 } from './library.js';
import type { Session } from './session.js';

/** A secret key on the token, by what it says of itself. */
export interface TokenKey {
  /** 16 hex digits. */
  readonly id: string;
  readonly label: string;
  /** For AES with 256 bits, and may decrypt. */
  readonly opens: boolean;
  /** Why it must not wrap what is new; undefined when it may. */
  readonly unfit: string | undefined;
}

const AT_MOST = 1_000;

/** All secret keys of that label, or all there are; remembers their handles in the session. */
export function findKeys(library: Pkcs11, session: Session, label?: string): TokenKey[] {
  const { module, handle } = session;
  module.C_FindObjectsInit(handle, [
    { type: library.CKA_CLASS, value: library.CKO_SECRET_KEY },
    ...(label === undefined ? [] : [{ type: library.CKA_LABEL, value: label }]),
  ]);
  const found = module.C_FindObjects(handle, AT_MOST);
  module.C_FindObjectsFinal(handle);
  return found.map((object) => {
    const key = keyAt(library, session, object);
    session.keys.set(key.id, object);
    return key;
  });
}

function keyAt(library: Pkcs11, session: Session, object: Handle): TokenKey {
  const read = (type: number): Buffer | undefined => {
    try {
      return session.module.C_GetAttributeValue(session.handle, object, [{ type }])[0]?.value;
    } catch (error) {
      const answer = answerOf(error);
      // An attribute that this module does not have, or does not tell of this object.
      if (answer === 'CKR_ATTRIBUTE_TYPE_INVALID' || answer === 'CKR_ATTRIBUTE_SENSITIVE') return undefined;
      throw error;
    }
  };
  const says = (type: number): boolean => (read(type)?.[0] ?? 0) !== 0;
  const number = (type: number): number | undefined => read(type)?.readUInt32LE(0);
  const isAes256 = number(library.CKA_KEY_TYPE) === library.CKK_AES && number(library.CKA_VALUE_LEN) === 32;
  const label = read(library.CKA_LABEL) ?? Buffer.alloc(0);
  const unfit = !isAes256
    ? 'is no key of 256 bits for AES'
    : says(library.CKA_EXTRACTABLE) || !says(library.CKA_SENSITIVE)
      ? 'can be taken out of the module (CKA_EXTRACTABLE, or not CKA_SENSITIVE)'
      : !says(library.CKA_ENCRYPT) || !says(library.CKA_DECRYPT)
        ? 'may not both encrypt and decrypt (CKA_ENCRYPT, CKA_DECRYPT)'
        : undefined;
  return {
    id: idOf([label, read(library.CKA_ID), read(library.CKA_CHECK_VALUE)]),
    label: label.toString('utf8'),
    opens: isAes256 && says(library.CKA_DECRYPT),
    unfit,
  };
}

/**
 * From what a key keeps when its token is restored or copied: label, CKA_ID and, where the module has one, the check value, by which a
 * key made anew under an old name is another one. Nothing is computed with the key for it.
 */
const idOf = (parts: readonly (Buffer | undefined)[]): string =>
  fingerprint(
    Buffer.concat(
      ['pkcs11', ...parts].flatMap((part) => {
        const bytes = Buffer.from(part ?? '');
        return [Buffer.of(bytes.length >> 8, bytes.length & 255), bytes];
      }),
    ),
  );

/** AES-256, never to leave the token in any form, for nothing but encrypting and decrypting. */
export const newKeyTemplate = (library: Pkcs11, label: string, id: Buffer) => [
  { type: library.CKA_CLASS, value: library.CKO_SECRET_KEY },
  { type: library.CKA_KEY_TYPE, value: library.CKK_AES },
  { type: library.CKA_VALUE_LEN, value: 32 },
  { type: library.CKA_LABEL, value: label },
  { type: library.CKA_ID, value: id },
  { type: library.CKA_TOKEN, value: true },
  { type: library.CKA_PRIVATE, value: true },
  { type: library.CKA_SENSITIVE, value: true },
  { type: library.CKA_EXTRACTABLE, value: false },
  { type: library.CKA_ENCRYPT, value: true },
  { type: library.CKA_DECRYPT, value: true },
  { type: library.CKA_WRAP, value: false },
  { type: library.CKA_UNWRAP, value: false },
];
