import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { SystemWanted } from './referral-system.js';

const path = (name: string): string => new URL(name, import.meta.url).pathname;

export interface WorkerProcess {
  /** SIGKILL: nothing is finished, nothing is said. */
  kill(): Promise<void>;
  /** SIGSTOP: it keeps its locks and connections and does nothing. */
  freeze(): void;
  thaw(): void;
  /** Ends it as an operator would; the exit code. */
  stop(): Promise<number | null>;
}

/** A worker in a process of its own, running before this settles. */
export async function aWorkerProcess(wanted: SystemWanted): Promise<WorkerProcess> {
  const loader = path('../../support/typescript.mjs');
  const child = spawn(process.execPath, ['--import', loader, path('worker.program.ts'), JSON.stringify(wanted)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error(`the worker ended before it was ready: ${said}`);
    }),
  ]);
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await ended(child);
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    stop: async () => {
      child.stdin.end();
      return ended(child);
    },
  };
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}
