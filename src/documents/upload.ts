import busboy from 'busboy';
import type { ClassConstructor } from 'class-transformer';
import type { Request } from 'express';
import type { Readable } from 'node:stream';
import { DomainError } from '../platform/database/errors.js';
import { takesLong } from '../platform/http/body-within.js';
import { notPlain } from '../platform/http/plain-json.js';
import { InvalidInput } from '../platform/http/problem.js';
import { validated } from '../platform/http/validation.js';

/** One file on its way in. */
export interface Upload {
  readonly content: AsyncIterable<Buffer>;
  /** As the sender calls it. */
  readonly name: string | undefined;
  /** `type/subtype` in lower case, without parameters. */
  readonly mediaType: string;
}

const MEDIA_TYPE = /^[a-z]+\/[a-z0-9][a-z0-9.+-]{0,80}$/;

/**
 * Reads a multipart request of two parts, `about` (JSON, first) and `file`, and hands the file to `keep` while it still arrives:
 * it is never held in memory or on this disk in the clear. A request that is refused is read to its end and dropped, because
 * a sender still sending would not hear the answer.
 */
export function receiveUpload<A extends object, R>(
  request: Request,
  type: ClassConstructor<A>,
  keep: (about: A, upload: Upload) => Promise<R>,
): Promise<R> {
  takesLong(request);
  return new Promise<R>((resolve, reject) => {
    const parser = parserOf(request);
    let about: string | undefined;
    let kept: Promise<R> | undefined;
    let fault: DomainError | undefined;
    const refuse = (error: unknown): void => {
      request.unpipe(parser);
      request.resume();
      reject(error as Error);
    };
    /** Ends only when the whole request was read: a file followed by a fault is not kept. */
    const wholeRequest = new Promise<void>((ended) => parser.on('close', ended)).then(() => {
      if (fault) throw fault;
    });
    // Whoever reads the file hears of it there; a request without a file has its own refusal.
    wholeRequest.catch(() => undefined);
    parser.on('field', (field, value, { valueTruncated }) => {
      if (field !== 'about') refuse(noSuchPart(field));
      else if (valueTruncated) refuse(problem('/about', 'is larger than 1 MB'));
      else about = value;
    });
    parser.on('file', (field, stream, info) => {
      if (field !== 'file') return refuse(noSuchPart(field));
      // An error before anybody reads the stream must not end the process; whoever reads it is told all the same.
      stream.on('error', () => undefined);
      kept = keepFile(type, about, contentOf(stream, wholeRequest), info, keep);
      kept.then(resolve, refuse);
    });
    for (const limit of ['filesLimit', 'fieldsLimit', 'partsLimit'] as const) {
      parser.on(limit, () => (fault = problem('/file', `send one file in a request, as ${PARTS}`)));
    }
    parser.on('error', () => {
      fault = new DomainError('malformedRequest', 'The upload broke off, or is no multipart body.');
      if (!kept) refuse(fault);
    });
    parser.on('close', () => {
      if (!kept) refuse(fault ?? problem('/file', `is missing; send ${PARTS}`));
    });
    // Without this a sender who goes away leaves the parser waiting for ever.
    request.on('close', () => {
      if (!request.complete) parser.destroy(new Error('the sender went away'));
    });
    request.pipe(parser);
  });
}

const PARTS = '"about" (JSON) and then "file"';

function parserOf(request: Request): busboy.Busboy {
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      limits: { files: 1, fields: 1, fieldSize: 1_000_000, fieldNameSize: 100, headerPairs: 20 },
    });
  } catch {
    request.resume();
    throw new DomainError('unsupportedMediaType', `Send multipart/form-data with the parts ${PARTS}.`);
  }
}

async function* contentOf(stream: Readable, wholeRequest: Promise<void>): AsyncGenerator<Buffer> {
  try {
    for await (const part of stream) yield part as Buffer;
  } catch {
    throw new DomainError('malformedRequest', 'The upload broke off before the file was complete. Send it again.');
  }
  await wholeRequest;
}

const noSuchPart = (part: string): InvalidInput => problem(`/${part}`, `there is no such part; send ${PARTS}`);

const problem = (pointer: string, detail: string): InvalidInput => new InvalidInput([{ pointer, detail }]);

async function keepFile<A extends object, R>(
  type: ClassConstructor<A>,
  about: string | undefined,
  content: AsyncIterable<Buffer>,
  info: busboy.FileInfo,
  keep: (about: A, upload: Upload) => Promise<R>,
): Promise<R> {
  if (about === undefined) throw problem('/about', 'must come before "file"');
  const said = await aboutOf(type, about);
  const mediaType = info.mimeType.toLowerCase();
  if (!MEDIA_TYPE.test(mediaType)) throw problem('/file', 'must have a media type such as application/pdf');
  return keep(said, { content, name: nameOf(info.filename), mediaType });
}

/** A sender's file name, as far as it is one. */
function nameOf(given: string | undefined): string | undefined {
  const name = [...(given ?? '').replace(/[\u0000-\u001f\u007f]/g, '')].slice(0, 255).join('').trim();
  return name === '' ? undefined : name;
}

async function aboutOf<A extends object>(type: ClassConstructor<A>, about: string): Promise<A> {
  let json: unknown;
  try {
    json = JSON.parse(about);
  } catch {
    throw problem('/about', 'is not valid JSON');
  }
  try {
    const refusal = notPlain(json);
    if (refusal) throw refusal;
    return await validated(type, json);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new InvalidInput(error.errors.map(({ pointer, detail }) => ({ pointer: `/about${pointer}`, detail })));
  }
}
