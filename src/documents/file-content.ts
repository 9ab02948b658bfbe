import { StreamableFile } from '@nestjs/common';
import type { Response } from 'express';
import type { DataKey } from '../platform/database/sealing.js';
import type { ByteRange } from '../platform/files/file-store.js';
import type { SealedFiles } from '../platform/files/sealed-files.js';
import type { FileRow } from './document.store.js';

/** What the row seals. */
export interface SealedAbout {
  readonly name: string;
  readonly source: string;
  readonly custody: string;
}

/** A `Range` header, or undefined for the whole. */
export type PartWanted = string | undefined;

/** The name under which a file is saved by this reader, from the one it was filed under. */
export type NameFor = (name: string) => string;

export interface FileContent {
  readonly file: StreamableFile;
  readonly status: 200 | 206;
  readonly headers: Readonly<Record<string, string>>;
}

/** What people read of a file, its sealed words opened. */
export function viewOf(row: FileRow, key: DataKey, table: 'document' | 'recording') {
  const { name, source, custody } = key.open<SealedAbout>(row.sealed, `${table}:${row.id}`);
  return {
    id: row.id,
    name,
    source,
    custody,
    sha256: row.sha256,
    bytes: Number(row.bytes),
    mediaType: row.media_type,
    addedBy: row.added_by,
    addedAt: row.added_at.toISOString(),
  };
}

/** The content as a download, whole or the part that a player asks for. Throws before the first byte when the file is not as filed. */
export async function contentOf(
  files: SealedFiles,
  key: DataKey,
  table: 'document' | 'recording',
  row: FileRow,
  wanted: PartWanted,
  nameFor: NameFor = (name) => name,
): Promise<FileContent> {
  const { name, sha256, bytes, mediaType } = viewOf(row, key, table);
  const part = rangeOf(wanted, bytes);
  const { start, end } = part ?? { start: 0, end: bytes };
  const stream = await files.open(key, { storedAs: row.stored_as, sha256, bytes }, { start, end });
  const file = new StreamableFile(stream, {
    type: mediaType,
    disposition: `attachment; filename*=UTF-8''${encodeRfc8187(nameFor(name))}`,
    length: end - start,
  });
  // A fault after the first byte must break the transfer: what has arrived by then would look complete or wait for ever.
  file.setErrorHandler((_error, response) => (response as unknown as Response).destroy());
  return {
    file,
    status: part ? 206 : 200,
    headers: {
      ETag: `"${sha256}"`,
      'Accept-Ranges': 'bytes',
      'Cache-Control': 'no-store',
      // Whatever was handed in is never run as a page of ours.
      'Content-Security-Policy': "sandbox; default-src 'none'",
      'X-Content-Type-Options': 'nosniff',
      ...(part ? { 'Content-Range': `bytes ${start}-${end - 1}/${bytes}` } : {}),
    },
  };
}

/** One satisfiable range of bytes; anything else is answered with the whole, as HTTP allows. */
export function rangeOf(header: string | undefined, bytes: number): ByteRange | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  const start = from === '' ? Math.max(0, bytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? bytes : Math.min(bytes, Number(to) + 1);
  return start < end ? { start, end } : undefined;
}

const encodeRfc8187 = (text: string): string =>
  encodeURIComponent(text).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
