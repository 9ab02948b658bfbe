import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import type { ProcessClock } from './process-clock.js';

const HOOK = fileURLToPath(new URL('../hooks/commit-points.mjs', import.meta.url));
const READY_WITHIN_MS = 180_000;

/** Where a process of each role may be killed by name; `post` and `queue` are the worker's. */
export const API_POINTS = ['command.beforeBegin', 'command.afterBegin', 'command.beforeCommit', 'command.afterCommit'];
export const WORKER_POINTS = [
  'claim.beforeCommit',
  'claim.afterCommit',
  'queue.beforeAdd',
  'queue.afterAdd',
  'start.afterCommit',
  'post.before',
  'post.after',
  'receipt.beforeCommit',
  'receipt.afterCommit',
  'fail.beforeCommit',
  'fail.afterCommit',
];

export type Role = 'api' | 'worker' | 'all';

export interface ApplicationWanted {
  readonly name: string;
  /** `all` answers people and carries referrals in one process. */
  readonly role: Role;
  readonly port: number;
  /** The built application: its `main.js` is started. */
  readonly dist: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly logs: string;
  /** Its own wall clock, where that may be set wrong. */
  readonly clock?: ProcessClock | undefined;
}

/** One process of the product, started from the build, that may be killed, frozen, and killed at a named point. */
export class ApplicationProcess {
  private child: ChildProcess | undefined;
  private wanted = false;

  constructor(readonly about: ApplicationWanted) {}

  get name(): string {
    return this.about.name;
  }

  get answersPeople(): boolean {
    return this.about.role !== 'worker';
  }

  get carriesReferrals(): boolean {
    return this.about.role !== 'api';
  }

  get clock(): ProcessClock | undefined {
    return this.about.clock;
  }

  get address(): string {
    return `http://127.0.0.1:${this.about.port}`;
  }

  get alive(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts it, unless it runs; `more` adds to its environment this once. Settles at once. */
  launch(more: NodeJS.ProcessEnv = {}): void {
    if (this.alive) return;
    const { name, role, port, dist, environment, logs, clock } = this.about;
    const log = openSync(join(logs, `${name}.log`), 'a');
    const { PATH, HOME, TMPDIR } = process.env;
    this.wanted = true;
    this.child = spawn(process.execPath, ['--enable-source-maps', '--import', HOOK, join(dist, 'main.js')], {
      env: {
        PATH,
        HOME,
        TMPDIR,
        NODE_ENV: 'test',
        ROLE: role,
        PORT: String(port),
        ...environment,
        ...clock?.environment,
        ...more,
      },
      stdio: ['ignore', log, log, 'ipc'],
    });
    this.child.on('error', () => undefined);
    closeSync(log);
  }

  /** Settles when every part of it is ready. A process that ends while it starts is started again, as a supervisor would. */
  async ready(within = READY_WITHIN_MS): Promise<void> {
    const until = Date.now() + within;
    while (!(await answers(this.address))) {
      if (Date.now() > until) throw new Error(`${this.name} is not ready after ${within} ms; see its log`);
      if (this.wanted && !this.alive) this.launch();
      await pause(100);
    }
  }

  /** Dies at this point of its work, after having passed it so many times. */
  arm(point: string, passes = 0): void {
    if (this.alive && this.child?.connected) this.child.send({ arm: point, passes });
  }

  disarm(): void {
    if (this.alive && this.child?.connected) this.child.send({});
  }

  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** In order, as a rolling restart does; killed when it takes longer than half a minute. */
  async stop(): Promise<void> {
    const impatient = setTimeout(() => this.child?.kill('SIGKILL'), 30_000);
    await this.end('SIGTERM');
    clearTimeout(impatient);
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.wanted = false;
    const { child } = this;
    if (!child || !this.alive) return;
    const gone = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(signal);
    await gone;
  }
}

const answers = (address: string): Promise<boolean> =>
  fetch(`${address}/health/ready`, { signal: AbortSignal.timeout(3_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
