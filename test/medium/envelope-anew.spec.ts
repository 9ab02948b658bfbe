import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { place } from '../../src/domain/referral/file.js';
import { fingerprint } from '../../src/platform/keys/fingerprint.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import type { SigningKey } from '../../src/platform/keys/signing-key.js';
import { openEnvelope, publicHalf } from '../../src/receiver/envelope.js';
import type { FileOnCase } from '../faults/support/referral-case.js';
import { eventually } from '../faults/support/referral-system.js';
import { aTelling, type Telling } from '../support/telling.js';

describe('an envelope that is sent again', () => {
  const [older, newer] = [0, 1].map(() => generateKeyPairSync('x25519').privateKey) as [KeyObject, KeyObject];
  let telling: Telling;
  let id: string;
  let file: FileOnCase;

  beforeAll(async () => {
    telling = await aTelling();
    await telling.receiver.fail('error500');
    for (const key of [older, newer]) {
      const publicKey = publicHalf(key);
      await telling.owner(
        `INSERT INTO authority_key (id, authority_id, purpose, public_key, key_id, valid_from)
         VALUES ($1, $2, 'encryption', $3, $4, '2020-01-01')`,
        [
          randomUUID(),
          telling.house.authorities['abroad']!.id,
          publicKey,
          fingerprint(Buffer.from(publicKey, 'base64')),
        ],
      );
    }
  });
  afterAll(() => telling?.stop());

  beforeEach(async () => {
    await inForce(newer, false);
    await inForce(older, true);
    ({ id, file } = await telling.refer());
    await attempted(1);
  });

  const inForce = (key: KeyObject, so: boolean) =>
    telling.owner(
      `UPDATE authority_key SET valid_until = CASE WHEN $2 THEN NULL ELSE now() - interval '1 s' END WHERE public_key = $1`,
      [publicHalf(key), so],
    );
  const attempted = (times: number) =>
    eventually(async () => {
      const refused = `SELECT FROM delivery_attempt WHERE referral_id = $1 AND finished_at IS NOT NULL`;
      return (await telling.read(refused, id)).length >= times;
    });
  const tryAgain = async () => {
    await telling.owner('UPDATE outbox SET next_attempt_at = now() WHERE referral_id = $1', [id]);
    await attempted(2);
  };
  const envelopes = async () => {
    const rows = await telling.read<{ number: number; sealed: Buffer; signed_by: string | null }>(
      'SELECT number, sealed, signed_by FROM envelope WHERE referral_id = $1 ORDER BY number',
      id,
    );
    return rows.map(({ number, sealed, signed_by }) => ({
      signedBy: signed_by,
      body: file.key.open<string>(sealed, place('envelope', id, number)),
    }));
  };
  const opens = async (body: string, key: KeyObject, sender = telling.system.get(Keys).signing.publicKey) =>
    (await openEnvelope(body, id, { own: [key], sender })).ok;
  /** Does it while we sign with another key, and the one of before counts for so long. */
  const withAnotherKeyOfOurs = async (countsForMs: number, work: (now: SigningKey) => Promise<void>) => {
    const keys = telling.system.get(Keys);
    const { signing: before } = keys;
    const until = new Date(Date.now() + countsForMs);
    const now = { ...generateKeyPairSync('ed25519'), id: 'another', former: [{ ...before, until }] };
    Object.defineProperty(keys, 'signing', { value: now, configurable: true });
    try {
      await work(now);
    } finally {
      Object.defineProperty(keys, 'signing', { value: before, configurable: true });
    }
  };

  it('is the same while a key that opens it is in force, also when there is another one', async () => {
    await inForce(newer, true);
    await tryAgain();
    expect(await envelopes()).toHaveLength(1);
  });

  it('is made anew, for the keys in force, once none that opens it is in force any more', async () => {
    await inForce(newer, true);
    await inForce(older, false);
    await tryAgain();
    const [first, second] = await envelopes();
    expect(await Promise.all([opens(first!.body, older), opens(first!.body, newer)])).toEqual([true, false]);
    expect(await Promise.all([opens(second!.body, older), opens(second!.body, newer)])).toEqual([false, true]);
  });

  it('does not leave while its recipient has no key in force', async () => {
    await inForce(older, false);
    await tryAgain();
    expect(await envelopes()).toHaveLength(1);
    const problems = 'SELECT problem FROM delivery_attempt WHERE referral_id = $1 ORDER BY number';
    expect(await telling.read(problems, id)).toEqual([{ problem: 'serverError' }, { problem: 'noEncryptionKey' }]);
  });

  it('is the same as long as a former key of ours counts that signed it', async () => {
    const { signing } = telling.system.get(Keys);
    await withAnotherKeyOfOurs(3_600_000, tryAgain);
    const made = await envelopes();
    expect(made.map(({ signedBy }) => signedBy)).toEqual([signing.id]);
  });

  it.each([
    ['our key that signed it counts no more', ''],
    ['it may be one of those from before it was noted who signed them', 'signed_by = NULL'],
  ])('is made anew when %s', async (_when, set) => {
    if (set !== '')
      await telling.owner(`ALTER TABLE envelope DISABLE TRIGGER USER; UPDATE envelope SET ${set}, made_at = now() - interval '1 day';
        ALTER TABLE envelope ENABLE TRIGGER USER`);
    await withAnotherKeyOfOurs(-1_000, async ({ publicKey }) => {
      await tryAgain();
      const [, second] = await envelopes();
      expect(second!.signedBy).toBe('another');
      expect(await opens(second!.body, older, publicKey)).toBe(true);
    });
  });
});
