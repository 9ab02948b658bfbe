import { CompactSign } from 'jose';
import { createHash, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { failAfter, failBefore, type Fault, FAULTS, isFault } from './faults.js';
import type { ReceiptLog } from './receipt-log.js';
import { verifyWebhook } from './signature.js';

export interface ReceiverOptions {
  readonly log: ReceiptLog;
  /** Signs receipts. */
  readonly privateKey: KeyObject;
  /** The sender's public key; asked for each request, so that it may be learned later. */
  readonly sender: () => KeyObject | undefined;
  readonly fault?: Fault;
}

const MOST_BYTES = 10_000_000;

/**
 * How a recipient takes referrals, as an example to copy: check signature and time, put what is new on disk, then answer with
 * a signed receipt, and give a duplicate the same receipt again.
 */
export function receiver(options: ReceiverOptions): Server {
  let fault: Fault = options.fault ?? 'none';
  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.destroy());
  });
  // A recipient's own limits are not what is tested here; a hanging answer must be able to hang.
  server.requestTimeout = 0;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method} ${new URL(request.url ?? '/', 'http://receiver').pathname}`;
    if (route === 'POST /referrals') return take(request, response);
    if (route === 'GET /log') return send(response, 200, { ...options.log.summary(), fault });
    if (route === 'PUT /fault') {
      const name = (await bodyOf(request)).toString('utf8').trim();
      if (!isFault(name)) return send(response, 400, { faults: FAULTS });
      fault = name;
      return send(response, 200, { fault });
    }
    send(response, 404, { routes: ['POST /referrals', 'GET /log', 'PUT /fault'] });
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const sender = options.sender();
    if (!sender) return send(response, 503, { why: 'no sender key is configured' });
    const verdict = verifyWebhook(request.headers, body, sender, Date.now() / 1000);
    if (!verdict.ok) return send(response, 401, { why: verdict.why });
    if (failBefore(fault, response)) return;
    const receipt = await receiptFor(verdict.id, body);
    if (failAfter(fault, response, receipt)) return;
    const answer =
      fault === 'wrongReceipt' ? await sign(verdict.id, sha256(Buffer.from('another body')), now()) : receipt;
    response.writeHead(200, { 'content-type': 'application/jose' }).end(answer);
  }

  async function receiptFor(id: string, body: Buffer): Promise<string> {
    const bodySha256 = sha256(body);
    const known = options.log.find(id);
    if (known) {
      options.log.addDuplicate(id, now(), known.bodySha256 === bodySha256);
      return known.receipt;
    }
    const receivedAt = now();
    const receipt = await sign(id, bodySha256, receivedAt);
    // Signing took a turn: another copy of the same message may have been logged meanwhile.
    const meanwhile = options.log.find(id);
    if (meanwhile) {
      options.log.addDuplicate(id, receivedAt, meanwhile.bodySha256 === bodySha256);
      return meanwhile.receipt;
    }
    options.log.add({ id, bodySha256, receivedAt, receipt });
    return receipt;
  }

  const sign = (referralId: string, bodySha256: string, receivedAt: string): Promise<string> =>
    new CompactSign(Buffer.from(JSON.stringify({ referralId, bodySha256, receivedAt })))
      .setProtectedHeader({ alg: 'EdDSA' })
      .sign(options.privateKey);

  return server;
}

const now = (): string => new Date().toISOString();
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error('body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
