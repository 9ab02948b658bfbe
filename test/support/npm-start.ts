import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Ended {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly said: string;
}

/** `npm start` as a newcomer types it, with a data folder and a port of its own and none of our variables, not even LANG. */
export class NpmStart {
  said = '';
  private readonly ended: Promise<Ended>;

  private constructor(private readonly child: ChildProcess) {
    const collect = (chunk: Buffer): void => {
      this.said += chunk.toString();
      child.emit('said');
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    this.ended = once(child, 'close').then(([code]) => ({
      code: (code as number | null) ?? undefined,
      said: this.said,
    }));
  }

  /** In a process group of its own, as a shell would start it. */
  static alone(environment: NodeJS.ProcessEnv): NpmStart {
    return NpmStart.spawn('npm', ['start'], environment);
  }

  /** In a terminal: what is typed there, Ctrl-C too, goes through its line discipline. */
  static inTerminal(environment: NodeJS.ProcessEnv): NpmStart {
    return NpmStart.spawn(
      'script',
      ['--quiet', '--return', '--flush', '--command', 'exec npm start', '/dev/null'],
      environment,
    );
  }

  private static spawn(file: string, args: string[], environment: NodeJS.ProcessEnv): NpmStart {
    const { PATH, HOME, TMPDIR } = process.env;
    return new NpmStart(
      spawn(file, args, {
        cwd: root,
        env: { PATH, HOME, TMPDIR, LANG: '', ...environment },
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
      }),
    );
  }

  /** Waits until it has said this; fails with all it said when it ends without. */
  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.said)) {
      const end = await Promise.race([once(this.child, 'said').then(() => undefined), this.ended]);
      if (end && !pattern.test(this.said)) throw new Error(`npm start ended without saying ${pattern}:\n${this.said}`);
    }
  }

  /** Ctrl-C in its terminal. */
  pressCtrlC(): Promise<Ended> {
    this.child.stdin?.write('\x03');
    return this.ended;
  }

  /** To npm alone, as a service manager or `kill` does. */
  terminate(): Promise<Ended> {
    this.child.kill('SIGTERM');
    return this.ended;
  }

  /** To npm and all it started, which are told nothing. */
  killAll(): Promise<Ended> {
    if (this.child.exitCode === null && this.child.signalCode === null) process.kill(-(this.child.pid ?? 0), 'SIGKILL');
    return this.ended;
  }

  end(): Promise<Ended> {
    return this.ended;
  }
}
