import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { Write } from '../platform/database/write.js';
import type { Channel, Received } from './delivery-channel.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { DeliveryStore } from './delivery.store.js';
import { ReferralLifecycle } from './referral-lifecycle.js';

/** The referral a receipt is for, and the way it came. */
export interface Receipted {
  readonly referralId: string;
  readonly workflowHash: string;
  readonly channel: Channel;
  /** Code of the authority. */
  readonly authority: string;
  readonly alerts: boolean;
}

/** Records what was checked already: a receipt ends the waiting, whoever brings it. */
@Injectable()
export class ReceiptsService {
  constructor(
    private readonly database: Database,
    private readonly store: DeliveryStore,
    private readonly lifecycle: ReferralLifecycle,
    private readonly metrics: DeliveryMetrics,
  ) {}

  /** Once per referral: the second receipt is only a duplicate on the wire. `epoch`: the attempt that brought it, if one did. */
  async record(parcel: Receipted, receipt: Received, epoch: number | null): Promise<void> {
    await this.lifecycle.learn(parcel.workflowHash);
    const { referralId, channel, authority } = parcel;
    const { bodySha256 } = receipt;
    const first = await this.database.inWorkerTx(async (tx) => {
      const referral = await this.store.lockInTx(tx, referralId);
      const write = new Write();
      if (epoch !== null) {
        const ended = { finished_at: tx.now, outcome: 'received' };
        write.updateAny('delivery_attempt', { referral_id: referralId, number: epoch, finished_at: null }, ended);
      }
      if (!referral.receipted) {
        await this.lifecycle.applyInTx(tx, write, referral, {
          type: 'RECORD_RECEIPT',
          facts: { actorRoles: ['system'], actorBelongsToRecipient: false, receiptVerified: true },
          actorId: null,
          key: referral.key,
          movesVersion: false,
          facets: { channel, authority, bodySha256 },
        });
        const of = { referral_id: referralId, case_id: referral.case_id };
        write
          .insert('receipt', {
            ...of,
            received_at: receipt.receivedAt,
            recorded_at: tx.now,
            channel,
            body_sha256: bodySha256,
            proof: receipt.proof,
          })
          .update(
            'outbox',
            { referral_id: referralId },
            { done_at: tx.now, lease_owner: null, lease_until: null, last_problem: null },
          );
        if (parcel.alerts) {
          write.insert('alert', { ...of, authority_id: referral.authority_id, next_attempt_at: tx.now });
        }
      }
      write.runLast(tx);
      return !referral.receipted;
    });
    if (first) this.metrics.receipts.inc();
    else this.metrics.duplicates.inc();
  }
}
