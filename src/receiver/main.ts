import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { takeDrop } from './drop.js';
import { publicHalf } from './envelope.js';
import { FAULTS, isFault } from './faults.js';
import { ReceiptLog } from './receipt-log.js';
import type { ReceiptOffice } from './receipts.js';
import { receiver } from './server.js';
import { senderKey } from './signature.js';

const USAGE = `Reference receiver: takes referrals by webhook or drop folder and answers with signed receipts.

  --port <n>          port to listen on (default 4100, 0: any)
  --host <address>    address to listen on (default 127.0.0.1)
  --data <folder>     key and log (default .data/receiver)
  --sender <key>      public key of the sender: SPKI DER in base64, or a file that holds it
  --drop <folder>     also work through this drop folder, every second
  --fault <name>      ${Object.entries(FAULTS)
    .map(([name, says]) => `${name}: ${says}`)
    .join('\n                      ')}

GET /log lists what arrived, GET /statement the same signed; PUT /fault with a name changes the fault.`;

/** A key of its own, made at the first start: the private half never leaves the folder. */
function ownKey(folder: string, name: string, make: () => KeyObject): KeyObject {
  const file = join(folder, name);
  if (!existsSync(file)) writeFileSync(file, make().export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
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

/** Says once of each file why it could not be taken. */
function workThrough(folder: string, office: ReceiptOffice): NodeJS.Timeout {
  const said = new Set<string>();
  let running = false;
  return setInterval(() => {
    if (running) return;
    running = true;
    takeDrop(folder, office)
      .then((refused) => {
        for (const [name, why] of Object.entries(refused)) if (!said.has(name)) console.error(`${name}: ${why}`);
        for (const name of Object.keys(refused)) said.add(name);
      })
      .catch((error: Error) => console.error(error.message))
      .finally(() => {
        running = false;
      });
  }, 1_000);
}

function main(): void {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4100' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string', default: join('.data', 'receiver') },
      sender: { type: 'string' },
      drop: { type: 'string' },
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
  const privateKey = ownKey(values.data, 'receipt.key', () => generateKeyPairSync('ed25519').privateKey);
  const opens = ownKey(values.data, 'decryption.key', () => generateKeyPairSync('x25519').privateKey);
  const log = new ReceiptLog(join(values.data, 'receipts.jsonl'));
  const office = { log, privateKey, opens: [opens], sender: senderFrom(values.sender) };
  const server = receiver({ ...office, fault: values.fault });
  const dropping = values.drop === undefined ? undefined : workThrough(values.drop, office);
  server.on('error', (error: NodeJS.ErrnoException) => {
    console.error(
      error.code === 'EADDRINUSE' ? `Port ${values.port} is taken: choose another with --port.` : error.message,
    );
    process.exitCode = 1;
  });
  server.listen(Number(values.port), values.host, () => {
    const { port } = server.address() as AddressInfo;
    const listening = `http://${values.host}:${port}/referrals`;
    console.log(
      JSON.stringify({ listening, receiptPublicKey: publicHalf(privateKey), encryptionPublicKey: publicHalf(opens) }),
    );
  });
  const stop = (): void => {
    clearInterval(dropping);
    server.close(() => void log.close());
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
