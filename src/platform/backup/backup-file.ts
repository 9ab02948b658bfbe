import { createHash, sign, verify } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { DomainError } from '../database/errors.js';
import { keyThatSigned, type SigningKey } from '../keys/signing-key.js';

export type BackupRefusal =
  | 'notFound'
  | 'notABackup'
  | 'truncated'
  | 'damaged'
  | 'changed'
  | 'signedByAnother'
  | 'otherRelease'
  | 'databaseNotEmpty'
  | 'databaseInUse'
  | 'restoring'
  | 'unfinished'
  | 'notOwner'
  | 'fileExists';

/** A backup that is not made, read or restored; the message says why and what to do. */
export class BackupRefused extends DomainError {
  constructor(code: BackupRefusal, message: string) {
    super(code, message);
    this.name = 'BackupRefused';
  }
}

export interface TableInBackup {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly bytes: number;
  /** Of the rows as COPY writes them. */
  readonly sha256: string;
}

export interface SequenceInBackup {
  readonly name: string;
  readonly lastValue: string;
  readonly isCalled: boolean;
}

/** What a backup holds, written and signed at its end. */
export interface BackupManifest {
  readonly format: 1;
  /** The database's time when its one snapshot was taken. */
  readonly takenAt: string;
  readonly snapshot: string;
  readonly server: string;
  /** The schema: every migration that had been applied. */
  readonly migrations: readonly string[];
  /** In the order in which foreign keys allow loading. */
  readonly tables: readonly TableInBackup[];
  readonly sequences: readonly SequenceInBackup[];
  readonly signedBy: string;
}

/**
 * The file is one gzip stream of frames: a letter, four bytes of length, the content. `F` names the format, `T` begins a
 * table, `D` carries its rows, `M` is the manifest, `S` its signature. The manifest comes last, because only then are the
 * counts and hashes known without writing anything twice.
 */
type FrameKind = 'F' | 'T' | 'D' | 'M' | 'S';
const FORMAT = 'article-1f-engine backup 1';
const HEAD = 5;
const LARGEST = 16 * 1024 * 1024;
const SLICE = 1024 * 1024;

export function frame(kind: FrameKind, content: Buffer | string): Buffer {
  const body = typeof content === 'string' ? Buffer.from(content) : content;
  const head = Buffer.alloc(HEAD);
  head.write(kind, 0, 'latin1');
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

const BEGIN = frame('F', FORMAT);

/** Counts and hashes the rows of a table; COPY's text form ends each with a newline and has no other. */
export class Meter {
  rows = 0;
  bytes = 0;
  private readonly hash = createHash('sha256');

  add(data: Buffer): void {
    this.bytes += data.length;
    this.hash.update(data);
    for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, at + 1)) this.rows += 1;
  }

  table(name: string, columns: readonly string[]): TableInBackup {
    return { name, columns, rows: this.rows, bytes: this.bytes, sha256: this.hash.digest('hex') };
  }
}

export interface TableSource {
  readonly name: string;
  readonly columns: readonly string[];
  readonly data: () => AsyncIterable<Buffer>;
}

/** The uncompressed content of a backup; `finish` is asked for the manifest once every table was read. */
export async function* writeFrames(
  tables: readonly TableSource[],
  finish: (tables: TableInBackup[]) => Promise<BackupManifest>,
  signing: SigningKey,
): AsyncGenerator<Buffer> {
  yield BEGIN;
  const written: TableInBackup[] = [];
  for (const { name, columns, data } of tables) {
    yield frame('T', name);
    const meter = new Meter();
    for await (const chunk of data()) {
      meter.add(chunk);
      for (let at = 0; at < chunk.length; at += SLICE) yield frame('D', chunk.subarray(at, at + SLICE));
    }
    written.push(meter.table(name, columns));
  }
  const manifest = Buffer.from(JSON.stringify(await finish(written)));
  yield frame('M', manifest);
  yield frame('S', sign(null, signed(manifest), signing.privateKey));
}

/** What to do with a table's rows while the file is read; they are to be read to their end. */
export type TableSink = (name: string, rows: AsyncIterable<Buffer>) => Promise<void>;

/**
 * Reads a whole backup and answers with its manifest, whose signature, counts and hashes then hold for all that was read.
 * Throws BackupRefused, at the latest at the end: what a sink did before must not be committed before this returns.
 */
export async function readBackup(file: string, signing: SigningKey, sink: TableSink): Promise<BackupManifest> {
  const frames = new Frames(file);
  try {
    if (!(await frames.begin())) throw notABackup(file);
    const read: TableInBackup[] = [];
    for (let next = await frames.next(); next; next = await frames.next()) {
      if (next.kind === 'M') return await conclude(frames, file, next.content, read, signing);
      if (next.kind !== 'T') throw damaged(file);
      const name = next.content.toString();
      const meter = new Meter();
      await sink(name, frames.rows(meter));
      read.push(meter.table(name, []));
    }
    throw truncated(file);
  } finally {
    frames.close();
  }
}

