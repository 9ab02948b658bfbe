import { Injectable, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { rateLimited } from '../platform/queue/bull.js';
import { inRounds } from '../platform/queue/rounds.js';
import { Stopping } from '../platform/queue/stopping.js';
import { PlansModule } from '../questionnaires/plans.module.js';
import { InterviewStore } from './interview.store.js';
import { MoveStore } from './move.store.js';
import { MovesService } from './moves.service.js';

const EVERY_MS = 5_000;

@Injectable()
class MovesRun implements OnApplicationBootstrap {
  private readonly logger = new Logger('Moves');
  private readonly complain = rateLimited((error) => this.logger.warn(`moving interviews failed: ${error.message}`));

  constructor(
    private readonly moves: MovesService,
    private readonly stopping: Stopping,
  ) {}

  onApplicationBootstrap(): void {
    inRounds(this.stopping, { everyMs: EVERY_MS }, () => this.moves.run(), this.complain);
  }
}

/** The worker's part of moving interviews to another version of their questionnaire. */
@Module({
  imports: [PlansModule],
  providers: [InterviewStore, MoveStore, MovesService, MovesRun],
  exports: [MovesService],
})
export class MovesModule {}
