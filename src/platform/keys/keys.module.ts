import { Global, Module } from '@nestjs/common';
import type { KeyObject } from 'node:crypto';
import { Config } from '../config/config.js';
import { keysFrom, type KeyProvider } from './keys.js';
import type { MasterKey } from './master-key.js';

/** The injectable face of the installation's key provider. */
export abstract class Keys implements KeyProvider {
  abstract readonly master: MasterKey;
  abstract otherMasters(): readonly MasterKey[];
  abstract readonly index: Buffer;
  abstract readonly signing: { readonly id: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject };
}

@Global()
@Module({
  providers: [{ provide: Keys, useFactory: keysFrom, inject: [Config] }],
  exports: [Keys],
})
export class KeysModule {}
