import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { program } from './program.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs one `f1` command, with these variables and none of the product's that we were started with; `typed` is
 * what it reads, and `started` is given the process.
 */
export async function f1(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  { typed = '', started = () => undefined }: { typed?: string; started?: (child: ChildProcess) => void } = {},
): Promise<Said> {
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, [...program('cli'), ...args], {
    cwd: root,
    env: { PATH, HOME, TMPDIR, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  started(child);
  child.stdin.on('error', () => undefined);
  child.stdin.end(typed);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
