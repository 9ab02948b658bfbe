import { Injectable } from '@nestjs/common';
import { Gauge, register } from 'prom-client';
import { Database } from '../platform/database/database.js';
import { counter } from '../platform/metrics/figures.js';

/** Figures of the way from outbox to receipt. Labels name outcomes, never a person, case or authority. */
@Injectable()
export class DeliveryMetrics {
  readonly receipts = counter('f1_receipts_total', 'Receipts recorded by this process.', []);
  readonly attempts = counter('f1_delivery_attempts_total', 'Delivery attempts by outcome.', ['outcome']);
  readonly handed = counter('f1_relay_handed_total', 'Deliveries handed to a worker, by way (queue or direct).', [
    'way',
  ]);
  readonly duplicates = counter('f1_wire_duplicates_total', 'Receipts for a referral that already had one.', []);

  constructor(private readonly database: Database) {
    register.removeSingleMetric('f1_outbox_due');
    register.removeSingleMetric('f1_outbox_oldest_seconds');
    const due = new Gauge({
      name: 'f1_outbox_due',
      help: 'Referrals without a receipt.',
      collect: async () => {
        const figures = await this.figures();
        due.set(figures?.due ?? NaN);
        oldest.set(figures?.age ?? NaN);
      },
    });
    const oldest = new Gauge({
      name: 'f1_outbox_oldest_seconds',
      help: 'Age of the oldest referral without a receipt.',
    });
  }

  /** Undefined while the database is away: a scrape must not fail for it. */
  private async figures(): Promise<{ due: number; age: number } | undefined> {
    try {
      return await this.database.inWorkerTx((tx) =>
        tx.one<{ due: number; age: number }>(
          `SELECT count(*)::int AS due, coalesce(extract(epoch FROM f1_now() - min(r.created_at)), 0)::float AS age
           FROM outbox o JOIN referral r ON r.id = o.referral_id WHERE o.done_at IS NULL`,
          [],
          'outbox_figures',
        ),
      );
    } catch {
      return undefined;
    }
  }
}
