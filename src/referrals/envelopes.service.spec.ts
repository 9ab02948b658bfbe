import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { Config } from '../platform/config/config.js';
import type { Database } from '../platform/database/database.js';
import { DataKey } from '../platform/database/sealing.js';
import type { Keys } from '../platform/keys/keys.module.js';
import type { Channel } from './delivery-channel.js';
import type { StartedParcel } from './delivery.store.js';
import { EnvelopesService } from './envelopes.service.js';

const CASE = '0190a5d2-0000-7000-8000-000000000001';
const ID = '0190a5d2-0000-7000-8000-000000000002';
const { publicKey } = generateKeyPairSync('x25519');
const recipients = [
  { id: ID, keyId: 'theirs', publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') },
];
const key = DataKey.create(CASE);

/** Stores every envelope that it is asked to. */
const storing = {
  inWorkerTx: (work: (tx: object) => unknown) => work({ rows: () => [{ referral_id: ID, number: 1 }] }),
} as unknown as Database;
const keys = { signing: { ...generateKeyPairSync('ed25519'), id: 'ours', former: [] } } as unknown as Keys;

const outgoing = (nodeEnv: 'production' | 'development', parcel: Partial<StartedParcel>) =>
  new EnvelopesService(Object.assign(new Config(), { NODE_ENV: nodeEnv }), storing, keys).outgoing({
    referralId: ID,
    plain: true,
    envelope: null,
    encryptionKeys: [],
    packageSha256: 'a'.repeat(64),
    startedAt: new Date(),
    open: () => '{"the": "package"}',
    key: () => key,
    ...parcel,
  } as StartedParcel);

describe('what went out in clear once', () => {
  const outside = ['webhook', 'file'] as const satisfies readonly Channel[];

  it.each(outside)('by %s goes out so again outside production', async (channel) => {
    expect(await outgoing('development', { channel })).toMatchObject({ encrypted: false, body: '{"the": "package"}' });
  });

  it.each(outside)('by %s waits for a key of its recipient in production', async (channel) => {
    expect(await outgoing('production', { channel })).toBeUndefined();
  });

  it.each(outside)('by %s goes into an envelope in production', async (channel) => {
    const sent = await outgoing('production', { channel, encryptionKeys: recipients });
    expect(sent?.encrypted).toBe(true);
    expect(sent?.body).not.toContain('package"');
  });

  it.each(['inbox', 'paper'] as const)('never leaves by %s, which needs no envelope', async (channel) => {
    expect(await outgoing('production', { channel })).toMatchObject({ encrypted: false });
  });
});
