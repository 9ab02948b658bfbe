import { Injectable, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Gauge, register } from 'prom-client';
import { rateLimited } from '../platform/queue/bull.js';
import { Stopping } from '../platform/queue/stopping.js';
import { EscalationService } from './escalation.service.js';

const EVERY_MS = 60_000;

@Injectable()
class EscalationRun implements OnApplicationBootstrap {
  private readonly logger = new Logger('Deadlines');
  private readonly complain = rateLimited((error) => this.logger.warn(`escalating failed: ${error.message}`));
  private readonly overdue =
    (register.getSingleMetric('f1_deadlines_overdue') as Gauge | undefined) ??
    new Gauge({ name: 'f1_deadlines_overdue', help: 'Deadlines that have passed and still wait.' });
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly escalation: EscalationService,
    private readonly stopping: Stopping,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
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
      const escalated = await this.escalation.escalate();
      if (escalated > 0) this.logger.warn({ escalated }, 'deadlines have passed');
      this.overdue.set(await this.escalation.overdue());
    } catch (error) {
      this.complain(error as Error);
    }
  }
}

/** The worker's part of deadlines: nothing expires silently. */
@Module({ providers: [EscalationService, EscalationRun], exports: [EscalationService] })
export class EscalationModule {}
