import { Module } from '@nestjs/common';
import { QuestionnaireStore } from './questionnaire.store.js';
import { QuestionnairesController } from './questionnaires.controller.js';
import { QuestionnairesService } from './questionnaires.service.js';

@Module({
  controllers: [QuestionnairesController],
  providers: [QuestionnaireStore, QuestionnairesService],
  exports: [QuestionnairesService],
})
export class QuestionnairesModule {}
