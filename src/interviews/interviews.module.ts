import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { QuestionnairesModule } from '../questionnaires/questionnaires.module.js';
import { AnswersService } from './answers.service.js';
import { DisputesService } from './disputes.service.js';
import { DraftsService } from './drafts.service.js';
import { FollowUpsController } from './follow-ups.controller.js';
import { FollowUpsService } from './follow-ups.service.js';
import { InterviewCommands } from './interview-commands.js';
import { InterviewViewsService } from './interview-views.service.js';
import { CaseInterviewsController, InterviewsController } from './interviews.controller.js';
import { InterviewsService } from './interviews.service.js';
import { OpeningService } from './opening.service.js';
import { ReferenceLookupService } from './reference-lookup.service.js';
import { TimelineController } from './timeline.controller.js';
import { TimelineModule } from './timeline.module.js';

@Module({
  imports: [IdentityModule, QuestionnairesModule, TimelineModule],
  controllers: [CaseInterviewsController, InterviewsController, FollowUpsController, TimelineController],
  providers: [
    AnswersService,
    DisputesService,
    DraftsService,
    FollowUpsService,
    InterviewCommands,
    InterviewViewsService,
    InterviewsService,
    OpeningService,
    ReferenceLookupService,
  ],
})
export class InterviewsModule {}
