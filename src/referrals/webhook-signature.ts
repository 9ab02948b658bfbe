import { type KeyObject, sign } from 'node:crypto';

/** Headers of Standard Webhooks with its asymmetric scheme `v1a` (Ed25519 over `id.timestamp.body`). */
export function webhookHeaders(id: string, body: string, now: Date, privateKey: KeyObject): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signature = sign(null, Buffer.from(`${id}.${timestamp}.${body}`, 'utf8'), privateKey);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1a,${signature.toString('base64')}`,
  };
}
