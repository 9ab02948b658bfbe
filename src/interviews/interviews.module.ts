import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { QuestionnairesModule } from '../questionnaires/questionnaires.module.js';

@Module({ imports: [IdentityModule, QuestionnairesModule] })
export class InterviewsModule {}
