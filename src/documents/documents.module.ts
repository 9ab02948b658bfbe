import { Module } from '@nestjs/common';
import { FilesModule } from '../platform/files/files.module.js';
import { DocumentStore } from './document.store.js';
import { DocumentsController } from './documents.controller.js';
import { DocumentsService } from './documents.service.js';
import { FilingService } from './filing.service.js';
import { RecordingsService } from './recordings.service.js';

@Module({
  imports: [FilesModule],
  controllers: [DocumentsController],
  providers: [DocumentStore, DocumentsService, FilingService, RecordingsService],
  exports: [DocumentsService, RecordingsService],
})
export class DocumentsModule {}
