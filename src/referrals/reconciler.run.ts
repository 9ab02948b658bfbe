import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Gauge, register } from 'prom-client';
import { rateLimited } from '../platform/queue/bull.js';
import { Stopping } from '../platform/queue/stopping.js';
import { ReconcilerService } from './reconciler.service.js';

const EVERY_MS = 60_000;

/** Reconciles at start and every minute, and says what it finds: in the log by ids, in metrics by number. */
@Injectable()
export class ReconcilerRun implements OnApplicationBootstrap {
  private readonly logger = new Logger('Reconciler');
  private readonly complain = rateLimited((error) => this.logger.warn(`reconciling failed: ${error.message}`));
  private readonly differences = gauge(
    'f1_reconcile_differences',
    'Duties to tell that are missing, unjustified or overdue.',
  );
  private readonly inFlight = gauge('f1_reconcile_in_flight', 'Obligations on their way and in time.');
  private readonly lastRun = gauge(
    'f1_reconcile_last_run_seconds',
    'When the last reconciliation was made (Unix time).',
  );
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly reconciler: ReconcilerService,
    private readonly stopping: Stopping,
  ) {}

  onApplicationBootstrap(): void {
    this.stopping.register('relay', async () => {
      clearInterval(this.timer);
      await this.running;
    });
    this.running = this.run();
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.run());
    }, EVERY_MS);
  }

  private async run(): Promise<void> {
    try {
      const found = await this.reconciler.reconcile();
      this.differences.set(found.differences.length);
      this.inFlight.set(found.inFlight);
      this.lastRun.set(Date.parse(found.at) / 1000);
      for (const difference of found.differences.slice(0, 20))
        this.logger.error(difference, 'a duty to tell is not met');
    } catch (error) {
      this.complain(error as Error);
    }
  }
}

const gauge = (name: string, help: string): Gauge =>
  (register.getSingleMetric(name) as Gauge | undefined) ?? new Gauge({ name, help });
