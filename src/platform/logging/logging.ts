import { LoggerModule } from 'nestjs-pino';
import type { DynamicModule } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from '../config/config.js';

/** Structured logs without personal data: of a request its method, route pattern, status and time, never its address or body. */
export function loggingModule(config: Config): DynamicModule {
  return LoggerModule.forRoot({
    pinoHttp: {
      level: config.logLevel,
      base: { role: config.ROLE },
      quietReqLogger: true,
      customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'debug'),
      customSuccessMessage: () => 'request',
      customErrorMessage: () => 'request failed',
      serializers: {
        req: (request: { method: string }) => ({ method: request.method }),
        res: (response: { statusCode: number }) => ({ status: response.statusCode }),
        err: (error: { type?: string; message?: string; stack?: string; code?: string }) => ({
          type: error.type,
          message: error.message,
          code: error.code,
          stack: error.stack,
        }),
      },
      customProps: (request: IncomingMessage, _response: ServerResponse) => ({
        route: (request as IncomingMessage & { route?: { path?: string } }).route?.path,
      }),
    },
  });
}
