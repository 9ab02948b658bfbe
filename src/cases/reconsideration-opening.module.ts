import { Injectable, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { rateLimited } from '../platform/queue/bull.js';
import { inRounds } from '../platform/queue/rounds.js';
import { Stopping } from '../platform/queue/stopping.js';
import { ReferralsModule } from '../referrals/referrals.module.js';
import { ReconsiderationOpening } from './reconsideration-opening.service.js';

const EVERY_MS = 2_000;

@Injectable()
class ReconsiderationRun implements OnApplicationBootstrap {
  private readonly logger = new Logger('Reconsideration');
  private readonly complain = rateLimited((error) =>
    this.logger.warn(`feedback that clears a person could not be followed: ${error.message}`),
  );

  constructor(
    private readonly opening: ReconsiderationOpening,
    private readonly stopping: Stopping,
  ) {}

  onApplicationBootstrap(): void {
    inRounds(this.stopping, { everyMs: EVERY_MS }, () => this.opening.open(), this.complain);
  }
}

/** The worker's part of reconsiderations. */
@Module({
  imports: [ReferralsModule],
  providers: [ReconsiderationOpening, ReconsiderationRun],
  exports: [ReconsiderationOpening],
})
export class ReconsiderationOpeningModule {}
