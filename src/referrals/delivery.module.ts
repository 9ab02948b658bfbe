import { Module } from '@nestjs/common';
import { Alerts } from './alerts.js';
import { channelProviders } from './channels.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { DeliveryProcessor } from './delivery.processor.js';
import { DeliveryService } from './delivery.service.js';
import { DeliveryStore } from './delivery.store.js';
import { DropsStore } from './drops.store.js';
import { EnvelopesService } from './envelopes.service.js';
import { FileReceipts } from './file-receipts.js';
import { ReceiptsService } from './receipts.service.js';
import { ReconcilerRun } from './reconciler.run.js';
import { ReconcilerService } from './reconciler.service.js';
import { ReconciliationsStore } from './reconciliations.store.js';
import { ReferralsModule } from './referrals.module.js';
import { Relay } from './relay.js';
import { UnfinishedDrops } from './unfinished-drops.js';
import { Withdrawals } from './withdrawals.js';

/** The worker's half: outbox, relay, queue, channels and receipts. Import it where the process runs workers. */
@Module({
  imports: [ReferralsModule],
  providers: [
    Alerts,
    DeliveryMetrics,
    DeliveryProcessor,
    DeliveryService,
    DeliveryStore,
    DropsStore,
    EnvelopesService,
    FileReceipts,
    ReceiptsService,
    ReconcilerRun,
    ReconcilerService,
    ReconciliationsStore,
    Relay,
    UnfinishedDrops,
    Withdrawals,
    ...channelProviders,
  ],
  exports: [ReconcilerService],
})
export class DeliveryModule {}
