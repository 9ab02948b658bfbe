import { json, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { DomainError } from '../database/errors.js';

/** Enough to sign in with, in bytes. Of whoever is not known no more than this is held. */
export const FROM_ANYBODY = 16 * 1024;

/**
 * Reads JSON: up to 1 MB from who is signed in, which is asked before anything is read and only of what may be long, and a little from
 * anybody. Half a body that never ends is held for as long as it may take, and thousands of long ones would end the process.
 */
export function jsonBodies(isSignedIn: (request: Request) => Promise<boolean>): RequestHandler {
  const short = json({ limit: FROM_ANYBODY, strict: false });
  const long = json({ limit: '1mb', strict: false });
  const parserFor = async (request: Request): Promise<RequestHandler> => {
    const announced = announcedBy(request);
    if ((announced ?? Infinity) <= FROM_ANYBODY || !isJson(request)) return short;
    if (await isSignedIn(request)) return long;
    if (announced === undefined) return short;
    throw new DomainError(
      'notSignedIn',
      `A request body of more than ${FROM_ANYBODY} bytes is read only from who is signed in, and you are not, or not any more.`,
    );
  };
  return (request: Request, response: Response, next: NextFunction): void => {
    parserFor(request).then((parser) => void parser(request, response, next), next);
  };
}

/** How many bytes it says it has; undefined where it does not say how many it becomes: in pieces, or packed. */
function announcedBy(request: Request): number | undefined {
  const packed = (request.header('content-encoding') ?? 'identity') !== 'identity';
  const length = request.header('content-length');
  return packed || length === undefined ? undefined : Number(length);
}

const isJson = (request: Request): boolean => typeof request.is('json') === 'string';
