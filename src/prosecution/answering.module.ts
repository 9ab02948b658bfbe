import { Module } from '@nestjs/common';
import { CasesModule } from '../cases/cases.module.js';
import { ReferralsModule } from '../referrals/referrals.module.js';
import { FeedbackReadingController } from './feedback-reading.controller.js';
import { ClosingsController } from './closings/closings.controller.js';
import { ClosingsService } from './closings/closings.service.js';
import { HoldDecisionsController } from './holds/hold-decisions.controller.js';
import { LetterStore } from './letters/letter.store.js';
import { LettersController } from './letters/letters.controller.js';
import { LettersService } from './letters/letters.service.js';
import { ProsecutionModule } from './prosecution.module.js';
import { PersonRequestAnswersController } from './requests/person-request-answers.controller.js';
import { PersonRequestAnswersService } from './requests/person-request-answers.service.js';
import { RequestAnswersController } from './requests/request-answers.controller.js';
import { RevocationsController } from './revocations.controller.js';

/** What the side that sent does with what recipients ask and tell; no part of a portal. */
@Module({
  imports: [CasesModule, ProsecutionModule, ReferralsModule],
  controllers: [
    ClosingsController,
    FeedbackReadingController,
    HoldDecisionsController,
    LettersController,
    PersonRequestAnswersController,
    RequestAnswersController,
    RevocationsController,
  ],
  providers: [ClosingsService, LettersService, LetterStore, PersonRequestAnswersService],
})
export class AnsweringModule {}
