import { Module } from '@nestjs/common';
import { LedgerSequencer } from './ledger-sequencer.service.js';
import { LedgerStore } from './ledger.store.js';
import { TransparencyLog } from './transparency-log.service.js';
import { TreeStore } from './tree.store.js';

/** The worker's part of the audit: every committed record once in the signed ledger. */
@Module({
  providers: [LedgerStore, TreeStore, TransparencyLog, LedgerSequencer],
  exports: [LedgerSequencer, TransparencyLog],
})
export class LedgerModule {}
