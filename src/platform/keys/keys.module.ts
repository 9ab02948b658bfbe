import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { keysFrom, type KeyProvider } from './keys.js';
import type { MasterKey } from './master-key.js';
import type { SigningKey } from './signing-key.js';

/** The injectable face of the installation's key provider. */
export abstract class Keys implements KeyProvider {
  abstract readonly master: MasterKey;
  abstract otherMasters(): readonly MasterKey[];
  abstract readonly index: Buffer;
  abstract readonly signing: SigningKey;
}

@Global()
@Module({
  providers: [{ provide: Keys, useFactory: keysFrom, inject: [Config] }],
  exports: [Keys],
})
export class KeysModule {}
