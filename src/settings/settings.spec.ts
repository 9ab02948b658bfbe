import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { InvalidInput } from '../platform/http/problem.js';
import { validated } from '../platform/http/validation.js';
import { Settings } from './settings.dto.js';

const UNIT = { code: 'unit', name: 'An invented unit', country: 'BE', channel: 'webhook' };
const REACHED = { ...UNIT, endpoint: 'https://unit.example/in' };
const key = (purpose: string, type: 'x25519' | 'ed25519') => {
  const { publicKey } = generateKeyPairSync(type as 'ed25519');
  const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return { purpose, publicKey: spki, validFrom: '2026-01-01' };
};
const ADD =
  'webhook brings signed receipts back: add the key that verifies them to its "keys", with "purpose": "receipt"';

const wrongWith = async (authority: object): Promise<readonly { pointer: string; detail: string }[]> => {
  try {
    await validated(Settings, { authorities: [authority] });
    return [];
  } catch (error) {
    return (error as InvalidInput).errors;
  }
};

describe('an authority in a settings file', () => {
  it.each([
    ['names no key', REACHED],
    ['names an empty list of keys', { ...REACHED, keys: [] }],
    ['names only one to encrypt to', { ...REACHED, keys: [key('encryption', 'x25519')] }],
  ])('that is reached by webhook and %s is told at its channel which key to add', async (_what, authority) => {
    expect(await wrongWith(authority)).toEqual([{ pointer: '/authorities/0/channel', detail: ADD }]);
  });

  it('whose key stands under another name is told that name, and where a key belongs', async () => {
    expect(await wrongWith({ ...REACHED, receiptKey: key('receipt', 'ed25519').publicKey })).toEqual([
      { pointer: '/authorities/0/receiptKey', detail: 'there is no such field here' },
      { pointer: '/authorities/0/channel', detail: ADD },
    ]);
  });

  it('whose keys are no list is told so', async () => {
    const [, wrong] = await wrongWith({ ...REACHED, keys: 'a key' });
    expect(wrong).toMatchObject({ pointer: '/authorities/0/keys' });
  });

  it.each([
    ['a receipt key', { ...REACHED, keys: [key('receipt', 'ed25519')] }],
    ['the receipt key as it was named before', { ...REACHED, receiptPublicKey: 'a key' }],
    ['an inbox', { ...UNIT, channel: 'inbox' }],
  ])('with %s is in order', async (_what, authority) => {
    expect(await wrongWith(authority)).toEqual([]);
  });
});
