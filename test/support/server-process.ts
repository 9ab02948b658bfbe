import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../src/platform/http/free-port.js';
import { program } from './program.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The product's server in a process of its own, on the database that these variables name. */
export class ServerProcess {
  private said = '';
  private readonly ended: Promise<number | null>;

  private constructor(
    private readonly child: ChildProcess,
    readonly address: string,
  ) {
    const collect = (chunk: Buffer): void => {
      this.said += chunk.toString();
      child.emit('said');
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    this.ended = once(child, 'close').then(([code]) => code as number | null);
  }

  /** Settles when every part of it is ready. */
  static async start(environment: NodeJS.ProcessEnv): Promise<ServerProcess> {
    const port = await freePort();
    const { PATH, HOME, TMPDIR } = process.env;
    const child = spawn(process.execPath, program('main'), {
      cwd: root,
      env: { PATH, HOME, TMPDIR, NODE_ENV: 'test', PORT: String(port), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new ServerProcess(child, `http://127.0.0.1:${port}`);
    while (!(await server.isReady())) {
      if (child.exitCode !== null) throw new Error(`the server ended before it was ready: ${server.said}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return server;
  }

  /** Sends SIGTERM; settles when the server has begun to stop. */
  async terminate(): Promise<void> {
    this.child.kill('SIGTERM');
    while (!this.said.includes('Stopping')) {
      if ((await Promise.race([once(this.child, 'said'), this.ended])) === null) break;
      if (this.child.exitCode !== null) break;
    }
  }

  /** The exit code, when it has ended. */
  end(): Promise<number | null> {
    return this.ended;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  private async isReady(): Promise<boolean> {
    return fetch(`${this.address}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}
