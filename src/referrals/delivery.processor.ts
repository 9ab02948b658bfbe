import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { rateLimited } from '../platform/queue/bull.js';
import type { JobData, QueueBackend } from '../platform/queue/queue-backend.js';
import { QUEUE_BACKEND } from '../platform/queue/queue.module.js';
import { Stopping } from '../platform/queue/stopping.js';
import { closeIdleConnections } from './http-post.js';
import { DeliveryService } from './delivery.service.js';
import type { Due } from './delivery.store.js';
import { DELIVERY_QUEUE } from './relay.js';
import { MOST_TO_ONE } from './turns.js';

/** More than two recipients may hold: most of a delivery is waiting for the answer. */
const JOBS_AT_ONCE = 2 * MOST_TO_ONE + 16;

/** Takes delivery jobs from the queue. A delivery that fails here is forgotten: the outbox tries again. */
@Injectable()
export class DeliveryProcessor implements OnApplicationBootstrap {
  private readonly logger = new Logger('Delivery');
  private readonly complain = rateLimited((error, swallowed) =>
    this.logger.warn({ swallowed }, `an attempt could not be recorded and is made again: ${error.message}`),
  );

  constructor(
    private readonly deliveries: DeliveryService,
    @Inject(QUEUE_BACKEND) private readonly backend: QueueBackend,
    private readonly stopping: Stopping,
  ) {}

  onApplicationBootstrap(): void {
    const worker = this.backend.worker(DELIVERY_QUEUE, JOBS_AT_ONCE, (data) => this.process(data));
    this.stopping.register('workers', async () => {
      await worker.close();
      closeIdleConnections();
    });
  }

  private async process({ deliveries }: JobData): Promise<void> {
    await Promise.all((deliveries as readonly Due[]).map((one) => this.deliver(one)));
  }

  private async deliver(due: Due): Promise<void> {
    await this.deliveries.deliver(due).catch(this.complain);
  }
}
