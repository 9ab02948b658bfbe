import { Controller, Get, Header, Res, SetMetadata } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { collectDefaultMetrics, register } from 'prom-client';

collectDefaultMetrics();

/** Prometheus text; counts and durations only, no label ever carries personal data. */
@ApiExcludeController()
@SetMetadata('f1:public', true)
@Controller('metrics')
export class MetricsController {
  @Get()
  @Header('Cache-Control', 'no-store')
  async metrics(@Res({ passthrough: true }) response: Response): Promise<string> {
    response.type(register.contentType);
    return register.metrics();
  }
}
