import { Module } from '@nestjs/common';
import { DocumentContentsModule } from './document-contents.module.js';
import { DocumentsController } from './documents.controller.js';

@Module({ imports: [DocumentContentsModule], controllers: [DocumentsController] })
export class DocumentsModule {}
