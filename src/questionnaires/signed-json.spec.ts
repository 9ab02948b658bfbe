import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publicKeyFrom } from './signed-json.js';

describe('a public key given by name', () => {
  const { publicKey } = generateKeyPairSync('ed25519');
  const line = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'f1-keys-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['a PEM file', publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    ['its line', `${line}\n`],
    ['what f1 keys prints', `signing key 0123, public key (SPKI DER, base64):\n${line}\nmaster key 4567\n`],
    ['what f1 keys --json prints', `${JSON.stringify({ ok: true, masterKeyId: 'm', publicKey: line })}\n`],
  ])('is read from %s', (_, text) => {
    const file = join(folder, 'key');
    writeFileSync(file, text);
    expect(publicKeyFrom(file).equals(publicKey)).toBe(true);
  });

  test.each(['nothing.pem', 'c2hvcnQ='])('is refused from %s, and says what to give', (given) => {
    expect(() => publicKeyFrom(given)).toThrow('is no Ed25519 public key: give a PEM file');
  });
});
