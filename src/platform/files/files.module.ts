import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { join } from 'node:path';
import { Config } from '../config/config.js';
import { FileStore } from './file-store.js';
import { FolderStore } from './folder-store.js';
import { SealedFiles } from './sealed-files.js';

/** The store that the configuration names. The S3 client is large and loaded only where it is used. */
export async function fileStoreFor(config: Config): Promise<FileStore> {
  const folder = join(config.F1_DATA_DIR, 'files');
  if (config.F1_FILES_URL === undefined) return new FolderStore(folder);
  const { S3Store } = await import('./s3-store.js');
  const { F1_FILES_ACCESS_KEY: accessKeyId, F1_FILES_SECRET_KEY: secretAccessKey } = config;
  return new S3Store({
    url: config.F1_FILES_URL,
    endpoint: config.F1_FILES_ENDPOINT,
    region: config.F1_FILES_REGION,
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
    spoolFolder: join(folder, 'unfinished'),
  });
}

@Global()
@Module({
  providers: [{ provide: FileStore, useFactory: fileStoreFor, inject: [Config] }, SealedFiles],
  exports: [FileStore, SealedFiles],
})
export class FilesModule implements OnApplicationShutdown {
  constructor(@Inject(FileStore) private readonly store: FileStore & { close?: () => void }) {}

  onApplicationShutdown(): void {
    this.store.close?.();
  }
}
