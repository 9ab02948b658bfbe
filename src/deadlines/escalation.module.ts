import { Injectable, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { HealthParts } from '../platform/health/health-parts.js';
import { rateLimited } from '../platform/queue/bull.js';
import { gauge } from '../platform/metrics/figures.js';
import { inRounds } from '../platform/queue/rounds.js';
import { Stopping } from '../platform/queue/stopping.js';
import { TaskListModule } from '../tasks/task-list.module.js';
import { ClockGuard } from './clock-guard.js';
import { EscalationService } from './escalation.service.js';

/** A step is told within seconds; who it is told to, and what operators must know, is looked at again each minute. */
const EVERY_MS = 2_000;
const LISTS_EVERY_MS = 60_000;

@Injectable()
class EscalationRun implements OnApplicationBootstrap {
  private readonly logger = new Logger('Deadlines');
  private readonly complain = rateLimited((error) => this.logger.warn(`escalating failed: ${error.message}`));
  private readonly overdue = gauge('f1_deadlines_overdue', 'Deadlines that have passed and still wait.');
  private readonly jumped = gauge('f1_clock_jump_seconds', 'By how much the clock jumped, while that holds deadlines.');
  private held = false;
  private listsAt = -Infinity;

  constructor(
    private readonly escalation: EscalationService,
    private readonly clock: ClockGuard,
    private readonly health: HealthParts,
    private readonly stopping: Stopping,
  ) {}

  onApplicationBootstrap(): void {
    this.health.register('clock', () => (this.held ? 'degraded' : 'up'));
    inRounds(this.stopping, { everyMs: EVERY_MS, atOnce: true }, () => this.run(), this.complain);
  }

  private async run(): Promise<void> {
    const escalated = await this.escalation.escalate();
    this.sayClock();
    if (escalated > 0) this.logger.warn({ escalated }, 'deadlines approach or have passed');
    if (performance.now() - this.listsAt < LISTS_EVERY_MS) return;
    await this.escalation.readdress();
    await this.escalation.tellOperators();
    this.overdue.set(await this.escalation.overdue());
    this.listsAt = performance.now();
  }

  private sayClock(): void {
    const { held, jumpedMs } = this.clock.state;
    this.jumped.set(jumpedMs / 1000);
    if (held === this.held) return;
    this.held = held;
    this.listsAt = -Infinity;
    if (held)
      this.logger.error(
        { jumpedMs },
        'the clock of the database jumped: no deadline escalates until "f1 clock confirm"',
      );
    else this.logger.warn('the clock of the database is right again: deadlines escalate');
  }
}

/** The worker's part of deadlines: nothing expires silently. */
@Module({
  imports: [TaskListModule],
  providers: [ClockGuard, EscalationService, EscalationRun],
  exports: [ClockGuard, EscalationService],
})
export class EscalationModule {}
