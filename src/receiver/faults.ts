import type { ServerResponse } from 'node:http';

/** Ways to misbehave, by name. Those marked so have processed the referral before they fail. */
export const FAULTS = {
  none: 'answers as it should',
  error500: 'answers 500 and has done nothing',
  hugeError: 'answers 503 with a megabyte and has done nothing',
  tooManyRequests: 'answers 429 and has done nothing',
  forbidden: 'answers 403, as a gateway does that does not know us',
  unprocessable: 'answers 422: this one it does not take',
  redirect: 'answers 302 to itself and has done nothing',
  hang: 'takes the request and never answers',
  slowDrip: 'has processed it, then sends the receipt one byte a second',
  resetAfterProcessing: 'has processed it, then cuts the connection',
  unsignedReceipt: 'has processed it, then answers without a signature',
  wrongReceipt: 'has processed it, then signs a receipt for another body',
  earlyReceipt: 'has processed it, then signs a receipt dated a day before it was sent',
  replayedReceipt: 'has processed it, then answers with the receipt of another referral, which it gave before',
  hugeResponse: 'has processed it, then answers with a megabyte',
} as const;

export type Fault = keyof typeof FAULTS;

export const isFault = (name: string): name is Fault => Object.hasOwn(FAULTS, name);

/** Faults before anything is done; says whether the request is thereby dealt with. */
export function failBefore(fault: Fault, response: ServerResponse): boolean {
  if (fault === 'hang') return true;
  if (fault === 'error500') return answered(response, 500, {});
  if (fault === 'hugeError') return answered(response, 503, {}, 'x'.repeat(1_000_000));
  if (fault === 'tooManyRequests') return answered(response, 429, { 'retry-after': '1' });
  if (fault === 'forbidden') return answered(response, 403, {});
  if (fault === 'unprocessable') return answered(response, 422, {});
  if (fault === 'redirect') return answered(response, 302, { location: '/referrals' });
  return false;
}

/** Faults after the referral is processed and logged; says whether the answer is thereby given. */
export function failAfter(fault: Fault, response: ServerResponse, receipt: string): boolean {
  if (fault === 'resetAfterProcessing') {
    response.socket?.resetAndDestroy();
    return true;
  }
  if (fault === 'slowDrip') {
    response.writeHead(200, { 'content-type': 'application/jose' });
    let sent = 0;
    const timer = setInterval(() => response.write(receipt[sent++] ?? ''), 1000);
    response.on('close', () => clearInterval(timer));
    return true;
  }
  if (fault === 'unsignedReceipt') return answered(response, 200, {}, 'received');
  if (fault === 'hugeResponse') return answered(response, 200, {}, 'x'.repeat(1_000_000));
  return false;
}

function answered(response: ServerResponse, status: number, headers: Record<string, string>, body = ''): true {
  response.writeHead(status, headers).end(body);
  return true;
}
