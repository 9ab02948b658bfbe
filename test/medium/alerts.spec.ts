import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { holdSending } from '../../src/platform/backup/sending-hold.js';
import { Config } from '../../src/platform/config/config.js';
import { Database } from '../../src/platform/database/database.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { Stopping } from '../../src/platform/queue/stopping.js';
import { Alerts } from '../../src/referrals/alerts.js';
import { eventually } from '../faults/support/referral-system.js';
import { aMailSink, type MailSink } from '../support/mail-sink.js';
import { suspending } from '../support/suspended.js';
import { aTellingHouse, type TellingHouse } from '../support/telling.js';

describe('an alert that something waits in an inbox', () => {
  let telling: TellingHouse;
  let mails: MailSink;

  beforeAll(async () => {
    mails = await aMailSink();
    telling = await aTellingHouse([{ code: 'abroad' }]);
    await telling.owner(`UPDATE authority SET channel = 'inbox', alert_email = 'inbox@prosecution.example'`);
  });
  afterAll(async () => {
    await telling?.stop();
    await mails?.close();
  });

  const aProcess = (): Alerts => {
    const config = Object.assign(new Config(), { F1_SMTP_URL: mails.url, F1_SMTP_FROM: 'referrals@asylum.example' });
    return new Alerts(config, telling.system.get(Database), new Stopping());
  };
  /** Something that waits there, and its alert. */
  const alerted = async () => {
    const told = await telling.refer();
    await eventually(
      async () => (await telling.read('SELECT FROM alert WHERE referral_id = $1', told.id)).length === 1,
    );
    return told;
  };
  const stateOf = async ({ id }: { id: string }) =>
    (await telling.read('SELECT outcome, last_problem AS problem FROM alert WHERE referral_id = $1', id))[0];

  it('is not sent to whom the file bars, who reads nothing of the inbox any more; others get it once, without a word about anybody, and of nothing recalled', async () => {
    const { owner, house, system } = telling;
    const alerts = aProcess();
    const { id, file } = await alerted();
    const seen = () =>
      system
        .get(Database)
        .inActorTx(house.authorities['abroad']!.prosecutor, (tx) =>
          tx.rows('SELECT FROM referral WHERE id = $1', [id]),
        );
    expect(await seen()).toHaveLength(1);
    await owner(`UPDATE authority SET represents = 'RW'`);
    expect(await seen()).toHaveLength(0);
    await alerts.round();
    expect(mails.received).toEqual([]);
    await owner(`UPDATE authority SET represents = NULL`);
    await owner('UPDATE alert SET next_attempt_at = now()');
    mails.refuse(true);
    await alerts.round();
    mails.refuse(false);
    await owner(`UPDATE alert SET next_attempt_at = now() + interval '8 hours'`);
    await alerts.round();
    expect(mails.received).toEqual([]);
    // Put there by a clock that ran ahead.
    await owner(`UPDATE alert SET put_off_at = now() + interval '2 hours'`);
    await asOwner(telling.database.ownerUrl, holdSending);
    await alerts.round();
    expect(mails.received).toEqual([]);
    await owner(`UPDATE sending_hold SET resumed_at = now(), resumed_by = $1`, [house.decisionMaker]);
    await alerts.round();
    await alerts.round();
    expect(mails.received).toHaveLength(1);
    const [mail] = mails.received;
    expect(mail).toMatch(/^Subject: A referral waits in your inbox\r?$/m);
    expect(mail).toMatch(/acknowledged by \d{4}-\d\d-\d\d/);
    for (const word of [id, file.caseId, file.reference, 'Invented', 'exclusion', '1F'])
      expect(mail).not.toContain(word);
    const recalled = await alerted();
    await owner(suspending('now()', `id = '${recalled.id}'`));
    await alerts.round();
    expect(mails.received).toHaveLength(1);
    expect(await stateOf(recalled)).toMatchObject({ outcome: 'notNeeded' });
  });

  it('is asked of again for each alert right before it leaves, however slow the mail server is, and others are alerted once', async () => {
    const { owner, house } = telling;
    await owner(`UPDATE alert SET done_at = now(), outcome = 'sent' WHERE done_at IS NULL`);
    const since = async (minutes: number) => {
      const told = await alerted();
      const waits = 'UPDATE alert SET next_attempt_at = now() - make_interval(mins => $2) WHERE referral_id = $1';
      await owner(waits, [told.id, minutes]);
      return told;
    };
    const [first, recalled, barred, second] = [await since(4), await since(3), await since(2), await since(1)];
    const before = mails.received.length;
    const { reached, letGo } = mails.stall();
    const slow = aProcess().round();
    await reached;
    await owner(suspending('now()', `id = '${recalled.id}'`));
    await owner(
      `INSERT INTO persecution_actor (id, case_id, authority_id, sealed, recorded_by) VALUES (gen_random_uuid(), $1, $2, '\\x00', $3)`,
      [barred.file.caseId, house.authorities['abroad']!.id, house.decisionMaker],
    );
    // Another process does not wait for this one, and sends nothing of what it sends.
    await aProcess().round();
    expect(mails.received).toHaveLength(before + 2);
    letGo();
    await slow;
    expect(mails.received).toHaveLength(before + 2);
    expect(await stateOf(first)).toEqual({ outcome: 'sent', problem: null });
    expect(await stateOf(second)).toEqual({ outcome: 'sent', problem: null });
    expect(await stateOf(recalled)).toEqual({ outcome: 'notNeeded', problem: null });
    expect(await stateOf(barred)).toEqual({ outcome: null, problem: 'blockedRecipient' });
  });

  it('waits for no server that answers without end, and goes on with the next when it is well again', async () => {
    const [one, other] = [await alerted(), await alerted()];
    mails.drip(true);
    const alerts = aProcess();
    await alerts.round(300);
    mails.drip(false);
    const states = await Promise.all([one, other].map(stateOf));
    expect(states).toContainEqual({ outcome: null, problem: 'EABORT' });
    expect(states).toContainEqual({ outcome: null, problem: null });
    await alerts.round();
    await telling.owner('UPDATE alert SET next_attempt_at = now() WHERE done_at IS NULL');
    await alerts.round();
    for (const alert of [one, other]) expect(await stateOf(alert)).toEqual({ outcome: 'sent', problem: null });
  });
});
