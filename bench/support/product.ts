import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../../src/app.module.js';
import { RegistrationService } from '../../src/cases/registration.service.js';
import { Config } from '../../src/platform/config/config.js';
import { actorOf, asked, REGISTRATION } from './eight-commands.js';
import type { SideSettings } from './settings.js';

export function productConfig({ poolSize, dataDir }: SideSettings, overrides: Partial<Config>): Config {
  const common = { F1_DATA_DIR: dataDir, DATABASE_POOL_SIZE: poolSize, LOG_LEVEL: 'error' };
  return Object.assign(new Config(), common, overrides);
}

/** The product without its HTTP server. */
export function productContext(settings: SideSettings, overrides: Partial<Config>): Promise<INestApplicationContext> {
  const { url } = settings;
  const module = AppModule.for(productConfig(settings, overrides), { api: url, worker: url });
  return NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
}

/** Registers cases, which no benchmark counts. */
export async function openedCases(app: INestApplicationContext, count: number, atOnce: number): Promise<string[]> {
  const registration = app.get(RegistrationService, { strict: false });
  const officer = actorOf('officer');
  const ids: string[] = [];
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun++ < count) ids.push(await registration.register(officer, REGISTRATION, asked(undefined)));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return ids;
}
