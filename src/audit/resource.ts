import type { Request } from 'express';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const isId = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

/** What a request is about, as the access log names it: the route with its ids. Anything else in a path may be a name somebody tried. */
export function resourceOf(request: Request): string {
  const route = String((request.route as { path?: unknown } | undefined)?.path ?? '');
  return route.replace(/:(\w+)/g, (_, name: string) => {
    const value = request.params[name];
    return isId(value) ? value : '?';
  });
}
