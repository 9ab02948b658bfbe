import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { originOf, readNote, signedNote } from './checkpoint.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const checkpoint = {
  origin: originOf('0123456789abcdef'),
  size: 1234,
  root: Buffer.alloc(32, 7),
  signedAt: '2026-01-02T03:04:05.000Z',
};

describe('a signed checkpoint', () => {
  it('reads as it was signed', () => {
    const note = signedNote(checkpoint, privateKey);
    expect(readNote(note, publicKey)).toEqual(checkpoint);
    expect(note.split('\n').slice(0, 3)).toEqual([
      'article-1f-engine/0123456789abcdef',
      '1234',
      checkpoint.root.toString('base64'),
    ]);
  });

  it.each([
    ['another size', (note: string) => note.replace('1234', '1235')],
    ['another time', (note: string) => note.replace('2026-01-02', '2026-01-03')],
    ['another origin', (note: string) => note.replaceAll('0123456789abcdef', 'fedcba9876543210')],
    ['no signature', (note: string) => note.slice(0, note.indexOf('\u2014'))],
    ['nothing', () => ''],
  ])('is refused with %s', (_, forge) => {
    expect(readNote(forge(signedNote(checkpoint, privateKey)), publicKey)).toBeUndefined();
  });

  it('is refused when another key signed it', () => {
    const other = generateKeyPairSync('ed25519');
    expect(readNote(signedNote(checkpoint, other.privateKey), publicKey)).toBeUndefined();
  });
});
