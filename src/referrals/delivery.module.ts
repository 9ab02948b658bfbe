import { Module } from '@nestjs/common';
import { DeliveryMetrics } from './delivery-metrics.js';
import { DeliveryProcessor } from './delivery.processor.js';
import { DeliveryService } from './delivery.service.js';
import { DeliveryStore } from './delivery.store.js';
import { InboxChannel } from './inbox.channel.js';
import { ReconcilerRun } from './reconciler.run.js';
import { ReconcilerService } from './reconciler.service.js';
import { ReferralsModule } from './referrals.module.js';
import { Relay } from './relay.js';
import { WebhookChannel } from './webhook.channel.js';

/** The worker's half: outbox, relay, queue, channels and receipts. Import it where the process runs workers. */
@Module({
  imports: [ReferralsModule],
  providers: [
    DeliveryMetrics,
    DeliveryProcessor,
    DeliveryService,
    DeliveryStore,
    InboxChannel,
    ReconcilerRun,
    ReconcilerService,
    Relay,
    WebhookChannel,
  ],
  exports: [ReconcilerService],
})
export class DeliveryModule {}
