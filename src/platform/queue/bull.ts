import { Logger } from '@nestjs/common';
import {
  ADD_WITHIN_MS,
  JOB_OPTIONS,
  type JobData,
  type JobProcessor,
  type JobQueue,
  type JobWorker,
  type NewJob,
  STOP_WITHIN_MS,
} from './queue-backend.js';
import { within } from './timeout.js';

/** What we use of BullMQ's queue, the same on each backend. */
interface BullQueue {
  waitUntilReady(): Promise<unknown>;
  addBulk(jobs: { name: string; data: JobData; opts: object }[]): Promise<unknown>;
  close(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

interface BullWorker {
  close(force?: boolean): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

const logger = new Logger('Queue');
const QUIET_MS = 10_000;

/** A server that is away makes each client repeat its error without pause: one line in ten seconds tells as much. */
export function rateLimited(say: (error: Error, swallowed: number) => void): (error: Error) => void {
  let spokeAt = -Infinity;
  let swallowed = 0;
  return (error) => {
    if (performance.now() - spokeAt < QUIET_MS) {
      swallowed += 1;
      return;
    }
    say(error, swallowed);
    spokeAt = performance.now();
    swallowed = 0;
  };
}

const logErrorsOf = (what: string) =>
  rateLimited((error, swallowed) =>
    logger.warn({ code: (error as { code?: string }).code, swallowed }, `${what}: ${error.message}`),
  );

/** `release` lets go of a connection that is ours and not BullMQ's. */
export function jobQueue(name: string, open: () => BullQueue, release: () => void = () => undefined): JobQueue {
  const queue = open();
  queue.on('error', logErrorsOf(`queue ${name}`));
  return {
    add: async (jobs: readonly NewJob[]) => {
      const entries = jobs.map(({ id, data }) => ({ name, data, opts: { ...JOB_OPTIONS, jobId: id } }));
      const added = queue.waitUntilReady().then(() => queue.addBulk(entries));
      await within(ADD_WITHIN_MS, `adding to queue ${name}`, added);
    },
    close: async () => {
      await within(ADD_WITHIN_MS, `closing queue ${name}`, queue.close()).catch(() => undefined);
      release();
    },
  };
}

export function jobWorker(
  name: string,
  process: (data: JobData) => Promise<void>,
  open: (run: JobProcessor) => BullWorker,
): JobWorker {
  const worker = open(async (job) => process(job.data));
  worker.on('error', logErrorsOf(`worker ${name}`));
  return {
    close: async () => {
      const gentle = within(STOP_WITHIN_MS, `stopping worker ${name}`, worker.close());
      await gentle.catch(async (error: Error) => {
        logErrorsOf(`worker ${name}`)(error);
        await within(1_000, `stopping worker ${name} at once`, worker.close(true)).catch(() => undefined);
      });
    },
  };
}
