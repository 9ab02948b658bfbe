import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { failAfter, failBefore, type Fault, FAULTS, isFault } from './faults.js';
import { now, type ReceiptOffice, sha256, signed, statement, take } from './receipts.js';
import { verifyWebhook } from './signature.js';

export interface ReceiverOptions extends ReceiptOffice {
  readonly fault?: Fault;
}

const MOST_BYTES = 10_000_000;

/**
 * How a recipient takes referrals, as an example to copy: check signature and time, open and check what is inside, put what is
 * new on disk, then answer with a signed receipt, and give a duplicate the same receipt again.
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
    if (route === 'POST /referrals') return receive(request, response);
    if (route === 'GET /statement') {
      response.writeHead(200, { 'content-type': 'application/jose' }).end(await statement(options));
      return;
    }
    if (route === 'GET /log') return send(response, 200, { ...options.log.summary(), fault });
    if (route === 'PUT /fault') {
      const name = (await bodyOf(request)).toString('utf8').trim();
      if (!isFault(name)) return send(response, 400, { faults: FAULTS });
      fault = name;
      return send(response, 200, { fault });
    }
    send(response, 404, { routes: ['POST /referrals', 'GET /statement', 'GET /log', 'PUT /fault'] });
  }

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const sender = options.sender();
    if (!sender) return send(response, 503, { why: 'no sender key is configured' });
    const verdict = verifyWebhook(request.headers, body, sender, Date.now() / 1000);
    if (!verdict.ok) return send(response, 401, { why: verdict.why });
    if (failBefore(fault, response)) return;
    const encrypted = request.headers['content-type'] === 'application/jose+json';
    const taken = await take(options, verdict.id, body, encrypted);
    if ('why' in taken) return send(response, 422, taken);
    if (failAfter(fault, response, taken.receipt)) return;
    const wrong = wronglySigned(fault, verdict.id, body);
    const answer = wrong ? await signed(wrong, options.privateKey) : receiptFor(verdict.id, taken.receipt);
    response.writeHead(200, { 'content-type': 'application/jose' }).end(answer);
  }

  const receiptFor = (id: string, receipt: string): string =>
    fault === 'replayedReceipt' ? (options.log.another(id)?.receipt ?? receipt) : receipt;

  return server;
}

/** What a receipt says under a fault by which it is genuinely signed, and says what is not so. */
function wronglySigned(fault: Fault, referralId: string, body: Buffer): object | undefined {
  if (fault === 'wrongReceipt')
    return { referralId, bodySha256: sha256(Buffer.from('another body')), receivedAt: now() };
  const yesterday = new Date(Date.now() - 24 * 3_600_000).toISOString();
  return fault === 'earlyReceipt' ? { referralId, bodySha256: sha256(body), receivedAt: yesterday } : undefined;
}

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
