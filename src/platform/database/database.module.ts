import {
  type DynamicModule,
  Global,
  Inject,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Config } from '../config/config.js';
import { assertLeastPrivilege, type RuntimeRole, runtimeDataSource } from './data-source.js';
import { DataKeys } from './data-keys.js';
import { Database } from './database.js';

export interface DatabaseUrls {
  readonly api: string;
  readonly worker: string;
  /** Where the process may be a portal. */
  readonly portal?: string;
}

/** One pool for each runtime role that this process plays, under TypeORM's connection names `f1_api`, `f1_worker` and `f1_portal`. */
@Global()
@Module({})
export class DatabaseModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject('DATABASE_POOLS') private readonly pools: DataSource[],
  ) {}

  static for(config: Config, urls: DatabaseUrls, entities: (new () => unknown)[]): DynamicModule {
    const roles: RuntimeRole[] = [];
    if (config.runsApi) roles.push('f1_api');
    if (config.runsWorker) roles.push('f1_worker');
    if (config.runsPortal) roles.push('f1_portal');
    const urlOf = { f1_api: urls.api, f1_worker: urls.worker, f1_portal: urls.portal ?? '' };
    const connect = (role: RuntimeRole) => {
      const source = runtimeDataSource({
        url: urlOf[role],
        role,
        size: config.DATABASE_POOL_SIZE,
        timeZone: config.F1_TIME_ZONE,
        entities,
      });
      return TypeOrmModule.forRootAsync({
        name: role,
        useFactory: () => source.options,
        dataSourceFactory: async () => (source.isInitialized ? source : source.initialize()),
      });
    };
    return {
      module: DatabaseModule,
      imports: roles.map(connect),
      providers: [
        {
          provide: 'DATABASE_POOLS',
          useFactory: (...sources: DataSource[]) => sources,
          inject: roles.map((role) => getDataSourceToken(role)),
        },
        {
          provide: Database,
          useFactory: (sources: DataSource[]) => {
            const of = (role: RuntimeRole) => sources[roles.indexOf(role)];
            return new Database(of('f1_api') ?? of('f1_portal'), of('f1_worker'));
          },
          inject: ['DATABASE_POOLS'],
        },
        DataKeys,
      ],
      exports: [Database, DataKeys],
    };
  }

  async onModuleInit(): Promise<void> {
    for (const pool of this.pools) await assertLeastPrivilege(pool);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
