import { Injectable, Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Database } from '../platform/database/database.js';
import { Write } from '../platform/database/write.js';
import type { DeliveryOutcome } from './delivery-channel.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { type Claimed, DeliveryStore, type StartedParcel } from './delivery.store.js';
import { InboxChannel } from './inbox.channel.js';
import { ReferralLifecycle } from './referral-lifecycle.js';
import { WebhookChannel } from './webhook.channel.js';

/** Longer than a channel may take: a lease that ends means that its worker is gone. */
export const LEASE_MS = 30_000;

/** Makes one delivery attempt: lease, talk with nothing held open, record what came of it. */
@Injectable()
export class DeliveryService {
  private readonly logger = new Logger('Delivery');
  /** Who tried, in `delivery_attempt`: this process, told apart from its predecessor under the same number. */
  readonly worker = `${hostname()}/${process.pid}/${randomBytes(3).toString('hex')}`;

  constructor(
    private readonly database: Database,
    private readonly store: DeliveryStore,
    private readonly lifecycle: ReferralLifecycle,
    private readonly inbox: InboxChannel,
    private readonly webhook: WebhookChannel,
    private readonly metrics: DeliveryMetrics,
  ) {}

  /** Does nothing when this epoch is over, already begun, or the referral has its receipt. */
  async deliver(claimed: Claimed): Promise<void> {
    const parcel = await this.store.startAttempt(claimed, this.worker, LEASE_MS);
    if (!parcel) return;
    const result = await this.send(parcel);
    this.metrics.attempts.inc({ outcome: result.outcome });
    if (result.outcome === 'received') {
      await this.receive(claimed, parcel, result);
      return;
    }
    this.logger.warn(
      { referral: claimed.referralId, authority: parcel.authority, ...result },
      'delivery attempt failed',
    );
    await this.store.fail(claimed, result.outcome, result.problem);
  }

  private async send(parcel: StartedParcel): Promise<DeliveryOutcome> {
    if (parcel.forbidden) return { outcome: 'refused', problem: parcel.forbidden };
    try {
      const channel = parcel.channel === 'inbox' ? this.inbox : this.webhook;
      return await channel.deliver({ ...parcel, body: parcel.open() });
    } catch (error) {
      this.logger.error(
        { referral: parcel.referralId, name: (error as Error).name },
        'an attempt failed on our own side',
      );
      return { outcome: 'unreachable', problem: 'unforeseen' };
    }
  }

  /** A valid receipt counts whoever brings it; the second one for the same referral is only a duplicate on the wire. */
  private async receive(
    { referralId, epoch }: Claimed,
    parcel: StartedParcel,
    receipt: Extract<DeliveryOutcome, { outcome: 'received' }>,
  ): Promise<void> {
    await this.lifecycle.learn(parcel.workflowHash);
    const first = await this.database.inWorkerTx(async (tx) => {
      const referral = await this.store.lockInTx(tx, referralId);
      const write = new Write();
      const ended = { finished_at: tx.now, outcome: 'received' };
      write.updateAny('delivery_attempt', { referral_id: referralId, number: epoch, finished_at: null }, ended);
      if (!referral.receipted) {
        await this.lifecycle.applyInTx(tx, write, referral, {
          type: 'RECORD_RECEIPT',
          facts: { actorRoles: ['system'], actorBelongsToRecipient: false, receiptVerified: true },
          actorId: null,
          key: referral.key,
          movesVersion: false,
          facets: { channel: parcel.channel, authority: parcel.authority },
        });
        write
          .insert('receipt', {
            referral_id: referralId,
            case_id: referral.case_id,
            received_at: receipt.receivedAt,
            recorded_at: tx.now,
            channel: parcel.channel,
            body_sha256: parcel.bodySha256,
            proof: receipt.proof,
          })
          .update(
            'outbox',
            { referral_id: referralId },
            { done_at: tx.now, lease_owner: null, lease_until: null, last_problem: null },
          );
      }
      write.runLast(tx);
      return !referral.receipted;
    });
    if (first) this.metrics.receipts.inc();
    else this.metrics.duplicates.inc();
  }
}
