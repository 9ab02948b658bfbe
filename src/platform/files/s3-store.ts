import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type ByteRange, FileMissing, FileStore, isAddress, type StoredFile } from './file-store.js';
import { clearSpool, spool } from './spool.js';

export interface S3Settings {
  /** `s3://bucket/prefix` */
  readonly url: string;
  readonly endpoint?: string | undefined;
  readonly region: string;
  /** Without them, the role of the machine. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Local folder in which an upload is completed (encrypted) before it is sent, since its address is known only then. */
  readonly spoolFolder: string;
}

const silent = (): void => undefined;

/** An S3-compatible store: `prefix/ab/cd/abcd…`. */
export class S3Store extends FileStore {
  private readonly client: S3Client;
  private readonly bucket: string;
  private readonly prefix: string;

  constructor(private readonly settings: S3Settings) {
    super();
    const { host, pathname } = new URL(settings.url);
    this.bucket = host;
    this.prefix = pathname.replace(/^\/+|\/+$/g, '');
    this.client = new S3Client({
      region: settings.region,
      // Stores other than Amazon's rarely have a host name per bucket, or know its newer checksums.
      ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint, forcePathStyle: true }),
      ...(settings.credentials === undefined ? {} : { credentials: settings.credentials }),
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      // Its warning that a stream cannot be sent again is no news: sending again is done below.
      logger: { debug: silent, info: silent, warn: silent, error: silent },
    });
  }

  async put(content: AsyncIterable<Buffer>): Promise<string> {
    const { path, sha256, bytes } = await spool(this.settings.spoolFolder, content);
    try {
      await this.send(path, sha256, bytes);
    } finally {
      await rm(path, { force: true });
    }
    return sha256;
  }

  /** The client repeats what it can, but never a stream, which it has consumed. */
  private async send(path: string, sha256: string, bytes: number, attempts = 3): Promise<void> {
    try {
      await this.client.send(
        new PutObjectCommand({
          Bucket: this.bucket,
          Key: this.keyOf(sha256),
          Body: createReadStream(path),
          ContentLength: bytes,
          ContentType: 'application/octet-stream',
          ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
        }),
      );
    } catch (error) {
      const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 503;
      if (attempts <= 1 || status < 500) throw error;
      await this.send(path, sha256, bytes, attempts - 1);
    }
  }

  async read(address: string, { start, end }: ByteRange): Promise<Readable> {
    if (!isAddress(address)) throw new FileMissing(address);
    try {
      const { Body } = await this.client.send(
        new GetObjectCommand({ Bucket: this.bucket, Key: this.keyOf(address), Range: `bytes=${start}-${end - 1}` }),
      );
      return Body as Readable;
    } catch (error) {
      // A range beyond the end means that the object is not the one that was stored.
      if (error instanceof NoSuchKey || ['NoSuchKey', 'InvalidRange'].includes((error as Error).name)) {
        throw new FileMissing(address);
      }
      throw error;
    }
  }

  async remove(address: string): Promise<void> {
    if (!isAddress(address)) return;
    await this.client.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: this.keyOf(address) }));
  }

  async *list(): AsyncIterable<StoredFile> {
    let after: string | undefined;
    do {
      const page = await this.client.send(
        new ListObjectsV2Command({
          Bucket: this.bucket,
          ...(this.prefix === '' ? {} : { Prefix: `${this.prefix}/` }),
          ...(after === undefined ? {} : { ContinuationToken: after }),
        }),
      );
      for (const { Key, LastModified } of page.Contents ?? []) {
        const address = Key?.split('/').at(-1) ?? '';
        if (isAddress(address) && Key === this.keyOf(address) && LastModified)
          yield { address, storedAt: LastModified };
      }
      after = page.NextContinuationToken;
    } while (after !== undefined);
  }

  clearUnfinished(before: Date): Promise<number> {
    return clearSpool(this.settings.spoolFolder, before);
  }

  close(): void {
    this.client.destroy();
  }

  private keyOf(address: string): string {
    return [this.prefix, address.slice(0, 2), address.slice(2, 4), address].filter((part) => part !== '').join('/');
  }
}
