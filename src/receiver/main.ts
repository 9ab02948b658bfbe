import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FAULTS, isFault } from './faults.js';
import { ReceiptLog } from './receipt-log.js';
import { receiver } from './server.js';
import { senderKey } from './signature.js';

const USAGE = `Reference receiver: takes referrals by webhook and answers with signed receipts.

  --port <n>          port to listen on (default 4100, 0: any)
  --host <address>    address to listen on (default 127.0.0.1)
  --data <folder>     key and log (default .data/receiver)
  --sender <key>      public key of the sender: SPKI DER in base64, or a file that holds it
  --fault <name>      ${Object.entries(FAULTS)
    .map(([name, says]) => `${name}: ${says}`)
    .join('\n                      ')}

GET /log lists what arrived; PUT /fault with a name changes the fault.`;

/** Its own key pair, made at the first start: the private half never leaves the folder. */
function ownKey(folder: string): KeyObject {
  const file = join(folder, 'receipt.key');
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  }
  return createPrivateKey(readFileSync(file));
}

/** A file is read again until it is there: sender and receiver may start in any order. */
function senderFrom(given: string | undefined): () => KeyObject | undefined {
  let key: KeyObject | undefined;
  return () => {
    if (key || given === undefined) return key;
    if (/^[A-Za-z0-9+/=]{50,}$/.test(given)) key = senderKey(given);
    else if (existsSync(given)) key = senderKey(readFileSync(given, 'utf8').trim());
    return key;
  };
}

function main(): void {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4100' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string', default: join('.data', 'receiver') },
      sender: { type: 'string' },
      fault: { type: 'string', default: 'none' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (!isFault(values.fault)) throw new TypeError(`--fault must be one of ${Object.keys(FAULTS).join(', ')}`);
  mkdirSync(values.data, { recursive: true, mode: 0o700 });
  const privateKey = ownKey(values.data);
  const log = new ReceiptLog(join(values.data, 'receipts.jsonl'));
  const server = receiver({ log, privateKey, sender: senderFrom(values.sender), fault: values.fault });
  server.on('error', (error: NodeJS.ErrnoException) => {
    console.error(
      error.code === 'EADDRINUSE' ? `Port ${values.port} is taken: choose another with --port.` : error.message,
    );
    process.exitCode = 1;
  });
  server.listen(Number(values.port), values.host, () => {
    const { port } = server.address() as AddressInfo;
    const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
    console.log(JSON.stringify({ listening: `http://${values.host}:${port}/referrals`, receiptPublicKey: publicKey }));
  });
  const stop = (): void => {
    server.close(() => log.close());
    server.closeAllConnections();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

try {
  main();
} catch (error) {
  console.error(`${(error as Error).message}\nSee --help.`);
  process.exitCode = 2;
}
