import { Module } from '@nestjs/common';
import { FilesModule } from '../platform/files/files.module.js';
import { DocumentStore } from './document.store.js';
import { DocumentsService } from './documents.service.js';
import { FilingService } from './filing.service.js';
import { RecordingsService } from './recordings.service.js';

/** Documents and recordings for every feature that reads them, without any endpoint. */
@Module({
  imports: [FilesModule],
  providers: [DocumentStore, DocumentsService, FilingService, RecordingsService],
  exports: [DocumentsService, RecordingsService],
})
export class DocumentContentsModule {}
