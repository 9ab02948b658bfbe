import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { rateLimited } from '../platform/queue/bull.js';
import type { JobQueue, NewJob, QueueBackend } from '../platform/queue/queue-backend.js';
import { QUEUE_BACKEND } from '../platform/queue/queue.module.js';
import { Stopping } from '../platform/queue/stopping.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { DeliveryService, LEASE_MS } from './delivery.service.js';
import { DeliveryStore, type Due } from './delivery.store.js';
import { MOST_TO_ONE } from './turns.js';

export const DELIVERY_QUEUE = 'deliveries';
const POLL_MS = 250;
/** What may be leased at once by all processes together: more would wait in the queue until their leases end. */
const MOST_LEASED = 400;
/** Each has a job of its own while no more are due than a worker delivers at once. */
const FEW = 32;
/** Of more, so many to one recipient share a job and what it costs the queue: none waits in it for another's recipient who is slow. */
const SHARE_A_JOB = 4;
/** While the queue is away this process delivers by itself, so many at a time: more than one recipient may hold. */
const BY_HAND = MOST_TO_ONE + 8;

/**
 * Moves what is due from the outbox to the queue. Polling is the guarantee; the queue is only a faster way to a worker, and
 * while it is away the work is handed over directly. What a queue loses is leased again when its lease ends.
 */
@Injectable()
export class Relay implements OnApplicationBootstrap {
  private readonly logger = new Logger('Relay');
  private readonly complain = rateLimited((error, swallowed) =>
    this.logger.warn({ swallowed }, `the relay will try again: ${error.message}`),
  );
  private readonly stopped = new AbortController();
  private running: Promise<void> | undefined;
  private queue: JobQueue | undefined;
  /** What is to be delivered by hand, and who does. */
  private readonly left: Due[] = [];
  private readonly hands = new Set<Promise<void>>();

  constructor(
    private readonly store: DeliveryStore,
    private readonly deliveries: DeliveryService,
    @Inject(QUEUE_BACKEND) private readonly backend: QueueBackend,
    private readonly stopping: Stopping,
    private readonly metrics: DeliveryMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.stopping.register('relay', () => this.stop());
    this.running = this.run();
  }

  private async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
    await Promise.all(this.hands);
    await this.queue?.close();
  }

  private async run(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      try {
        await this.round();
      } catch (error) {
        this.complain(error as Error);
      }
      await pause(POLL_MS, this.stopped.signal);
    }
  }

  private async round(): Promise<void> {
    const claimed = await this.store.claim(this.deliveries.worker, MOST_LEASED, LEASE_MS);
    if (claimed.length === 0) return;
    try {
      this.queue ??= this.backend.queue(DELIVERY_QUEUE);
      await this.queue.add(jobsOf(claimed));
      this.metrics.handed.inc({ way: 'queue' }, claimed.length);
    } catch (error) {
      this.complain(error as Error);
      this.renewQueue();
      this.metrics.handed.inc({ way: 'direct' }, claimed.length);
      this.deliverByHand(claimed);
    }
  }

  /** A queue opened while its server was away may never come to life: the next round opens another. */
  private renewQueue(): void {
    const broken = this.queue;
    this.queue = undefined;
    void broken?.close();
  }

  /**
   * Some of these may have reached the queue before it failed: their attempt begins once, whoever is first. Nobody waits for it here:
   * what falls due meanwhile is for another recipient, perhaps, than the one that hangs.
   */
  private deliverByHand(claimed: readonly Due[]): void {
    this.left.push(...claimed);
    for (let more = Math.min(BY_HAND - this.hands.size, claimed.length); more > 0; more -= 1) {
      const hand: Promise<void> = this.hand().finally(() => this.hands.delete(hand));
      this.hands.add(hand);
    }
  }

  private async hand(): Promise<void> {
    for (let next = this.left.shift(); next && !this.stopped.signal.aborted; next = this.left.shift()) {
      await this.deliveries.deliver(next).catch((error: Error) => this.complain(error));
    }
  }
}

/** The jobs that carry them. */
export function jobsOf(claimed: readonly Due[]): NewJob[] {
  const most = claimed.length <= FEW ? 1 : SHARE_A_JOB;
  const open = new Map<string, Due[]>();
  const jobs: Due[][] = [];
  for (const one of claimed) {
    let job = open.get(one.authorityId);
    if (!job || job.length === most) {
      job = [];
      open.set(one.authorityId, job);
      jobs.push(job);
    }
    job.push(one);
  }
  return jobs.map((deliveries) => ({
    id: `ref_${deliveries[0]!.referralId}_${deliveries[0]!.epoch}`,
    data: { deliveries },
  }));
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
