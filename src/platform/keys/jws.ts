import { type KeyObject, sign, verify } from 'node:crypto';

/** What is wrong with a JWS: it is none of the kind that we take, or another key signed it. */
export class BadJws extends Error {
  constructor(readonly why: 'malformed' | 'otherKey') {
    super(why === 'malformed' ? 'this is no signed text of the kind expected' : 'another key signed this');
  }
}

/** A compact JWS (RFC 7515, EdDSA) over these bytes. */
export function signedJws(payload: Buffer, header: Readonly<Record<string, string>>, privateKey: KeyObject): string {
  const protectedHeader = Buffer.from(JSON.stringify({ alg: 'EdDSA', ...header })).toString('base64url');
  const signed = `${protectedHeader}.${payload.toString('base64url')}`;
  return `${signed}.${sign(null, Buffer.from(signed, 'latin1'), privateKey).toString('base64url')}`;
}

/** The bytes that this Ed25519 key signed. Throws BadJws. */
export function verifiedJws(jws: string, publicKey: KeyObject): Buffer {
  const parts = jws.split('.', 4);
  if (publicKey.asymmetricKeyType !== 'ed25519' || parts.length !== 3) throw new BadJws('malformed');
  const [header, payload, signature] = parts.map(decoded) as [Buffer, Buffer, Buffer];
  if (!isOurs(header)) throw new BadJws('malformed');
  const signed = Buffer.from(jws.slice(0, jws.lastIndexOf('.')), 'latin1');
  if (!verify(null, signed, publicKey, signature)) throw new BadJws('otherKey');
  return payload;
}

/** What Node leaves out of base64 that is none would make two texts of one signature. */
function decoded(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) throw new BadJws('malformed');
  return bytes;
}

/** Another algorithm is refused whatever the key, and so is a header that asks for something to be understood (`crit`). */
function isOurs(bytes: Buffer): boolean {
  try {
    const header = JSON.parse(bytes.toString('utf8')) as Record<string, unknown> | null;
    return (header?.['alg'] === 'EdDSA' || header?.['alg'] === 'Ed25519') && header['crit'] === undefined;
  } catch {
    return false;
  }
}
