import { Global, Logger, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { HealthParts } from '../health/health-parts.js';
import { keysFrom, type KeyProvider } from './keys.js';
import { type MasterKey, MasterKeyAway } from './master-key.js';
import type { SigningKey } from './signing-key.js';

/** The injectable face of the installation's key provider. */
export abstract class Keys implements KeyProvider {
  abstract readonly master: MasterKey;
  abstract otherMasters(): readonly MasterKey[];
  abstract readonly index: Buffer;
  abstract readonly signing: SigningKey;
}

/** Readiness asks a hardware module anew each time: a process that reaches it no more can open no case. */
function keysInUse(config: Config, health: HealthParts): KeyProvider {
  const logger = new Logger('Keys');
  for (const warning of config.warnings) logger.warn(warning);
  const keys = keysFrom(config);
  if (keys.master.check)
    health.register('master key', () => {
      try {
        keys.master.check?.();
        return 'up';
      } catch (error) {
        logger.error(error instanceof MasterKeyAway ? error.reason : String(error));
        return 'down';
      }
    });
  return keys;
}

@Global()
@Module({
  providers: [{ provide: Keys, useFactory: keysInUse, inject: [Config, HealthParts] }],
  exports: [Keys],
})
export class KeysModule {}
