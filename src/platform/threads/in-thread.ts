import { parentPort } from 'node:worker_threads';

/** How a thread answers a job. */
export type Done = { readonly result: unknown } | { readonly error: string };

/** In a thread: does each job that comes and answers with what `work` makes of it, or with the words of what it throws. */
export function answerJobs<Job>(work: (job: Job) => unknown): void {
  parentPort?.on('message', (job: Job) => {
    const done = ((): Done => {
      try {
        return { result: work(job) };
      } catch (error) {
        return { error: (error as Error).message };
      }
    })();
    parentPort?.postMessage(done);
  });
}
