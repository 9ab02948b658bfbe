import { createPrivateKey, type KeyObject } from 'node:crypto';
import { canonical, sha256 } from '../../src/platform/database/sealing.js';
import { envelopeOf } from '../../src/referrals/envelope.js';
import { post } from '../../src/referrals/http-post.js';
import { verifyReceipt } from '../../src/referrals/signed-receipt.js';
import { webhookHeaders } from '../../src/referrals/webhook-signature.js';
import type { PeerSettings } from './settings.js';

const LIMITS = { totalMs: 10_000, responseBytes: 16_384 };

/** What a peer does for each job: one signed POST of a body like ours, and the receipt verified. Bodies are made beforehand. */
export class Posting {
  private readonly bodies = new Map<string, string>();
  private readonly signing: { readonly id: string; readonly privateKey: KeyObject };

  constructor(private readonly settings: PeerSettings) {
    const { signing } = settings;
    const privateKey = createPrivateKey({ key: Buffer.from(signing.pkcs8, 'base64'), format: 'der', type: 'pkcs8' });
    this.signing = { id: signing.id, privateKey };
  }

  async make(id: string): Promise<void> {
    const { pattern, receiver } = this.settings;
    const key = { id, keyId: 'bench', publicKey: receiver.encryptionPublicKey };
    this.bodies.set(id, await envelopeOf(canonical({ ...pattern, referralId: id }), this.signing, [key]));
  }

  async send(id: string): Promise<void> {
    const { receiver } = this.settings;
    const body = this.bodies.get(id)!;
    const asked = new Date();
    const headers = webhookHeaders(id, body, asked, this.signing.privateKey);
    const answer = await post(receiver.endpoint, { ...headers, 'content-type': 'application/jose+json' }, body, LIMITS);
    if ('problem' in answer || answer.status >= 300) throw new Error(JSON.stringify(answer));
    const bodySha256 = sha256(body).toString('hex');
    const referral = { madeAt: asked, askedAt: asked };
    const receipts = { keys: [receiver.receiptPublicKey], bodies: [bodySha256], packageSha256: '', referral };
    const { outcome } = await verifyReceipt(answer.body, { referralId: id, receipts }, new Date());
    if (outcome !== 'received') throw new Error(outcome);
    this.bodies.delete(id);
  }
}
