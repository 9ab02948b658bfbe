import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export interface Answer {
  port: number;
  adopted: boolean;
  folder: string;
  url: string;
  refused?: string;
  code?: string;
}

/** Another process that uses the embedded PostgreSQL of a data folder, so that tests can interrupt and kill it. */
export class EmbeddedUser {
  readonly lines: string[] = [];
  private constructor(private readonly child: ChildProcess) {}

  /** Starts the process; `environment` replaces variables of ours. */
  static start(dataDir: string, environment: NodeJS.ProcessEnv = {}): EmbeddedUser {
    const child = spawn(
      process.execPath,
      ['--import', path('typescript.mjs'), path('embedded-user.program.ts'), dataDir],
      {
        cwd: path('../..'),
        env: { ...process.env, ...environment },
        detached: true, // a process group of its own, like a command typed in a terminal
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    const user = new EmbeddedUser(child);
    createInterface({ input: child.stdout }).on('line', (line) => {
      user.lines.push(line);
      child.emit('said');
    });
    return user;
  }

  /** What the process says once it uses the server, or why it does not. */
  async answer(): Promise<Answer> {
    return JSON.parse(await this.line(/"port"|"refused"/)) as Answer;
  }

  /** Waits for a line the process says. */
  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => pattern.test(line));
      if (found) return found;
      if (this.child.exitCode !== null)
        throw new Error(`The process ended without saying ${pattern}: ${this.lines.join('\n')}`);
      await Promise.race([once(this.child, 'said'), once(this.child, 'close')]);
    }
  }

  /** Lets the process release the server and end. */
  async leave(): Promise<void> {
    const closed = this.closed();
    this.child.stdin?.end();
    await closed;
  }

  async kill(): Promise<void> {
    const closed = this.closed();
    this.child.kill('SIGKILL');
    await closed;
  }

  /** What Ctrl-C in a terminal does: the signal goes to the whole process group. */
  async interrupt(): Promise<void> {
    const closed = this.closed();
    process.kill(-(this.child.pid ?? 0), 'SIGINT');
    await closed;
  }

  private async closed(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'close');
  }
}
