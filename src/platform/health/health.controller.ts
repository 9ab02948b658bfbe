import { Controller, Get, Inject, Optional, Res, SetMetadata } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { HealthParts, type Part } from './health-parts.js';
import { QUEUE_BACKEND } from '../queue/queue.module.js';
import type { QueueBackend } from '../queue/queue-backend.js';

/** The same mark as identity's `@Public()`, which the platform must not know. */
const Public = () => SetMetadata('f1:public', true);

@ApiExcludeController()
@Public()
@Controller({ path: 'health' })
export class HealthController {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly others: HealthParts,
    @Optional() @Inject(QUEUE_BACKEND) private readonly queue?: QueueBackend,
  ) {}

  @Get('live')
  live(): { status: 'up' } {
    return { status: 'up' };
  }

  /** Says of each part whether it answers. A queue that is away slows delivery and loses nothing, so it does not stop traffic. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) response: Response): Promise<{ status: Part; parts: Record<string, Part> }> {
    const parts: Record<string, Part> = {};
    if (this.config.answersPeople)
      parts[`database (${this.config.runsPortal ? 'portal' : 'api'})`] = await answers(
        this.database.inActorTx(null, (tx) => tx.rows('SELECT 1')),
      );
    if (this.config.runsWorker)
      parts['database (worker)'] = await answers(this.database.inWorkerTx((tx) => tx.rows('SELECT 1')));
    if (this.queue)
      parts[`queue (${this.queue.name})`] = (await answers(this.queue.check())) === 'up' ? 'up' : 'degraded';
    Object.assign(parts, this.others.read());
    const down = Object.values(parts).includes('down');
    response.status(down ? 503 : 200);
    return { status: down ? 'down' : 'up', parts };
  }
}

const answers = async (question: Promise<unknown>): Promise<Part> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), 3_000);
  });
  try {
    await Promise.race([question, late]);
    return 'up';
  } catch {
    return 'down';
  } finally {
    clearTimeout(timer);
  }
};
