import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** A Redis of the harness's own, with its append-only file, that may be killed, and lose that file too. */
export class RedisProcess {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async start(folder: string, port: number): Promise<RedisProcess> {
    const redis = new RedisProcess(folder, port);
    await redis.start();
    return redis;
  }

  async start(): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    const settings = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', ''];
    const durable = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction'];
    this.child = spawn('redis-server', [...settings, ...durable], { stdio: 'ignore' });
    await once(this.child, 'spawn');
    await this.ask((redis) => redis.ping());
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Only while it does not run. */
  deleteFiles(): void {
    rmSync(join(this.folder, 'appendonlydir'), { recursive: true, force: true });
  }

  async flushAll(): Promise<void> {
    await this.ask((redis) => redis.flushall());
  }

  private async ask(question: (redis: Redis) => Promise<unknown>): Promise<void> {
    const redis = new Redis(this.port, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: 100 });
    redis.on('error', () => undefined);
    try {
      await question(redis);
    } finally {
      redis.disconnect();
    }
  }
}
