import { Injectable } from '@nestjs/common';
import type { DeliveryChannel, DeliveryOutcome } from './delivery-channel.js';

/** Nothing here can hand over a letter: it waits until a person records the registered post (`PostalService`). */
@Injectable()
export class PaperChannel implements DeliveryChannel {
  async deliver(): Promise<DeliveryOutcome> {
    return { outcome: 'waiting', problem: 'awaitingPost' };
  }
}
