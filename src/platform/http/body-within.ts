import type { NextFunction, Request, Response } from 'express';

/** A body of 1 MB arrives in that time over the slowest line there is; Node gives the headers as much. */
export const BODY_WITHIN_MS = 60_000;

const waiting = new WeakMap<Request, NodeJS.Timeout>();

/**
 * Closes the connection of a request whose body has not arrived in time, so that nobody unknown holds memory with halves of bodies.
 * Answered or not: a refused request is read to its end as well.
 */
export const bodyWithin =
  (ms: number) =>
  (request: Request, response: Response, next: NextFunction): void => {
    const timer = setTimeout(() => {
      if (!request.complete) request.socket.destroy();
    }, ms);
    waiting.set(request, timer);
    const settled = (): void => {
      if (request.complete || request.destroyed) clearTimeout(timer);
    };
    request.once('end', settled).once('close', settled);
    response.once('close', settled);
    next();
  };

/** Lets this request take as long as the server lets any: for who is known and sends a recording of hours. */
export function takesLong(request: Request): void {
  clearTimeout(waiting.get(request));
}
