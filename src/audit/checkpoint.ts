import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { SigningKey } from '../platform/keys/signing-key.js';

/** The state of the log at one moment: so many records, and the hash over all of them. */
export interface Checkpoint {
  /** Whose log it is. */
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  /** ISO instant. */
  readonly signedAt: string;
}

const SIGNATURE = /^\u2014 (\S+) ([A-Za-z0-9+/]+=*)$/;
const ED25519 = 1;

/** Whose log a key signs; the key's fingerprint makes it unique. */
export const originOf = (keyId: string): string => `article-1f-engine/${keyId}`;

/** What is signed: the lines of the note up to the empty one, each with its line feed. */
const bodyOf = ({ origin, size, root, signedAt }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\nsigned ${signedAt}\n`;

/** A checkpoint as a signed note with an Ed25519 signature (C2SP signed-note and tlog-checkpoint). */
export function signedNote(checkpoint: Checkpoint, privateKey: KeyObject): string {
  const body = bodyOf(checkpoint);
  const hint = keyHint(checkpoint.origin, createPublicKey(privateKey));
  const signature = Buffer.concat([hint, sign(null, Buffer.from(body), privateKey)]).toString('base64');
  return `${body}\n\u2014 ${checkpoint.origin} ${signature}\n`;
}

/** Reads a note and checks its signature; undefined when it is none, or was not signed with this key. */
export function readNote(note: string, publicKey: KeyObject): Checkpoint | undefined {
  const split = note.lastIndexOf('\n\n');
  const body = note.slice(0, split + 1);
  const [origin, size, root, signed] = body.split('\n');
  const [, name, encoded] = SIGNATURE.exec(note.slice(split + 2).trimEnd()) ?? [];
  if (split < 0 || !origin || !size || !root || !signed?.startsWith('signed ') || name !== origin || !encoded)
    return undefined;
  const signature = Buffer.from(encoded, 'base64');
  if (!signature.subarray(0, 4).equals(keyHint(origin, publicKey))) return undefined;
  if (!verify(null, Buffer.from(body), publicKey, signature.subarray(4))) return undefined;
  return {
    origin,
    size: Number(size),
    root: Buffer.from(root, 'base64'),
    signedAt: signed.slice('signed '.length),
  };
}

/** As `readNote`, with the installation's key of the time at which it was signed. */
export function readOwnNote(note: string, signing: SigningKey): Checkpoint | undefined {
  const own = readNote(note, signing.publicKey);
  if (own) return own;
  for (const { publicKey, until } of signing.former) {
    const read = readNote(note, publicKey);
    if (read && new Date(read.signedAt) <= until) return read;
  }
  return undefined;
}

/** The first four bytes of what names a key in a signed note. */
function keyHint(origin: string, publicKey: KeyObject): Buffer {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const raw = spki.subarray(spki.length - 32); // an Ed25519 SPKI ends with the key itself
  return createHash('sha256').update(`${origin}\n`).update(Buffer.of(ED25519)).update(raw).digest().subarray(0, 4);
}
