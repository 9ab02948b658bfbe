import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/database.js';
import { Together } from '../platform/database/together.js';
import { Write } from '../platform/database/write.js';
import type { Channel, Received } from './delivery-channel.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { DeliveryStore, type LockedReferral } from './delivery.store.js';
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

interface Arrived {
  readonly parcel: Receipted;
  readonly receipt: Received;
  readonly epoch: number | null;
}

/**
 * Records what was checked already: a receipt ends the waiting, whoever brings it. There is no word of the file in it, so it is kept
 * of an erased case as well, as the proof that its recipient was told.
 */
@Injectable()
export class ReceiptsService {
  private readonly together = new Together((arrived: readonly Arrived[]) =>
    this.recordAll(arrived, { waiting: false }),
  );

  constructor(
    private readonly store: DeliveryStore,
    private readonly lifecycle: ReferralLifecycle,
    private readonly metrics: DeliveryMetrics,
  ) {}

  /** Once per referral: the second receipt is only a duplicate on the wire. `epoch`: the attempt that brought it, if one did. */
  async record(parcel: Receipted, receipt: Received, epoch: number | null): Promise<void> {
    await this.lifecycle.learn(parcel.workflowHash);
    const arrived = { parcel, receipt, epoch };
    const first = (await this.together.do(arrived)) ?? (await this.recordAll([arrived], { waiting: true }))[0];
    if (first) this.metrics.receipts.inc();
    else this.metrics.duplicates.inc();
  }

  /** Says of each whether it is the referral's first receipt; undefined: somebody else is at it, so that it must be waited for alone. */
  private recordAll(arrived: readonly Arrived[], how: { readonly waiting: boolean }): Promise<(boolean | undefined)[]> {
    const ids = arrived.map(({ parcel }) => parcel.referralId);
    return this.store.lockedReferrals(ids, how, async (tx, locked) => {
      const first: (boolean | undefined)[] = [];
      const writes: Write[] = [];
      for (const one of arrived) {
        const { referralId } = one.parcel;
        const referral = locked.get(referralId);
        locked.delete(referralId); // what another of these does to it is not known before it is committed
        first.push(referral && !referral.receipted);
        if (referral) writes.push(await this.recordInTx(tx, referral, one));
        else if (how.waiting) throw new Error(`referral ${referralId} is gone`);
      }
      Write.runAllLast(tx, writes);
      return first;
    });
  }

  private async recordInTx(tx: Tx, referral: LockedReferral, { parcel, receipt, epoch }: Arrived): Promise<Write> {
    const { channel, authority } = parcel;
    const { bodySha256, proof, receivedAt } = receipt;
    const write = new Write();
    if (epoch !== null) {
      const ended = { finished_at: tx.now, outcome: 'received' };
      write.updateAny('delivery_attempt', { referral_id: referral.id, number: epoch, finished_at: null }, ended);
    }
    if (referral.receipted) return write;
    await this.lifecycle.applyInTx(tx, write, referral, {
      type: 'RECORD_RECEIPT',
      facts: { actorRoles: ['system'], actorBelongsToRecipient: false, receiptVerified: true },
      actorId: null,
      key: undefined,
      erased: referral.erased,
      movesVersion: false,
      facets: { channel, authority, bodySha256, attempts: referral.attempts, envelopes: referral.envelopes },
    });
    const of = { referral_id: referral.id, case_id: referral.case_id };
    const written = { received_at: receivedAt, recorded_at: tx.now, channel, body_sha256: bodySha256, proof };
    write
      .insert('receipt', { ...of, ...written })
      .update(
        'outbox',
        { referral_id: referral.id },
        { done_at: tx.now, lease_owner: null, lease_until: null, last_problem: null },
      );
    for (const later of referral.behind)
      write.updateAny('outbox', { referral_id: later, done_at: null }, { next_attempt_at: tx.now });
    if (parcel.alerts) {
      write.insert('alert', { ...of, authority_id: referral.authority_id, next_attempt_at: tx.now });
    }
    return write;
  }
}
