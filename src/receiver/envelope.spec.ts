import { describe, expect, it } from '@jest/globals';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { canonical } from '../platform/database/sealing.js';
import { envelopeOf } from '../referrals/envelope.js';
import { openEnvelope, publicHalf } from './envelope.js';

const sender = generateKeyPairSync('ed25519');
const signing = { id: 'sender', privateKey: sender.privateKey };
const [first, second] = [
  generateKeyPairSync('x25519').privateKey,
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
];
const key = (privateKey: typeof first, keyId: string) => ({ id: keyId, keyId, publicKey: publicHalf(privateKey) });
const hashOf = (value: unknown) => createHash('sha256').update(canonical(value)).digest('hex');
const facts = { said: 'an invented sentence' };
const referral = { referralId: 'ref', facts, manifest: { parts: { facts: hashOf(facts) } } };

const made = (over: object = {}, keys = [key(first, 'one'), key(second, 'two')], signer = signing) =>
  envelopeOf(canonical({ ...referral, ...over }), signer, keys);
const opened = (text: string, own = [first]) => openEnvelope(text, 'ref', { own, sender: sender.publicKey });

describe('an envelope', () => {
  it('is opened by either of two keys, as while a recipient changes its key, and shows nothing of what is inside', async () => {
    const text = await made();
    expect(text).not.toContain('invented');
    expect(await opened(text, [first])).toEqual({ ok: true, referral, packageSha256: hashOf(referral) });
    expect(await opened(text, [second])).toEqual({ ok: true, referral, packageSha256: hashOf(referral) });
  });

  it('is opened by no other key', async () => {
    const stranger = generateKeyPairSync('x25519').privateKey;
    expect(await opened(await made(), [stranger])).toMatchObject({ ok: false, why: expect.stringContaining('no key') });
  });

  it('is refused when one character of it was changed', async () => {
    const { ciphertext, ...rest } = JSON.parse(await made()) as { ciphertext: string };
    const changed = (ciphertext.startsWith('A') ? 'B' : 'A') + ciphertext.slice(1);
    expect((await opened(JSON.stringify({ ...rest, ciphertext: changed }))).ok).toBe(false);
  });

  it.each([
    [
      'another sender',
      () => made({}, undefined, { id: 'x', privateKey: generateKeyPairSync('ed25519').privateKey }),
      'did not sign',
    ],
    ['another referral', () => made({ referralId: 'other' }), 'another referral'],
    ['a part that its manifest does not name so', () => made({ facts: { said: 'something else' } }), 'facts'],
    ['no manifest', () => made({ manifest: null }), 'manifest'],
    ['no envelope', () => Promise.resolve(canonical(referral)), 'no key'],
  ])('is refused with %s', async (_what, make, why) => {
    expect(await opened(await make())).toEqual({ ok: false, why: expect.stringContaining(why) });
  });
});
