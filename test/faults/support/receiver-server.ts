import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault } from '../../../src/receiver/faults.js';
import { ReceiptLog } from '../../../src/receiver/receipt-log.js';
import { receiver } from '../../../src/receiver/server.js';

export interface RunningReceiver {
  readonly endpoint: string;
  readonly receiptPublicKey: string;
  readonly log: ReceiptLog;
  /** The sender is known only after the receiver runs. */
  trust(sender: KeyObject): void;
  fail(fault: Fault): Promise<void>;
  close(): Promise<void>;
}

/** The reference receiver in this process, on a free port, with a log of its own on disk. */
export async function aReceiver(): Promise<RunningReceiver> {
  const folder = mkdtempSync(join(tmpdir(), 'f1-receiver-'));
  const { privateKey } = generateKeyPairSync('ed25519');
  const log = new ReceiptLog(join(folder, 'receipts.jsonl'));
  let sender: KeyObject | undefined;
  const server = receiver({ log, privateKey, sender: () => sender });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint: `${origin}/referrals`,
    receiptPublicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64'),
    log,
    trust: (key) => {
      sender = key;
    },
    fail: async (fault) => {
      await fetch(`${origin}/fault`, { method: 'PUT', body: fault });
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
