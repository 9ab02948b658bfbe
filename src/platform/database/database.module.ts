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
import { assertLeastPrivilege, runtimeDataSource } from './data-source.js';
import { DataKeys } from './data-keys.js';
import { Database } from './database.js';

export interface DatabaseUrls {
  readonly api: string;
  readonly worker: string;
}

/** One pool for each runtime role that this process plays, under TypeORM's connection names `f1_api` and `f1_worker`. */
@Global()
@Module({})
export class DatabaseModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject('DATABASE_ROLES') private readonly roles: Role[],
  ) {}

  static for(config: Config, urls: DatabaseUrls, entities: (new () => unknown)[]): DynamicModule {
    const roles: Role[] = [];
    if (config.runsApi) roles.push('f1_api');
    if (config.runsWorker) roles.push('f1_worker');
    const urlOf = (role: Role) => (role === 'f1_api' ? urls.api : urls.worker);
    const connect = (role: Role) => {
      const source = runtimeDataSource({
        url: urlOf(role),
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
        { provide: 'DATABASE_ROLES', useValue: roles },
        {
          provide: Database,
          useFactory: (...sources: DataSource[]) => {
            const of = (role: Role) => sources[roles.indexOf(role)];
            return new Database(of('f1_api'), of('f1_worker'));
          },
          inject: roles.map((role) => getDataSourceToken(role)),
        },
        DataKeys,
      ],
      exports: [Database, DataKeys],
    };
  }

  async onModuleInit(): Promise<void> {
    for (const role of this.roles) await assertLeastPrivilege(this.database.pool(role));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

type Role = 'f1_api' | 'f1_worker';
