import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditModule } from '../../src/audit/audit.module.js';
import { type DemoLogin, seedDemo } from '../../src/demo/seed.js';
import { LedgerModule } from '../../src/audit/ledger.module.js';
import { IdentityModule } from '../../src/identity/identity.module.js';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import { Config } from '../../src/platform/config/config.js';
import { DatabaseModule } from '../../src/platform/database/database.module.js';
import { DtoPipe } from '../../src/platform/http/body.pipe.js';
import { ProblemFilter } from '../../src/platform/http/problem.filter.js';
import { HealthModule } from '../../src/platform/health/health.module.js';
import { KeysModule } from '../../src/platform/keys/keys.module.js';
import { aDatabase, type TestDatabase } from './database.js';

export interface IdentityApp {
  readonly app: NestExpressApplication;
  readonly database: TestDatabase;
  readonly config: Config;
  readonly logins: readonly DemoLogin[];
  readonly dataDir: string;
  passwordOf(username: string): string;
  close(): Promise<void>;
}

/**
 * Identity and audit alone, over a seeded database, with the test's own controllers behind the real guards, and the feature that a
 * test is about.
 */
export async function anIdentityApp(
  controllers: Type[] = [],
  overrides: Partial<Config> = {},
  features: Type[] = [],
): Promise<IdentityApp> {
  const database = await aDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'f1-identity-'));
  const logins = await seedDemo(database.ownerUrl, dataDir);
  const config = Object.assign(
    new Config(),
    { NODE_ENV: 'test', F1_DATA_DIR: dataDir, DATABASE_POOL_SIZE: 4 },
    overrides,
  );

  @Module({
    imports: [
      ConfigModule.with(config),
      HealthModule,
      KeysModule,
      DatabaseModule.for(config, { api: database.appUrl, worker: database.appUrl }, []),
      AuditModule,
      IdentityModule,
      LedgerModule,
      ...features,
    ],
    controllers,
  })
  class TestModule {}

  const app = await NestFactory.create<NestExpressApplication>(TestModule, { logger: false });
  app.setGlobalPrefix('api');
  app.useGlobalPipes(new DtoPipe());
  app.useGlobalFilters(new ProblemFilter());
  await app.listen(0, '127.0.0.1').catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  return {
    app,
    database,
    config,
    logins,
    dataDir,
    passwordOf: (username) => logins.find((login) => login.username === username)!.password,
    close: async () => {
      await app.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
