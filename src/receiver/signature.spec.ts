import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { webhookHeaders } from '../referrals/webhook-signature.js';
import { verifyWebhook } from './signature.js';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const now = new Date('2026-11-21T12:00:00Z');
const seconds = now.getTime() / 1000;
const body = '{"é":1}';
const headers = webhookHeaders('ref', body, now, privateKey);

describe('a webhook signature', () => {
  it('is accepted for the id, time and bytes it was made for', () => {
    expect(verifyWebhook(headers, Buffer.from(body), publicKey, seconds + 299)).toEqual({ ok: true, id: 'ref' });
  });

  it.each([
    ['another body', headers, '{"é":2}', seconds],
    ['another id', { ...headers, 'webhook-id': 'other' }, body, seconds],
    ['another time', { ...headers, 'webhook-timestamp': String(seconds + 1) }, body, seconds],
    ['a replay', headers, body, seconds + 301],
    ['a time that is none', { ...headers, 'webhook-timestamp': 'soon' }, body, seconds],
    ['no signature', { ...headers, 'webhook-signature': undefined }, body, seconds],
    [
      'another scheme',
      { ...headers, 'webhook-signature': headers['webhook-signature']!.replace('v1a', 'v1') },
      body,
      seconds,
    ],
  ])('is refused for %s', (_what, given, text, at) => {
    expect(verifyWebhook(given, Buffer.from(text), publicKey, at).ok).toBe(false);
  });

  it('is found among several, as during a change of keys', () => {
    const other = webhookHeaders('ref', body, now, generateKeyPairSync('ed25519').privateKey)['webhook-signature'];
    const both = { ...headers, 'webhook-signature': `${other} ${headers['webhook-signature']}` };
    expect(verifyWebhook(both, Buffer.from(body), publicKey, seconds).ok).toBe(true);
  });
});