async function conclude(
  frames: Frames,
  file: string,
  content: Buffer,
  read: readonly TableInBackup[],
  signing: SigningKey,
): Promise<BackupManifest> {
  const signature = await frames.next();
  if (signature?.kind !== 'S') throw truncated(file);
  if ((await frames.next()) !== undefined) throw damaged(file);
  const manifest = JSON.parse(content.toString()) as BackupManifest;
  const key = keyThatSigned(signing, manifest.signedBy, new Date(manifest.takenAt));
  if (!key) {
    throw new BackupRefused(
      'signedByAnother',
      `${file} was signed with the key ${manifest.signedBy} and this installation signs with ${signing.id}; set F1_SIGNING_KEY to the key of the installation that made it, or put its keys into the data folder.`,
    );
  }
  if (!verify(null, signed(content), key, signature.content)) throw changed(file, 'its list of content');
  for (const [index, table] of manifest.tables.entries()) {
    const found = read[index];
    const same = found?.name === table.name && found.rows === table.rows && found.sha256 === table.sha256;
    if (!same) throw changed(file, `the table ${table.name}`);
  }
  if (read.length !== manifest.tables.length) throw changed(file, 'its list of tables');
  return manifest;
}

const signed = (manifest: Buffer): Buffer => Buffer.concat([Buffer.from(`${FORMAT}\n`), manifest]);

interface Frame {
  readonly kind: string;
  readonly content: Buffer;
}

class Frames {
  private readonly source: ReturnType<typeof createReadStream>;
  private readonly chunks: AsyncIterator<Buffer>;
  private buffered = Buffer.alloc(0);
  private ahead: Frame | undefined;

  constructor(private readonly file: string) {
    this.source = createReadStream(file);
    const gunzip = createGunzip();
    this.source.once('error', (error) => gunzip.destroy(error));
    this.chunks = this.source.pipe(gunzip)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Says whether this is a backup at all. */
  async begin(): Promise<boolean> {
    if (!(await this.fill(BEGIN.length))) return false;
    const found = this.buffered.subarray(0, BEGIN.length);
    this.buffered = this.buffered.subarray(BEGIN.length);
    return found.equals(BEGIN);
  }

  async next(): Promise<Frame | undefined> {
    const ahead = this.ahead;
    this.ahead = undefined;
    if (ahead) return ahead;
    if (!(await this.fill(HEAD))) return undefined;
    const length = this.buffered.readUInt32BE(1);
    if (length > LARGEST) throw damaged(this.file);
    if (!(await this.fill(HEAD + length))) throw truncated(this.file);
    const kind = this.buffered.toString('latin1', 0, 1);
    const content = this.buffered.subarray(HEAD, HEAD + length);
    this.buffered = this.buffered.subarray(HEAD + length);
    return { kind, content };
  }

  async *rows(meter: Meter): AsyncGenerator<Buffer> {
    for (let next = await this.next(); next; next = await this.next()) {
      if (next.kind !== 'D') {
        this.ahead = next;
        return;
      }
      meter.add(next.content);
      yield next.content;
    }
  }

  close(): void {
    this.source.destroy();
  }

  /** Says whether so many bytes are buffered; false at a clean end, a refusal at an end in the middle. */
  private async fill(wanted: number): Promise<boolean> {
    while (this.buffered.length < wanted) {
      const chunk = await this.chunks.next().catch((error: unknown) => {
        throw unreadable(this.file, error);
      });
      if (chunk.done && this.buffered.length > 0) throw truncated(this.file);
      if (chunk.done) return false;
      this.buffered = Buffer.concat([this.buffered, chunk.value]);
    }
    return true;
  }
}

function unreadable(file: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new BackupRefused('notFound', `There is no file ${file}.`);
  if (code === 'Z_BUF_ERROR') return truncated(file);
  if (code === 'Z_DATA_ERROR') return message.includes('header') ? notABackup(file) : damaged(file);
  return error as Error;
}

const notABackup = (file: string): BackupRefused =>
  new BackupRefused('notABackup', `${file} is not a backup made by "f1 backup create".`);
const truncated = (file: string): BackupRefused =>
  new BackupRefused(
    'truncated',
    `${file} ends in the middle: it was cut off. Nothing was restored; use another backup.`,
  );
const damaged = (file: string): BackupRefused =>
  new BackupRefused('damaged', `${file} is damaged and cannot be read. Nothing was restored; use another backup.`);
const changed = (file: string, what: string): BackupRefused =>
  new BackupRefused('changed', `${file} was changed after it was made (${what}). Nothing was restored.`);
