import { Module } from '@nestjs/common';
import { DraftingController } from './drafting.controller.js';
import { ProofsService } from './proofs.service.js';
import { QuestionnaireStore } from './questionnaire.store.js';
import { QuestionnairesController } from './questionnaires.controller.js';
import { QuestionnairesService } from './questionnaires.service.js';
import { VersionStore } from './version.store.js';
import { VersionViewsService } from './version-views.service.js';
import { VersionsService } from './versions.service.js';

@Module({
  controllers: [DraftingController, QuestionnairesController],
  providers: [
    ProofsService,
    QuestionnaireStore,
    QuestionnairesService,
    VersionStore,
    VersionViewsService,
    VersionsService,
  ],
  exports: [QuestionnairesService],
})
export class QuestionnairesModule {}
