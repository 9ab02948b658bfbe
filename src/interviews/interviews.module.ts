import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { QuestionnairesModule } from '../questionnaires/questionnaires.module.js';
import { AnswersService } from './answers.service.js';
import { DisputesService } from './disputes.service.js';
import { DraftsService } from './drafts.service.js';
import { FollowUpsController } from './follow-ups.controller.js';
import { FollowUpsService } from './follow-ups.service.js';
import { InterviewCommands } from './interview-commands.js';
import { InterviewSessions } from './interview-sessions.js';
import { InterviewViewsService } from './interview-views.service.js';
import { InterviewStore } from './interview.store.js';
import { CaseInterviewsController, InterviewsController } from './interviews.controller.js';
import { InterviewsService } from './interviews.service.js';
import { OpeningService } from './opening.service.js';
import { ReferenceLookupService } from './reference-lookup.service.js';
import { TimelineController } from './timeline.controller.js';
import { TimelineMappings } from './timeline-mappings.js';
import { TimelineService } from './timeline.service.js';

@Module({
  imports: [IdentityModule, QuestionnairesModule],
  controllers: [CaseInterviewsController, InterviewsController, FollowUpsController, TimelineController],
  providers: [
    AnswersService,
    DisputesService,
    DraftsService,
    FollowUpsService,
    InterviewCommands,
    InterviewSessions,
    InterviewStore,
    InterviewViewsService,
    InterviewsService,
    OpeningService,
    ReferenceLookupService,
    TimelineMappings,
    TimelineService,
  ],
})
export class InterviewsModule {}
