import { describe, expect, it } from '@jest/globals';
import { CompactSign, compactVerify } from 'jose';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { BadJws, signedJws, verifiedJws } from './jws.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const said = Buffer.from('{"said":"an invented sentence"}');

const part = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const withHeader = (header: object | string): string => {
  const text = `${part(header)}.${part('x')}`;
  return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
};
const refusal = (jws: string, key: KeyObject = publicKey): unknown => {
  try {
    return verifiedJws(jws, key).toString('utf8');
  } catch (error) {
    return error instanceof BadJws ? error.why : error;
  }
};

describe('a signed text', () => {
  it('is verified by jose, and what jose signs is verified here', async () => {
    const ours = signedJws(said, { kid: 'one', typ: 'f1-referral' }, privateKey);
    const { payload, protectedHeader } = await compactVerify(ours, publicKey, { algorithms: ['EdDSA'] });
    expect(Buffer.from(payload)).toEqual(said);
    expect(protectedHeader).toEqual({ alg: 'EdDSA', kid: 'one', typ: 'f1-referral' });
    for (const alg of ['EdDSA', 'Ed25519']) {
      const theirs = await new CompactSign(said).setProtectedHeader({ alg }).sign(privateKey);
      expect(verifiedJws(theirs, publicKey)).toEqual(said);
    }
  });

  it('of another key, or changed, is told apart from what is no signed text', () => {
    const jws = signedJws(said, {}, privateKey);
    const [header, , signature] = jws.split('.');
    expect(refusal(jws)).toBe(said.toString('utf8'));
    expect(refusal(jws, generateKeyPairSync('ed25519').publicKey)).toBe('otherKey');
    expect(refusal(`${header}.${part('{"said":"something else"}')}.${signature}`)).toBe('otherKey');
  });

  it.each([
    ['no text', ''],
    ['an answer in plain JSON', said.toString('utf8')],
    ['two parts', 'a.b'],
    ['four parts', `${signedJws(said, {}, privateKey)}.a`],
    ['no signature', `${part({ alg: 'none' })}.${part('x')}.`],
    ['another algorithm', withHeader({ alg: 'HS256' })],
    ['a header to be understood', withHeader({ alg: 'EdDSA', crit: ['b64'], b64: false })],
    ['a header that is no object', withHeader('null')],
    ['a header that is no JSON', withHeader('{')],
    ['a signature with something after it', `${signedJws(said, {}, privateKey)}=`],
  ])('is not %s', (_what, text) => {
    expect(refusal(text)).toBe('malformed');
  });

  it('is not verified by a key of another kind', () => {
    const { publicKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(refusal(signedJws(said, {}, privateKey), rsa)).toBe('malformed');
  });
});
