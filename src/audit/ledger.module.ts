import { Module } from '@nestjs/common';
import { LedgerSequencer } from './ledger-sequencer.service.js';
import { LedgerStore } from './ledger.store.js';

/** The worker's part of the audit: every committed record once in the signed ledger. */
@Module({ providers: [LedgerStore, LedgerSequencer], exports: [LedgerSequencer] })
export class LedgerModule {}
