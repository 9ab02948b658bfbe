import { Injectable } from '@nestjs/common';
import { Keys } from '../platform/keys/keys.module.js';
import type { DeliveryChannel, DeliveryOutcome, Parcel } from './delivery-channel.js';
import { ENVELOPE_TYPE } from './envelope.js';
import { post } from './http-post.js';
import { verifyReceipt } from './signed-receipt.js';
import { webhookHeaders } from './webhook-signature.js';

/** Shorter than the lease, so that an attempt is over before another worker may begin one. */
const LIMITS = { totalMs: 10_000, responseBytes: 16_384 };

/** The door was shut or not found: it would be for any referral, and whoever mends it is told in order. */
const NOT_ADMITTED = [401, 403, 404, 407, 408];

/** Standard Webhooks, answered by a signed receipt: a 2xx without one proves nothing and is a failed attempt. */
@Injectable()
export class WebhookChannel implements DeliveryChannel {
  constructor(private readonly keys: Keys) {}

  async deliver(parcel: Parcel): Promise<DeliveryOutcome> {
    if (!parcel.endpoint?.startsWith('http')) return { outcome: 'refused', problem: 'authorityDisabled' };
    const headers = {
      ...webhookHeaders(parcel.referralId, parcel.body, new Date(), this.keys.signing.privateKey),
      'content-type': parcel.encrypted ? ENVELOPE_TYPE : 'application/json',
    };
    const answer = await post(parcel.endpoint, headers, parcel.body, LIMITS);
    if ('problem' in answer) return { outcome: 'unreachable', problem: answer.problem };
    if (answer.status >= 200 && answer.status < 300) return verifyReceipt(answer.body, parcel, new Date());
    if (answer.status >= 500) return { outcome: 'refused', problem: 'serverError' };
    if (answer.status === 429) return { outcome: 'refused', problem: 'tooManyRequests' };
    if (answer.status >= 300 && answer.status < 400) return { outcome: 'refused', problem: 'redirect' };
    return { outcome: 'refused', problem: NOT_ADMITTED.includes(answer.status) ? 'notAdmitted' : 'clientError' };
  }
}
