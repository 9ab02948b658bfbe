import { type INestApplication, RequestMethod } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.js';
import { SessionsService } from './identity/sessions.service.js';
import { serveDocument } from './openapi.js';
import type { Config } from './platform/config/config.js';
import { BODY_WITHIN_MS, bodyWithin } from './platform/http/body-within.js';
import { jsonBodies } from './platform/http/json-bodies.js';
import { plainJson } from './platform/http/plain-json.js';
import type { DatabaseUrls } from './platform/database/database.module.js';

/** The HTTP application, ready to listen; the same for the server and for tests. */
export async function createApplication(config: Config, urls: DatabaseUrls): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.for(config, urls), {
    bufferLogs: true,
    abortOnError: false,
    bodyParser: false,
  });
  app.useLogger(app.get(Logger));
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  if (config.F1_TRUST_PROXY !== undefined) app.set('trust proxy', config.F1_TRUST_PROXY.split(/[, ]+/));
  // A local server answers plain HTTP: telling browsers to insist on TLS would lock them out of it.
  const secure = config.NODE_ENV === 'production';
  const policy = { 'script-src': ["'self'", "'unsafe-inline'"], 'upgrade-insecure-requests': secure ? [] : null };
  app.use(helmet({ hsts: secure, contentSecurityPolicy: { directives: policy } }));
  app.use(bodyWithin(BODY_WITHIN_MS));
  // Where nobody is answered nobody can have signed in.
  const sessions = config.answersPeople ? app.get(SessionsService, { strict: false }) : undefined;
  app.use(jsonBodies(async (request) => (await sessions?.actorOf(request)) !== undefined));
  app.use(plainJson);
  prefixed(app);
  if (config.answersPeople) {
    serveDocument(app);
    app.use('/', (request: Request, response: Response, next: NextFunction) => {
      if (['GET', 'HEAD'].includes(request.method) && request.path === '/') response.redirect('/api/docs');
      else next();
    });
  }
  return app;
}

/** Everything people and programs call is under /api; what machines watch is not. */
export function prefixed<App extends INestApplication>(app: App): App {
  const watched = ['health/live', 'health/ready', 'metrics'].map((path) => ({ path, method: RequestMethod.GET }));
  app.setGlobalPrefix('api', { exclude: watched });
  return app;
}
