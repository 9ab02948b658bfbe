import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { localDate } from '../domain/referral/due-date.js';
import { retryDelay } from '../domain/referral/retry.js';
import { SENDING_IS_HELD } from '../platform/backup/sending-hold.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { rateLimited } from '../platform/queue/bull.js';
import { gauge } from '../platform/metrics/figures.js';
import { inRounds } from '../platform/queue/rounds.js';
import { Stopping } from '../platform/queue/stopping.js';
import { BY_A_CLOCK_AHEAD } from './put-off.sql.js';
import { isRecalled } from './recalled.sql.js';

const EVERY_MS = 5_000;
/** Longer than a mail server is waited for: an alert that is being sent is nobody else's. */
const LEASE_S = 120;
const MOST_IN_A_ROUND = 20;
/** From the first byte to the last: a server that goes on answering and never says whether it took the mail is waited for no longer. */
const SENT_WITHIN_MS = 20_000;

interface Alert {
  readonly referralId: string;
  /** That a referral waits, or that a person was removed in spite of a stay. */
  readonly about: 'referral' | 'brokenStay';
  readonly attempts: number;
  readonly address: string | null;
  readonly dueAt: Date | null;
  /** Nothing waits any more: it was acknowledged or recalled, or its recipient is told nothing more. */
  readonly needless: boolean;
  readonly blocked: boolean;
}

/**
 * Tells an authority by e-mail that something waits in its inbox, or happened that it must look at: no name, no case, no reference, since mail is read by others.
 * Its own queue: what a mail server does delays no delivery.
 */
@Injectable()
export class Alerts implements OnApplicationBootstrap {
  private readonly logger = new Logger('Alerts');
  private readonly complain = rateLimited((error) => this.logger.warn(`alerts wait: ${error.message}`));
  private readonly waiting = gauge('f1_alerts_waiting', 'E-mail alerts that failed and are tried again.');

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly stopping: Stopping,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.F1_SMTP_URL === undefined) return;
    inRounds(this.stopping, { everyMs: EVERY_MS }, () => this.round(), this.complain);
  }

  /**
   * Sends what is due, each alert at most by one process; a failed one is tried again later. One is claimed as the one before it has
   * left: on a slow mail server much may have been recalled or barred since the round began, and a lease for all would end. Where the
   * server does not answer, the round is over.
   */
  async round(withinMs = SENT_WITHIN_MS): Promise<void> {
    const mail = createTransport({ url: this.config.F1_SMTP_URL!, connectionTimeout: 10_000 });
    try {
      for (let handled = 0; handled < MOST_IN_A_ROUND; handled += 1) {
        const due = await this.database.inWorkerTx((tx) => tx.one<Alert>(CLAIM, [LEASE_S], 'alerts_claim'));
        if (!due) break;
        const answered = await this.handle(due, (message) =>
          mail.sendMail({ ...message, signal: AbortSignal.timeout(withinMs) }),
        );
        if (!answered) break;
      }
    } finally {
      mail.close();
    }
    const left = await this.database.inWorkerTx((tx) =>
      tx.one<{ failing: number }>(
        'SELECT count(*)::int AS failing FROM alert WHERE done_at IS NULL AND attempts > 1',
        [],
        'alerts_left',
      ),
    );
    this.waiting.set(left?.failing ?? 0);
  }

  /** False when the mail server did not answer. */
  private async handle(alert: Alert, send: (message: object) => Promise<unknown>): Promise<boolean> {
    if (alert.needless || alert.address === null) return this.end(alert, 'notNeeded');
    if (alert.blocked) return this.again(alert, 'blockedRecipient');
    try {
      await send(alertMessage(alert, this.config.F1_SMTP_FROM!, this.config.F1_TIME_ZONE));
    } catch (error) {
      const { code, responseCode } = error as { code?: string; responseCode?: number };
      this.logger.warn({ code }, 'an alert could not be sent and is tried again');
      await this.again(alert, code ?? 'unforeseen');
      return responseCode !== undefined;
    }
    return this.end(alert, 'sent');
  }

  private async end({ referralId, about }: Alert, outcome: 'sent' | 'notNeeded'): Promise<true> {
    await this.database.inWorkerTx((tx) =>
      tx.rows(
        'UPDATE alert SET done_at = f1_now(), outcome = $2, last_problem = NULL WHERE referral_id = $1 AND about = $3 AND done_at IS NULL',
        [referralId, outcome, about],
        'alert_end',
      ),
    );
    return true;
  }

  private async again({ referralId, about, attempts }: Alert, problem: string): Promise<true> {
    await this.database.inWorkerTx((tx) =>
      tx.rows(
        `UPDATE alert SET next_attempt_at = f1_now() + make_interval(secs => $2), last_problem = $3
         WHERE referral_id = $1 AND about = $4 AND attempts = $5 AND done_at IS NULL`,
        [referralId, retryDelay(attempts) / 1000, problem, about, attempts],
        'alert_again',
      ),
    );
    return true;
  }
}

/** What the mail says: that something waits, and until when. The message id lets a mail server drop what it was sent twice. */
export function alertMessage(
  { referralId, about, address, dueAt }: Pick<Alert, 'referralId' | 'about' | 'address' | 'dueAt'>,
  from: string,
  timeZone: string,
): { from: string; to: string; subject: string; text: string; messageId: string } {
  const until = dueAt === null ? '' : `, to be acknowledged by ${localDate(dueAt.getTime(), timeZone)}`;
  const name = createHash('sha256')
    .update(about === 'referral' ? `alert/${referralId}` : `alert/${referralId}/${about}`)
    .digest('hex')
    .slice(0, 32);
  const what = about === 'referral' ? 'A referral waits in your inbox' : 'Your inbox has something to look at at once';
  return {
    from,
    to: address!,
    subject: what,
    text: `${what}${until}.\n\nSign in where you usually do. This message says nothing about it on purpose; please do not ask by e-mail.\n`,
    messageId: `<${name}@${from.slice(from.indexOf('@') + 1)}>`,
  };
}

/**
 * The last question before a mail leaves is part of it: whether its recipient is still to be told. What a clock
 * that ran ahead put off is due.
 */
const CLAIM = `
  WITH due AS (
    SELECT referral_id, about FROM alert WHERE done_at IS NULL AND NOT ${SENDING_IS_HELD}
      AND (next_attempt_at <= f1_now() OR ${BY_A_CLOCK_AHEAD})
    ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED),
  mine AS (
    UPDATE alert l SET attempts = l.attempts + 1, next_attempt_at = f1_now() + make_interval(secs => $1)
    FROM due WHERE (l.referral_id, l.about) = (due.referral_id, due.about)
    RETURNING l.referral_id, l.about, l.case_id, l.authority_id, l.attempts)
  SELECT m.referral_id AS "referralId", m.about, m.attempts, a.alert_email AS address, f1_blocked(m.case_id, m.authority_id) AS blocked,
    a.disabled_at IS NOT NULL OR ${isRecalled('m.referral_id')}
      OR (m.about = 'referral' AND EXISTS (SELECT FROM acknowledgement k WHERE k.referral_id = m.referral_id)) AS needless,
    (SELECT d.due_at FROM deadline d WHERE m.about = 'referral' AND d.subject_id = m.referral_id AND d.kind = 'acknowledge' AND d.met_at IS NULL
      AND d.ended_at IS NULL) AS "dueAt"
  FROM mine m JOIN authority a ON a.id = m.authority_id`;
