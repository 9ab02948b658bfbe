import type { NextFunction, Request, Response } from 'express';
import { Histogram } from 'prom-client';

const durations = new Histogram({
  name: 'f1_http_request_seconds',
  help: 'Duration of HTTP requests by method, route pattern and status.',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
});

/** Times every request under its route pattern, never under its address. */
export function httpMetrics(request: Request, response: Response, next: NextFunction): void {
  const stop = durations.startTimer();
  response.on('finish', () => {
    const route = (request.route as { path?: unknown } | undefined)?.path;
    stop({ method: request.method, route: typeof route === 'string' ? route : 'none', status: response.statusCode });
  });
  next();
}
