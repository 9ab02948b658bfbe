import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Config } from '../../src/platform/config/config.js';
import { Database } from '../../src/platform/database/database.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { migrateQueue } from '../../src/platform/queue/postgres-backend.js';
import { ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { aReceiver, type RunningReceiver } from '../faults/support/receiver-server.js';
import { aFileForDecision, aHouse, type FileOnCase, type House } from '../faults/support/referral-case.js';
import { aReferralSystem, decideExclusion, eventually } from '../faults/support/referral-system.js';
import { aDatabase, type TestDatabase } from '../support/database.js';
import { aQueueBackend } from '../support/queue-backend.js';
import { DeadlinesService } from '../../src/deadlines/deadlines.service.js';
import { PublicHolidays } from '../../src/deadlines/public-holidays.js';
import { countByCalendar } from '../../src/settings/barred-clocks.js';

/** Every way to reach a country of the person, or whom the person accuses: the database refuses it, and so does the channel. */
describe('a blocked recipient', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'f1-blocked-'));
  const queue = aQueueBackend();
  let database: TestDatabase;
  let receiver: RunningReceiver;
  let system: INestApplicationContext;
  let house: House;
  let superuser: pg.Client;

  beforeAll(async () => {
    database = await aDatabase();
    await migrateQueue(database.ownerUrl);
    receiver = await aReceiver();
    const { endpoint, receiptPublicKey } = receiver;
    house = await aHouse(database.ownerUrl, [{ code: 'abroad', webhook: { endpoint, receiptPublicKey } }]);
    system = await aReferralSystem({ appUrl: database.appUrl, dataDir, queue });
    receiver.trust(system.get(Keys).signing.publicKey);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
  });

  afterAll(async () => {
    await superuser?.end();
    await system?.close();
    await receiver?.close();
    await queue.drop();
    await database?.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const owner = (sql: string, values: unknown[] = []) =>
    asOwner(database.ownerUrl, (client) => client.query(sql, values));
  const aFile = () => aFileForDecision(database.ownerUrl, house, system.get(Keys));
  const abroad = () => house.authorities['abroad']!.id;
  const read = <T extends object>(sql: string, id: string): Promise<T[]> =>
    system.get(Database).inWorkerTx((tx) => tx.rows<T>(sql, [id]));
  const lastProblem = async (id: string) =>
    (await read<{ problem: string }>('SELECT last_problem AS problem FROM outbox WHERE referral_id = $1', id))[0]!
      .problem;
  const tryAgain = (id: string) => owner('UPDATE outbox SET next_attempt_at = now() WHERE referral_id = $1', [id]);

  /** Each as it may come about after the duty exists, and how it is undone. */
  const ways: [string, (file: FileOnCase) => [string, unknown[]], string][] = [
    [
      'a country added to the person',
      ({ caseId }) => [
        `INSERT INTO person_country SELECT id, case_id, 'BE', 'residence' FROM person WHERE case_id = $1`,
        [caseId],
      ],
      // Two persons correct it away; here, nobody does.
      `ALTER TABLE person_country DISABLE TRIGGER country_stays; DELETE FROM person_country WHERE country = 'BE';
       ALTER TABLE person_country ENABLE TRIGGER country_stays`,
    ],
    [
      "the authority's country changed",
      () => [`UPDATE authority SET country = 'RW' WHERE id = $1`, [abroad()]],
      `UPDATE authority SET country = 'BE'`,
    ],
    [
      'the authority turning out to speak for one',
      () => [`UPDATE authority SET kind = 'interpolBureau', represents = 'RW' WHERE id = $1`, [abroad()]],
      `UPDATE authority SET kind = 'other', represents = NULL`,
    ],
    [
      'the authority accused of persecution',
      ({ caseId }) => [
        `INSERT INTO persecution_actor (id, case_id, authority_id, sealed, recorded_by) VALUES (gen_random_uuid(), $1, $2, '\\x00', $3)`,
        [caseId, abroad(), house.decisionMaker],
      ],
      `DELETE FROM persecution_actor`,
    ],
    [
      'its country accused of persecution',
      ({ caseId }) => [
        `INSERT INTO persecution_actor (id, case_id, country, sealed, recorded_by) VALUES (gen_random_uuid(), $1, 'BE', '\\x00', $2)`,
        [caseId, house.decisionMaker],
      ],
      `DELETE FROM persecution_actor`,
    ],
    [
      'its country being one of a third person in the file',
      ({ caseId }) => [
        `INSERT INTO third_person (id, case_id, category, relation, countries, sealed, recorded_by, recorded_at)
         VALUES (gen_random_uuid(), $1, 'witness', 'none', ARRAY['CD', 'BE'], '\\x00', $2, now())`,
        [caseId, house.decisionMaker],
      ],
      `DELETE FROM third_person`,
    ],
    [
      'a residence of the person in what its country once was one with',
      ({ caseId }) => [
        `WITH moved AS (UPDATE authority SET country = 'SD' WHERE id = $2)
         INSERT INTO person_country SELECT id, case_id, 'SS', 'residence' FROM person WHERE case_id = $1`,
        [caseId, abroad()],
      ],
      `UPDATE authority SET country = 'BE'`,
    ],
  ];

  it.each([
    ['HK', 'CN'],
    ['MO', 'CN'],
    ['TW', 'CN'],
    ['ER', 'ET'],
    ['TL', 'ID'],
    ['PS', 'IL'],
    ['EH', 'MA'],
    ['ME', 'RS'],
    ['XK', 'RS'],
    ['SS', 'SD'],
  ])('is never competent where one land is on record as %s or as %s', async (one, other) => {
    for (const [lived, sits] of [
      [one, other],
      [other, one],
    ]) {
      await owner('UPDATE authority SET country = $2 WHERE id = $1', [abroad(), sits]);
      const file = await aFile();
      await owner(`INSERT INTO person_country SELECT id, case_id, $2, 'residence' FROM person WHERE case_id = $1`, [
        file.caseId,
        lived,
      ]);
      await expect(decideExclusion(system, house, file)).rejects.toMatchObject({ code: 'noCompetentAuthority' });
    }
    await owner(`UPDATE authority SET country = 'BE'`);
  });

  it.each(ways)(
    'is held by the channel, loudly, after %s, and told once that is taken back',
    async (_way, block, undo) => {
      await receiver.fail('error500');
      const file = await aFile();
      const { obliged } = await decideExclusion(system, house, file);
      const id = obliged[0]!.obligationId;
      await eventually(async () => (await lastProblem(id)) === 'serverError');
      await owner(...block(file));
      await receiver.fail('none');
      await tryAgain(id);
      await eventually(async () => (await lastProblem(id)) === 'blockedRecipient');
      expect(receiver.log.find(id)).toBeUndefined();
      const found = await system.get(ReconcilerService, { strict: false }).reconcile();
      expect(found.differences).toContainEqual(expect.objectContaining({ what: 'blockedAfter', obligationId: id }));
      await owner(undo);
      await tryAgain(id);
      await eventually(() => Promise.resolve(receiver.log.find(id)));
    },
  );

  it.each(ways)('is refused by the decision itself after %s, naming who is blocked', async (_way, block, undo) => {
    const file = await aFile();
    await owner(...block(file));
    const refusal = await decideExclusion(system, house, file).catch((error: unknown) => error);
    await owner(undo);
    expect(refusal).toMatchObject({ code: 'noCompetentAuthority', data: { gap: { blocked: ['abroad'] } } });
  });

  describe('in plain SQL', () => {
    const rows: [string, string, string][] = [
      [
        'a competence',
        'f1_api',
        `INSERT INTO cause_competence (cause_id, case_id, authority_id, rule_id, rule_version, legal_basis)
         SELECT $1, $2, authority_id, id, version, 'x' FROM competence_rule WHERE authority_id = $3`,
      ],
      [
        'an obligation',
        'f1_api',
        `INSERT INTO obligation (id, cause_id, case_id, authority_id, kind, due_at) VALUES (gen_random_uuid(), $1, $2, $3, 'exclusion', now())`,
      ],
      [
        'a referral',
        'f1_api',
        `INSERT INTO referral (id, case_id, authority_id, kind, case_reference, legal_basis, grounds, workflow_hash, snapshot, body, body_sha256)
         VALUES ($1, $2, $3, 'exclusion', 'x', 'x', '{}', 'x', '{}', '\\x00', repeat('0', 64))`,
      ],
      ['an alert', 'f1_worker', `INSERT INTO alert (referral_id, case_id, authority_id) VALUES ($1, $2, $3)`],
    ];

    it.each(rows)('gets no row of %s, written as %s', async (_what, role, sql) => {
      const file = await aFile();
      await owner(`UPDATE authority SET represents = 'RW' WHERE id = $1`, [abroad()]);
      await superuser.query('BEGIN');
      try {
        await superuser.query(`SET LOCAL ROLE ${role}`);
        await superuser.query(`SELECT set_config('f1.actor', $1, true)`, [house.decisionMaker]);
        await expect(superuser.query(sql, [randomUUID(), file.caseId, abroad()])).rejects.toMatchObject({
          code: 'F1009',
        });
      } finally {
        await superuser.query('ROLLBACK');
        await owner('UPDATE authority SET represents = NULL');
      }
    });

    it.each(ways)('gets no row of a competence, an obligation or a referral after %s', async (_way, block, undo) => {
      const file = await aFile();
      await owner(...block(file));
      await superuser.query('BEGIN');
      try {
        await superuser.query(`SET LOCAL ROLE f1_api`);
        await superuser.query(`SELECT set_config('f1.actor', $1, true)`, [house.decisionMaker]);
        for (const [, , sql] of rows.filter(([, role]) => role === 'f1_api')) {
          await superuser.query('SAVEPOINT before');
          await expect(superuser.query(sql, [randomUUID(), file.caseId, abroad()])).rejects.toMatchObject({
            code: 'F1009',
          });
          await superuser.query('ROLLBACK TO SAVEPOINT before');
        }
      } finally {
        await superuser.query('ROLLBACK');
        await owner(undo);
      }
    });

    it('gets no envelope, and nobody an envelope to a key of somebody else', async () => {
      await receiver.fail('error500');
      const file = await aFile();
      const id = (await decideExclusion(system, house, file)).obliged[0]!.obligationId;
      const envelope = `INSERT INTO envelope (referral_id, number, case_id, sealed, sha256, key_ids)
        VALUES ($1, 9, $2, '\\x00', repeat('0', 64), ARRAY[gen_random_uuid()])`;
      const attempt = () => system.get(Database).inWorkerTx((tx) => tx.rows(envelope, [id, file.caseId]));
      await expect(attempt()).rejects.toMatchObject({ code: 'F1122' });
      await owner(`UPDATE authority SET represents = 'RW' WHERE id = $1`, [abroad()]);
      await expect(attempt()).rejects.toMatchObject({ code: 'F1009' });
      await owner('UPDATE authority SET represents = NULL');
      await receiver.fail('none');
      await tryAgain(id);
      await eventually(() => Promise.resolve(receiver.log.find(id)));
    });

    it('cannot be made the recipient of a referral there is, by either role', async () => {
      for (const role of ['f1_api', 'f1_worker']) {
        await superuser.query('BEGIN');
        await superuser.query(`SET LOCAL ROLE ${role}`);
        const attempt = superuser.query('UPDATE referral SET authority_id = $1', [abroad()]);
        await expect(attempt).rejects.toMatchObject({ code: '42501' });
        await superuser.query('ROLLBACK');
      }
    });
  });

  it('is told of in working days by our own calendar, where the settings bar it', async () => {
    await receiver.fail('error500');
    const id = (await decideExclusion(system, house, await aFile())).obliged[0]!.obligationId;
    const config = Object.assign(new Config(), { F1_TIME_ZONE: 'Europe/Brussels', F1_COUNTRY: 'BE' });
    const deadlines = new DeadlinesService(config, new PublicHolidays(config));
    await owner(
      `INSERT INTO deadline_rule VALUES ('blockedRecipient', f1_now()::date, 10, 'workingDays', 'invented rule')`,
    );
    const counted = await asOwner(database.ownerUrl, async (client) => {
      await client.query(`UPDATE authority SET represents = 'RW' WHERE id = $1`, [abroad()]);
      return countByCalendar(client, deadlines);
    });
    const [clock] = await read<{ starts_at: Date; due_at: Date; half_at: Date; most_at: Date; source: string }>(
      `SELECT starts_at, due_at, half_at, most_at, source FROM deadline WHERE subject_id = $1 AND kind = 'blockedRecipient'`,
      id,
    );
    await owner(`DELETE FROM deadline_rule WHERE source = 'invented rule'`);
    await owner('UPDATE authority SET represents = NULL');
    await receiver.fail('none');
    expect(counted).toBeGreaterThan(0);
    const rule = { amount: 10, unit: 'workingDays' as const, source: 'invented rule' };
    const { dueAt, halfAt, mostAt, source } = deadlines.dueBy(rule, clock!.starts_at);
    expect(clock).toMatchObject({ due_at: dueAt, half_at: halfAt, most_at: mostAt, source });
    // Ten working days hold two weekends at least.
    expect(clock!.due_at.getTime() - clock!.starts_at.getTime()).toBeGreaterThan(13 * 86_400_000);
  });

  it('is not followed to where a redirect leads', async () => {
    await receiver.fail('redirect');
    const id = (await decideExclusion(system, house, await aFile())).obliged[0]!.obligationId;
    await eventually(async () => (await lastProblem(id)) === 'redirect');
    expect(receiver.log.find(id)).toBeUndefined();
    await receiver.fail('none');
    await tryAgain(id);
    await eventually(() => Promise.resolve(receiver.log.find(id)));
  });
});
