import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { rateLimited } from '../platform/queue/bull.js';
import { gauge } from '../platform/metrics/figures.js';
import { inRounds } from '../platform/queue/rounds.js';
import { Stopping } from '../platform/queue/stopping.js';
import { isToBeKept, type Said, saidOf } from './kept-reconciliation.js';
import { type Reconciliation, ReconcilerService } from './reconciler.service.js';
import { ReconciliationsStore } from './reconciliations.store.js';
import { statementAt, takeStatement } from './statements.js';

const EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Reconciles at start and every minute, and says what it finds: in the log by ids, in metrics by number, and signed in the database
 * as soon as a difference changes, within ten minutes where only counts do, and every hour. At start and every hour it verifies every receipt's proof, else
 * that of the new ones; at start and once a day it also asks the authorities for their own lists and reads every chain.
 */
@Injectable()
export class ReconcilerRun implements OnApplicationBootstrap {
  private readonly logger = new Logger('Reconciler');
  private readonly complain = rateLimited((error) => this.logger.warn(`reconciling failed: ${error.message}`));
  private readonly differences = gauge(
    'f1_reconcile_differences',
    'Duties to tell that are missing, unjustified or overdue.',
  );
  private readonly inFlight = gauge('f1_reconcile_in_flight', 'Obligations on their way and in time.');
  private readonly lastRun = gauge(
    'f1_reconcile_last_run_seconds',
    'When the last reconciliation was made (Unix time).',
  );
  private readonly held = gauge(
    'f1_deliveries_held',
    'Obligations whose recipient has come to be blocked: nothing is sent.',
  );
  private readonly broken = gauge(
    'f1_reconcile_broken_chains',
    'Chains of events that do not fold to the stored state.',
  );
  private readonly listAge = gauge(
    'f1_statement_age_seconds',
    "Since an authority's newest own list was made; infinite: it gave none.",
    ['authority'],
  );
  /** By authority: why its list could not be taken the last time. */
  private readonly failures = new Map<string, { readonly at: string; readonly reason: string }>();
  private askedAt = -Infinity;
  private wholeAt = -Infinity;
  private provenAt = -Infinity;
  private storedAt = -Infinity;
  private stored: Said | undefined;

  constructor(
    private readonly reconciler: ReconcilerService,
    private readonly reconciliations: ReconciliationsStore,
    private readonly database: Database,
    private readonly stopping: Stopping,
  ) {}

  onApplicationBootstrap(): void {
    inRounds(this.stopping, { everyMs: EVERY_MS, atOnce: true }, () => this.run(), this.complain);
  }

  private async run(): Promise<void> {
    const whole = performance.now() - this.wholeAt >= DAY_MS;
    if (whole || (this.failures.size > 0 && performance.now() - this.askedAt >= HOUR_MS)) await this.askAuthorities();
    const all = whole || performance.now() - this.provenAt >= HOUR_MS;
    const found = await this.reconciler.reconcile({ chains: whole, receipts: all ? 'all' : 'new' });
    if (whole) this.wholeAt = performance.now();
    if (all) this.provenAt = performance.now();
    this.differences.set(found.differences.length + found.notListed);
    this.inFlight.set(found.inFlight);
    this.lastRun.set(Date.parse(found.at) / 1000);
    for (const difference of found.differences.slice(0, 20)) this.logger.error(difference, 'a duty to tell is not met');
    this.held.set(found.differences.filter(({ what }) => what === 'blockedAfter').length);
    if (found.chains !== null) {
      this.broken.set(found.chains.length);
      for (const chain of found.chains.slice(0, 20)) this.logger.error({ chain }, 'a chain does not fold to the state');
    }
    const lists = found.lists.map((list) => ({ ...list, failure: this.failures.get(list.authority) }));
    for (const { authority, at } of lists.filter(({ expected }) => expected))
      this.listAge.set({ authority }, at === null ? Infinity : (Date.parse(found.at) - Date.parse(at)) / 1000);
    await this.store({ ...found, lists });
  }

  private async store(found: Reconciliation): Promise<void> {
    const says = saidOf(found);
    const now = performance.now();
    if (found.chains === null && !isToBeKept(says, this.stored, now - this.storedAt)) return;
    await this.reconciliations.add(found);
    this.stored = says;
    this.storedAt = now;
  }

  /** An authority that does not answer keeps the list it gave before. */
  private async askAuthorities(): Promise<void> {
    const asked = await this.database.inWorkerTx((tx) =>
      tx.rows<{ code: string; url: string }>(
        'SELECT code, statement_url AS url FROM authority WHERE statement_url IS NOT NULL AND disabled_at IS NULL ORDER BY code',
      ),
    );
    this.askedAt = performance.now();
    for (const { code, url } of asked) {
      try {
        await takeStatement(this.database, await statementAt(url), code);
        this.failures.delete(code);
      } catch (error) {
        this.failures.set(code, { at: new Date().toISOString(), reason: (error as Error).message });
        this.logger.warn({ authority: code }, `its list could not be taken: ${(error as Error).message}`);
      }
    }
  }
}
