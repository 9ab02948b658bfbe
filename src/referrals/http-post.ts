import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { DeliveryProblem } from './delivery-channel.js';

export interface PostLimits {
  /** From the first byte out to the last byte in. */
  readonly totalMs: number;
  readonly responseBytes: number;
}

export type PostResult =
  | { readonly status: number; readonly body: string }
  | {
      readonly problem: Extract<
        DeliveryProblem,
        'timeout' | 'connectionFailed' | 'connectionReset' | 'responseTooLarge'
      >;
    };

/**
 * How long an idle connection is kept: less than the five seconds after which many servers close theirs, since what is sent on a
 * connection that its server is closing is an attempt that failed.
 */
const IDLE_MS = 3_000;

const kept = { keepAlive: true, maxSockets: 64, maxFreeSockets: 8, timeout: IDLE_MS };
const agents = { http: new HttpAgent(kept), https: new HttpsAgent(kept) };

/** Lets go of idle connections, so that a process can end. */
export const closeIdleConnections = (): void => {
  agents.http.destroy();
  agents.https.destroy();
};

/** One POST: follows no redirect, waits no longer and reads no more than it is told. Never throws. */
export function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  limits: PostLimits,
): Promise<PostResult> {
  return new Promise((resolve) => {
    const target = new URL(url);
    const https = target.protocol === 'https:';
    const bytes = Buffer.from(body, 'utf8');
    const request = (https ? httpsRequest : httpRequest)(target, {
      method: 'POST',
      agent: https ? agents.https : agents.http,
      headers: { ...headers, 'content-length': bytes.length },
    });
    const deadline = setTimeout(() => settle({ problem: 'timeout' }), limits.totalMs);
    const settle = (result: PostResult): void => {
      clearTimeout(deadline);
      resolve(result);
      if ('problem' in result) request.destroy();
    };
    request.on('response', (response) => read(response, limits.responseBytes, settle));
    request.on('error', (error: NodeJS.ErrnoException) => {
      const early = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'].includes(
        error.code ?? '',
      );
      settle({ problem: early ? 'connectionFailed' : 'connectionReset' });
    });
    request.end(bytes);
  });
}

function read(response: IncomingMessage, most: number, settle: (result: PostResult) => void): void {
  const status = response.statusCode ?? 0;
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= most) chunks.push(chunk);
    else if (status >= 200 && status < 300) settle({ problem: 'responseTooLarge' });
    else {
      settle({ status, body: '' }); // a refusal is told by its status; what a proxy says of it at length is not read
      response.destroy();
    }
  });
  response.on('end', () => settle({ status, body: Buffer.concat(chunks).toString('utf8') }));
  response.on('error', () => settle({ problem: 'connectionReset' }));
}
