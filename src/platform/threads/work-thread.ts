import { Worker } from 'node:worker_threads';
import { DomainError } from '../database/errors.js';
import type { Done } from './in-thread.js';

export interface ThreadLimits {
  /** How long one job may take. */
  readonly seconds: number;
  /** Memory of the thread. */
  readonly megabytes: number;
  /** Jobs that wait while one is done; a further one is refused. */
  readonly waiting: number;
}

/** A job that will not come to an end however often it is tried: too long, too much memory, or a mistake of ours. */
export class JobFailed extends Error {
  override readonly name = 'JobFailed';
}

interface Task {
  readonly job: unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One thread beside the event loop, for work that takes seconds of computing: jobs and results are plain data, done in the order
 * asked. It starts with the first job, starts anew after a job that ended it, and keeps no process alive while it has nothing to do.
 */
export class WorkThread {
  private worker: Worker | undefined;
  private current: Task | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly waiting: Task[] = [];
  private stopped = false;

  /** `entry` is the module that calls `answerJobs`. */
  constructor(
    private readonly entry: URL,
    private readonly limits: ThreadLimits,
  ) {}

  /** What the thread makes of a job. Throws JobFailed; `unavailable` when too much waits already or the process ends. */
  run<Result>(job: unknown): Promise<Result> {
    if (this.stopped) return Promise.reject(new DomainError('unavailable', 'The server is stopping. Try again soon.'));
    if (this.waiting.length >= this.limits.waiting)
      return Promise.reject(
        new DomainError('unavailable', 'Too much is being worked out already. Try again in a minute.'),
      );
    return new Promise<Result>((resolve, reject) => {
      this.waiting.push({ job, resolve, reject });
      this.next();
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    const stopping = new DomainError('unavailable', 'The server is stopping. Try again soon.');
    for (const { reject } of this.waiting.splice(0)) reject(stopping);
    await this.end(stopping);
  }

  private next(): void {
    if (this.current) return;
    this.current = this.waiting.shift();
    if (!this.current) return;
    this.worker ??= this.begun();
    this.worker.ref();
    this.timer = setTimeout(
      () => void this.end(new JobFailed(`it did not end within ${this.limits.seconds} seconds`)),
      this.limits.seconds * 1_000,
    );
    this.worker.postMessage(this.current.job);
  }

  private begun(): Worker {
    // A worker begins with the hooks of nobody: where our sources run as they are (tests), it is told how to read them.
    const asSource = import.meta.url.endsWith('.ts');
    const hooks = new URL('../../../test/support/typescript.mjs', import.meta.url).href;
    const worker = new Worker(asSource ? new URL(this.entry.href.replace(/\.js$/, '.ts')) : this.entry, {
      execArgv: asSource ? ['--import', hooks] : [],
      resourceLimits: { maxOldGenerationSizeMb: this.limits.megabytes },
    });
    const isCurrent = (): boolean => this.worker === worker;
    worker.on('message', (done: Done) => {
      if (!isCurrent()) return;
      const task = this.settled();
      if ('result' in done) task?.resolve(done.result as never);
      else task?.reject(new JobFailed(done.error));
      this.next();
    });
    worker.on('error', (error) => isCurrent() && void this.end(new JobFailed(error.message)));
    worker.on('exit', (code) => isCurrent() && void this.end(new JobFailed(`its thread ended with code ${code}`)));
    return worker;
  }

  /** Ends the thread and refuses the job it was at; the next job begins another one. */
  private async end(why: Error): Promise<void> {
    const worker = this.worker;
    this.worker = undefined;
    this.settled()?.reject(why);
    this.next();
    await worker?.terminate();
  }

  private settled(): Task | undefined {
    clearTimeout(this.timer);
    const task = this.current;
    this.current = undefined;
    this.worker?.unref();
    return task;
  }
}
