import type { Processor } from 'bullmq';

type Ids = Readonly<Record<string, string | number>>;

/** A job carries ids only, never content: lists of them, by name. */
export type JobData = Readonly<Record<string, readonly Ids[]>>;

export interface NewJob {
  /** Never reused while a job of that id is kept: BullMQ silently ignores the second. */
  readonly id: string;
  readonly data: JobData;
}

export interface JobQueue {
  /** Settles within a few seconds whatever the server does; a failure may still have added some. */
  add(jobs: readonly NewJob[]): Promise<void>;
  close(): Promise<void>;
}

export interface JobWorker {
  /** Takes no more jobs and waits for those under way, but not for ever. */
  close(): Promise<void>;
}

/** Where BullMQ keeps its jobs. Two implementations: Redis in production, PostgreSQL where there is no Redis. */
export interface QueueBackend {
  readonly name: 'redis' | 'postgresql';
  queue(name: string): JobQueue;
  worker(name: string, concurrency: number, process: (data: JobData) => Promise<void>): JobWorker;
  /** Throws, saying what to do, when the server is away or may drop what it was given. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export type JobProcessor = Processor<JobData, void>;

export const ADD_WITHIN_MS = 3_000;
export const STOP_WITHIN_MS = 20_000;

/** PostgreSQL owns retries and history, so a job is tried once and never kept; a killed worker's jobs are always taken over. */
export const JOB_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const;
export const WORKER_OPTIONS = {
  lockDuration: 60_000,
  stalledInterval: 30_000,
  maxStalledCount: 1_000_000,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
} as const;
