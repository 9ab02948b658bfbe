import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonical } from '../database/sealing.js';
import { fingerprint } from './fingerprint.js';

/** A key that signed once: what it signed until then stays genuine. */
export interface FormerSigningKey {
  readonly id: string;
  readonly publicKey: KeyObject;
  readonly until: Date;
}

/** Ed25519. Which former keys count is said beside the secret, never by the database that their signatures protect. */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly former: readonly FormerSigningKey[];
}

/** The key of this id, where it could sign at that moment. */
export function keyThatSigned(signing: SigningKey, id: string, at: Date): KeyObject | undefined {
  if (id === signing.id) return signing.publicKey;
  return signing.former.find((one) => one.id === id && at <= one.until)?.publicKey;
}

/** Processes that still sign with the former key are restarted within this time. */
const RESTART_WITHIN_MS = 24 * 3_600_000;
const FORMER_FILE = /^signing\.[0-9a-f]{16}\.pub$/;

/** From PKCS #8 DER in base64, with former keys as `f1 keys rotate-signing` writes them, separated by commas or blanks. */
export function signingKeyFrom(pkcs8: string, former: string): SigningKey {
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8, 'base64'), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const texts = former.split(/[\s,]+/).filter((text) => text !== '');
  return { id: idOf(publicKey), privateKey, publicKey, former: texts.map(formerFrom) };
}

/** What a data folder says of former keys. */
export const formerKeysIn = (folder: string): string =>
  readdirSync(folder)
    .filter((name) => FORMER_FILE.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join(' ');

/**
 * Makes a new key in the folder (`signing.key`). What the former one was, and until when it counts, is written beside it, with a
 * statement signed by the former key that names its successor: whoever knows the former key can trust the new one by it.
 */
export function renewSigningKeyIn(folder: string, former: SigningKey, now: Date): { id: string; former: string } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const until = new Date(now.getTime() + RESTART_WITHIN_MS).toISOString();
  const said = `${spki(former.publicKey)}@${until}`;
  const handover = Buffer.from(
    canonical({
      format: 'article-1f signing key handover 1',
      former: { id: former.id, publicKey: spki(former.publicKey), until },
      successor: { id: idOf(publicKey), publicKey: spki(publicKey) },
      at: now.toISOString(),
    }),
  );
  const write = (name: string, content: string | Buffer) =>
    writeFileSync(join(folder, name), content, { mode: 0o600, flush: true });
  write(`signing.${former.id}.pub`, said);
  write(`handover.${former.id}.json`, handover);
  write(`handover.${former.id}.sig`, sign(null, handover, former.privateKey));
  write('signing.key.new', privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'));
  renameSync(join(folder, 'signing.key.new'), join(folder, 'signing.key'));
  return { id: idOf(publicKey), former: said };
}

const spki = (key: KeyObject): string => key.export({ type: 'spki', format: 'der' }).toString('base64');
const idOf = (key: KeyObject): string => fingerprint(key.export({ type: 'spki', format: 'der' }));

function formerFrom(text: string): FormerSigningKey {
  const [key = '', until = ''] = text.split('@');
  const publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
  return { id: idOf(publicKey), publicKey, until: new Date(until) };
}
