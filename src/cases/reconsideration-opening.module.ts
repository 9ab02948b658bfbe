import { Injectable, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { rateLimited } from '../platform/queue/bull.js';
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
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly opening: ReconsiderationOpening,
    private readonly stopping: Stopping,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => {
      this.running = this.running.then(() => this.run());
    }, EVERY_MS);
    this.stopping.register('relay', async () => {
      clearInterval(timer);
      await this.running;
    });
  }

  private async run(): Promise<void> {
    try {
      await this.opening.open();
    } catch (error) {
      this.complain(error as Error);
    }
  }
}

/** The worker's part of reconsiderations. */
@Module({
  imports: [ReferralsModule],
  providers: [ReconsiderationOpening, ReconsiderationRun],
  exports: [ReconsiderationOpening],
})
export class ReconsiderationOpeningModule {}
