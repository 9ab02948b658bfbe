import { Inject, Injectable, Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { REMIND_MS } from '../domain/referral/retry.js';
import { Together } from '../platform/database/together.js';
import { CHANNEL_DELIVERIES, type Channels } from './channels.js';
import type { DeliveryOutcome, DeliveryProblem } from './delivery-channel.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { type Claimed, DeliveryStore, type Due, type StartedParcel } from './delivery.store.js';
import { EnvelopesService } from './envelopes.service.js';
import { ReceiptsService } from './receipts.service.js';
import { type Taken, Turns } from './turns.js';

/** Longer than a channel may take: a lease that ends means that its worker is gone. */
export const LEASE_MS = 30_000;

/** What is not tried because its recipient is silent, and enough wait for an answer, is leased anew after that. */
const SILENT_MS = 5_000;

/** Makes one delivery attempt: lease, talk with nothing held open, record what came of it. */
@Injectable()
export class DeliveryService {
  private readonly logger = new Logger('Delivery');
  /** Who tried, in `delivery_attempt`: this process, told apart from its predecessor under the same number. */
  readonly worker = `${hostname()}/${process.pid}/${randomBytes(3).toString('hex')}`;

  private readonly starting = new Together((claimed: readonly Claimed[]) =>
    this.store.startAttempts(claimed, this.worker, LEASE_MS),
  );
  private readonly lettingGo = new Together(async (claimed: readonly Claimed[]) => {
    await this.store.letGo(claimed, SILENT_MS);
    return claimed;
  });
  private readonly turns = new Turns((authority, silent) =>
    silent
      ? this.logger.warn({ authority }, 'does not answer: a few wait for it, and all others go first')
      : this.logger.log({ authority }, 'answers again'),
  );

  constructor(
    private readonly store: DeliveryStore,
    private readonly envelopes: EnvelopesService,
    private readonly receipts: ReceiptsService,
    @Inject(CHANNEL_DELIVERIES) private readonly channels: Channels,
    private readonly metrics: DeliveryMetrics,
  ) {}

  /**
   * Does nothing when this epoch is over, already begun, or the referral has its receipt; and lets go of it for a while when its
   * recipient is silent and enough wait for an answer.
   */
  async deliver(due: Due): Promise<void> {
    const tried = await this.turns.take(due.authorityId, () => this.attempt(due));
    if (!tried) await this.lettingGo.do(due);
  }

  private async attempt(claimed: Claimed): Promise<Taken> {
    const parcel = await this.starting.do(claimed);
    if (!parcel) return 'notAsked';
    const result = await this.send(parcel);
    this.metrics.attempts.inc({ outcome: result.outcome });
    if (result.outcome === 'received') await this.receipts.record(parcel, result, claimed.epoch);
    else if (result.outcome === 'waiting') await this.store.wait(claimed, result.problem, REMIND_MS);
    else await this.fail(claimed, parcel, result);
    return takenOf(result);
  }

  private async fail(
    claimed: Claimed,
    { authority }: StartedParcel,
    failed: Extract<DeliveryOutcome, { problem: DeliveryProblem }>,
  ): Promise<void> {
    this.logger.warn({ referral: claimed.referralId, authority, ...failed }, 'delivery attempt failed');
    await this.store.fail(claimed, failed.outcome, failed.problem);
  }

  /** The last question before bytes leave is whether they may: it was asked as the attempt began, and is asked of every envelope. */
  private async send(parcel: StartedParcel): Promise<DeliveryOutcome> {
    if (parcel.forbidden) return { outcome: 'refused', problem: parcel.forbidden };
    try {
      const outgoing = await this.envelopes.outgoing(parcel);
      if (!outgoing) return { outcome: 'refused', problem: 'noEncryptionKey' };
      const { referralId, channel, endpoint, receiptKeys, envelopeHashes, packageSha256, madeAt, startedAt } = parcel;
      const bodies = [outgoing.bodySha256, ...envelopeHashes];
      return await this.channels[channel].deliver({
        ...outgoing,
        referralId,
        channel,
        endpoint,
        receipts: { keys: receiptKeys, bodies, packageSha256, referral: { madeAt, askedAt: startedAt } },
      });
    } catch (error) {
      if ((error as { code?: string }).code === 'F1009') return { outcome: 'refused', problem: 'blockedRecipient' };
      this.logger.error(
        { referral: parcel.referralId, name: (error as Error).name },
        'an attempt failed on our own side',
      );
      return { outcome: 'unreachable', problem: 'unforeseen' };
    }
  }
}

/** Refused here, so that the recipient was not asked. */
const OUR_OWN: readonly DeliveryProblem[] = ['blockedRecipient', 'authorityDisabled', 'noEncryptionKey', 'unforeseen'];

function takenOf(outcome: DeliveryOutcome): Taken {
  if (!('problem' in outcome)) return 'answered';
  if (outcome.problem === 'timeout') return 'silent';
  return (OUR_OWN as readonly string[]).includes(outcome.problem) ? 'notAsked' : 'answered';
}
