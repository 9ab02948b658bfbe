import { Module } from '@nestjs/common';
import { QuestionnaireStore } from './questionnaire.store.js';
import { QuestionnairesService } from './questionnaires.service.js';

/** Compiled questionnaires for every process, without any endpoint. */
@Module({ providers: [QuestionnaireStore, QuestionnairesService], exports: [QuestionnairesService] })
export class PlansModule {}
