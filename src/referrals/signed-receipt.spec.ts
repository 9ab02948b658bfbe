import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { instantIn, signReceipt, verifyReceipt } from './signed-receipt.js';

const now = new Date('2026-11-22T12:00:00Z');
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const receipts = {
  keys: [publicKey.export({ type: 'spki', format: 'der' }).toString('base64')],
  bodies: ['b'.repeat(64)],
  packageSha256: 'c'.repeat(64),
  referral: { madeAt: new Date('2026-11-22T11:40:00Z'), askedAt: now },
};
const claim = { referralId: 'an id', bodySha256: receipts.bodies[0]!, receivedAt: '2026-11-22T11:59:00Z' };
const answer = async (receivedAt: unknown) =>
  verifyReceipt(
    await signReceipt({ ...claim, receivedAt: receivedAt as string }, privateKey),
    { referralId: 'an id', receipts },
    now,
  );

describe('the time in a receipt', () => {
  it.each([
    ['2026-11-22T11:59:00Z', '2026-11-22T11:59:00.000Z'],
    ['2026-11-22T13:09:59.5+01:00', '2026-11-22T12:09:59.500Z'],
  ])('%s is taken as the instant it names', async (written, instant) => {
    expect(await answer(written)).toMatchObject({ outcome: 'received', receivedAt: new Date(instant) });
  });

  it.each([
    '11/22/60',
    '11/22/26',
    'Nov 22 2026',
    '2026-11-22',
    '2026-11-22T11:59:00',
    '2026-11-31T11:59:00Z',
    '-200000-01-01T00:00:00Z',
    '1970-01-01T00:00:00Z',
    '2026-11-22T12:10:01Z',
    'x',
    1_700_000_000_000,
    null,
  ])('%s proves nothing', async (written) => {
    expect(await answer(written)).toEqual({ outcome: 'badReceipt', problem: 'wrongReceipt' });
  });
});

describe('what a receipt says', () => {
  const { bodySha256, receivedAt } = claim;
  it.each<[string, unknown]>([
    ['its id in a list', { ...claim, referralId: ['an id'] }],
    ['its id with a NUL', { ...claim, referralId: 'an id\0' }],
    ['its hash in a list', { ...claim, bodySha256: [bodySha256] }],
    ['a huge number for its hash', { ...claim, bodySha256: 1e308 }],
    ['the hash of the package in a list', { ...claim, bodySha256: '', packageSha256: [receipts.packageSha256] }],
    ['its time in a list', { ...claim, receivedAt: [receivedAt] }],
    ['its time with a NUL', { ...claim, receivedAt: `${receivedAt}\0` }],
    ['a huge number for its time', { ...claim, receivedAt: 1e308 }],
    ['all of it in a list', [claim]],
    ['nothing', {}],
  ])('proves nothing as %s', async (_what, said) => {
    const jws = await signReceipt(said as typeof claim, privateKey);
    expect(await verifyReceipt(jws, { referralId: 'an id', receipts }, now)).toEqual({
      outcome: 'badReceipt',
      problem: 'wrongReceipt',
    });
  });

  it.each([
    ['a NUL behind it', (jws: string) => `${jws}\0`],
    ['a NUL in it', (jws: string) => `${jws.slice(0, -3)}\0${jws.slice(-3)}`],
  ])('proves nothing with %s', async (_what, written) => {
    const jws = written(await signReceipt(claim, privateKey));
    expect(await verifyReceipt(jws, { referralId: 'an id', receipts }, now)).toEqual({
      outcome: 'badReceipt',
      problem: 'unsignedReceipt',
    });
  });
});

describe('a receipt dated before its referral was made', () => {
  const dated = async (receivedAt: string, referral: { madeAt: string; askedAt: string }, at = now) =>
    verifyReceipt(
      await signReceipt({ ...claim, receivedAt }, privateKey),
      {
        referralId: 'an id',
        receipts: { ...receipts, referral: { madeAt: new Date(referral.madeAt), askedAt: new Date(referral.askedAt) } },
      },
      at,
    );
  const made = { madeAt: '2026-11-22T11:59:00Z', askedAt: '2026-11-22T12:00:00Z' };

  it('proves nothing, and is told as that', async () => {
    for (const early of ['2026-11-22T11:48:59Z', '2026-11-21T12:00:00Z', '2025-12-01T00:00:00Z'])
      expect(await dated(early, made)).toEqual({ outcome: 'badReceipt', problem: 'receiptBeforeReferral' });
  });

  it('counts where the clock of the recipient is a few minutes behind ours', async () => {
    expect(await dated('2026-11-22T11:49:01Z', made)).toMatchObject({ outcome: 'received' });
  });

  it.each([
    ['database runs a month ahead', { madeAt: '2026-12-22T11:59:00Z', askedAt: '2026-12-22T12:00:00Z' }, now],
    ['database was set back since', { madeAt: '2026-12-22T11:59:00Z', askedAt: '2026-12-21T12:00:00Z' }, now],
    ['process runs a month ahead', made, new Date('2026-12-22T12:00:00Z')],
  ])('is not what one is when the clock of the %s', async (_what, referral, at) => {
    expect(await dated('2026-11-22T11:59:30Z', referral, at)).toMatchObject({ outcome: 'received' });
  });
});

describe('an instant in a text', () => {
  it.each(['11/22/60', '2026-11-31T11:59:00Z', '2026-11-22', '', undefined, 0])('is not %s', (text) => {
    expect(instantIn(text)).toBeUndefined();
  });
});
