import {
  type DynamicModule,
  Global,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Config } from '../config/config.js';
import { postgresBackend } from './postgres-backend.js';
import type { QueueBackend } from './queue-backend.js';
import { redisBackend } from './redis-backend.js';
import { Stopping } from './stopping.js';

export const QUEUE_BACKEND = Symbol('QueueBackend');

/** The queue of a process that runs workers: Redis when `REDIS_URL` is set, else PostgreSQL as the worker role. */
@Global()
@Module({})
export class QueueModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Queue');

  constructor(@Inject(QUEUE_BACKEND) private readonly backend: QueueBackend) {}

  static for(config: Config, workerUrl: string): DynamicModule {
    return QueueModule.on(config.REDIS_URL === undefined ? postgresBackend(workerUrl) : redisBackend(config.REDIS_URL));
  }

  static on(backend: QueueBackend): DynamicModule {
    return {
      module: QueueModule,
      providers: [{ provide: QUEUE_BACKEND, useValue: backend }, Stopping],
      exports: [QUEUE_BACKEND, Stopping],
    };
  }

  /** A queue that is away does not stop the start: the relay works without it until it is back. */
  async onApplicationBootstrap(): Promise<void> {
    try {
      await this.backend.check();
      this.logger.log(`BullMQ runs on ${this.backend.name}`);
    } catch (error) {
      this.logger.warn(`The queue on ${this.backend.name} is not as it should be: ${(error as Error).message}`);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.backend.close();
  }
}
