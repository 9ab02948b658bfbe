import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';

const PHASES = ['intake', 'relay', 'workers'] as const;
export type Phase = (typeof PHASES)[number];

/**
 * Stops what is under way in a fixed order while database and queue are still there: first what takes new work in, then what
 * hands it out, then what does it. Left to each module's own hook, the order of imports decides whether a receipt is lost.
 */
@Injectable()
export class Stopping implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Stopping');
  private readonly stops: { readonly phase: Phase; readonly stop: () => Promise<void> }[] = [];

  /** Registers how to stop one thing; things of one phase stop together. */
  register(phase: Phase, stop: () => Promise<void>): void {
    this.stops.push({ phase, stop });
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const phase of PHASES) {
      const results = await Promise.allSettled(
        this.stops.filter((one) => one.phase === phase).map(({ stop }) => stop()),
      );
      for (const result of results) {
        if (result.status === 'rejected') this.logger.error({ phase }, `stopping: ${(result.reason as Error).message}`);
      }
    }
  }
}
