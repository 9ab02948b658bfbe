import { Module } from '@nestjs/common';
import { PlansModule } from '../questionnaires/plans.module.js';
import { InterviewSessions } from './interview-sessions.js';
import { InterviewStore } from './interview.store.js';
import { TimelineMappings } from './timeline-mappings.js';
import { TimelineService } from './timeline.service.js';

/** What interviews told, for every feature that reads it, without any endpoint. */
@Module({
  imports: [PlansModule],
  providers: [InterviewSessions, InterviewStore, TimelineMappings, TimelineService],
  exports: [InterviewSessions, InterviewStore, TimelineService],
})
export class TimelineModule {}
