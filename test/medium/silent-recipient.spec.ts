import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { FEW_TO_SILENT, MOST_TO_ONE } from '../../src/referrals/turns.js';
import { aReceiver, type RunningReceiver } from '../faults/support/receiver-server.js';
import { decideExclusion, eventually } from '../faults/support/referral-system.js';
import { aTellingHouse, type TellingHouse } from '../support/telling.js';

/** More than all places that there are. */
const MANY = 4 * MOST_TO_ONE;

describe('a recipient that takes what it is sent and never answers', () => {
  let asked = 0;
  const silent: Server = createServer((request) => {
    asked += 1;
    request.resume();
  });
  let receiver: RunningReceiver;
  let telling: TellingHouse;

  beforeAll(async () => {
    receiver = await aReceiver();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const { endpoint, receiptPublicKey } = receiver;
    telling = await aTellingHouse([
      { code: 'answering', grounds: ['1F(a)'], webhook: { endpoint, receiptPublicKey } },
      { code: 'silent', grounds: ['1F(b)'], webhook: { endpoint: `http://127.0.0.1:${port}/`, receiptPublicKey } },
    ]);
    receiver.trust(telling.system.get(Keys).signing.publicKey);
  });

  afterAll(async () => {
    silent.closeAllConnections();
    silent.close();
    await telling?.stop();
    await receiver?.close();
  });

  it('holds a few places, and another is told meanwhile', async () => {
    const decide = async (ground: '1F(a)' | '1F(b)') =>
      (await decideExclusion(telling.system, telling.house, await telling.aFile(), [ground])).obliged[0]!.obligationId;
    const untold: string[] = [];
    for (let n = 0; n < MANY; n++) untold.push(await decide('1F(b)'));
    const id = await decide('1F(a)');
    await eventually(async () => (await telling.read('SELECT FROM receipt WHERE referral_id = $1', id))[0]);
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(MOST_TO_ONE + 2 * FEW_TO_SILENT);
    const waiting = await telling.read(
      'SELECT FROM outbox WHERE referral_id = ANY ($1::uuid[]) AND done_at IS NULL',
      untold,
    );
    expect(waiting).toHaveLength(MANY);
  });
});
