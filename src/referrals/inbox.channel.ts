import { Injectable } from '@nestjs/common';
import { Keys } from '../platform/keys/keys.module.js';
import type { DeliveryChannel, DeliveryOutcome, Parcel } from './delivery-channel.js';
import { signReceipt } from './signed-receipt.js';

/** The recipient reads here: the referral lies in its inbox, and our own signature says since when and which bytes. */
@Injectable()
export class InboxChannel implements DeliveryChannel {
  constructor(private readonly keys: Keys) {}

  async deliver({ referralId, bodySha256 }: Parcel): Promise<DeliveryOutcome> {
    const receivedAt = new Date();
    const claim = { referralId, bodySha256, receivedAt: receivedAt.toISOString() };
    const proof = await signReceipt(claim, this.keys.signing.privateKey);
    return { outcome: 'received', receivedAt, bodySha256, proof };
  }
}
