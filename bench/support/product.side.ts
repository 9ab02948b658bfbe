import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../../src/app.module.js';
import { CasesService } from '../../src/cases/cases.service.js';
import { DEMO_ACCOUNTS } from '../../src/demo/accounts.js';
import { Config } from '../../src/platform/config/config.js';
import { actorOf, asked, eightCommands } from './eight-commands.js';
import { SetUp } from './set-up.js';
import { measured, serveSide } from './side.js';
import type { SideSettings } from './settings.js';

serveSide(async ({ url, poolSize, atOnce, dataDir }: SideSettings) => {
  const config = Object.assign(new Config(), {
    ROLE: 'api',
    F1_DATA_DIR: dataDir,
    DATABASE_POOL_SIZE: poolSize,
    LOG_LEVEL: 'error',
  });
  const app = await NestFactory.createApplicationContext(AppModule.for(config, { api: url, worker: url }), {
    logger: false,
    abortOnError: false,
  });
  const cases = app.get(CasesService, { strict: false });
  const setUp = new SetUp(app);
  const actors = new Map(DEMO_ACCOUNTS.map(({ username }) => [username, actorOf(username)]));
  return {
    async round(lots) {
      const files = await setUp.files(lots, poolSize);
      return measured(
        files.map(({ caseId, allegationId }) => async (unit) => {
          for (const [index, { by, instruction }] of eightCommands(allegationId).entries()) {
            await unit(() => cases.execute(actors.get(by)!, caseId, instruction, asked(index + 1)));
          }
        }),
        atOnce,
      );
    },
    close: () => app.close(),
  };
});
