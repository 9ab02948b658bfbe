import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { instantIn, signReceipt, verifyReceipt } from './signed-receipt.js';

const now = new Date('2026-11-22T12:00:00Z');
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const receipts = {
  keys: [publicKey.export({ type: 'spki', format: 'der' }).toString('base64')],
  bodies: ['b'.repeat(64)],
  packageSha256: 'c'.repeat(64),
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

describe('an instant in a text', () => {
  it.each(['11/22/60', '2026-11-31T11:59:00Z', '2026-11-22', '', undefined, 0])('is not %s', (text) => {
    expect(instantIn(text)).toBeUndefined();
  });
});
