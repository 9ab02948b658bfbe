import { spawn } from 'node:child_process';
import { basename } from 'node:path';

/** The unprivileged account that owns the server's files when we are root: PostgreSQL refuses to run as root. */
export interface Account {
  uid: number;
  gid: number;
}

export interface ProgramResult {
  code: number | null;
  output: string;
}

/**
 * Runs a program to its end in a session of its own, so that Ctrl-C in a terminal does not reach it, with an
 * environment of our own, so that neither an empty LANG nor a PGDATA or PGPORT of the caller changes what it does.
 */
export function runProgram(
  file: string,
  args: string[],
  options: { cwd: string; account?: Account | undefined },
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      ...options.account,
      detached: true,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer) => (output += chunk.toString('utf8'));
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    // A Ctrl-C between the start of the program and its own session does reach it.
    child.once('close', (code, signal) =>
      resolve({ code, output: signal ? `${basename(file)} was ended by ${signal}` : output.trim() }),
    );
  });
}
