import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { anAuditedHouse, type Audited, forged, found } from '../support/audited.js';

describe('the audit', () => {
  let audit: Audited;

  beforeAll(async () => {
    audit = await anAuditedHouse();
  });

  afterAll(() => audit.close());

  it('finds an untouched installation in order and counts what it looked at', async () => {
    expect(await audit.verify()).toMatchObject({
      ok: true,
      cases: 2,
      events: 16,
      accesses: 4,
      unsequenced: 0,
      witness: 'checked',
      findings: [],
      notListed: 0,
    });
  });

  describe('finds in an event', () => {
    it.each([
      ['type', `'OTHER'`],
      ['actor_id', 'NULL'],
      ['at', `at + interval '1 microsecond'`],
      ['facets', `facets || '{"country": "XX"}'`],
      ['aggregate_kind', `'person'`],
      ['content_hash', `sha256('x')`],
    ])('a changed %s', async (column, value) => {
      await audit.tampering(
        [[`UPDATE event SET ${column} = ${value} WHERE aggregate_id = $1 AND seq = 2`, [audit.file.caseId]]],
        async () => {
          const kind = column === 'aggregate_kind' ? 'person' : 'case';
          expect(found(await audit.verify())).toContain(`eventChanged ${kind}/${audit.file.caseId}#2`);
        },
      );
    });

    it('a change with its hash recomputed, at the event and at the one that follows it', async () => {
      const rows = await audit.chainOf(audit.file.caseId);
      const hash = forged(rows[0]!.hash, { ...rows[1]!, type: 'OTHER' });
      await audit.expectFound(
        [[`UPDATE event SET type = 'OTHER', hash = $2 WHERE aggregate_id = $1 AND seq = 2`, [audit.file.caseId, hash]]],
        `eventChanged case/${audit.file.caseId}#2`,
        `eventChanged case/${audit.file.caseId}#3`,
      );
    });

    it('a change with the whole rest of the chain and its head recomputed', async () => {
      const rows = await audit.chainOf(audit.file.caseId);
      const second = forged(rows[0]!.hash, { ...rows[1]!, type: 'OTHER' });
      const third = forged(second, rows[2]!);
      await audit.expectFound(
        [
          [
            `UPDATE event SET type = 'OTHER', hash = $2 WHERE aggregate_id = $1 AND seq = 2`,
            [audit.file.caseId, second],
          ],
          ['UPDATE event SET hash = $2 WHERE aggregate_id = $1 AND seq = 3', [audit.file.caseId, third]],
          ['UPDATE case_file SET event_hash = $2 WHERE id = $1', [audit.file.caseId, third]],
        ],
        `eventChanged case/${audit.file.caseId}#2`,
        `eventChanged case/${audit.file.caseId}#3`,
      );
    });

    it('changed sealed content, with and without the keys', async () => {
      const change: [string, unknown[]] = [
        `UPDATE event SET payload = set_byte(payload, 40, get_byte(payload, 40) # 1) WHERE aggregate_id = $1 AND seq = 1`,
        [audit.file.interviewId],
      ];
      await audit.tampering([change], async () => {
        const expected = [`payloadChanged interview/${audit.file.interviewId}#1`];
        expect(found(await audit.verify())).toEqual(expected);
        expect(found(await audit.verifyAsAuditor())).toEqual(expected);
      });
    });

    it('sealed content that was taken away or moved to another event', async () => {
      await audit.expectFound(
        [['UPDATE event SET payload = NULL WHERE aggregate_id = $1 AND seq = 1', [audit.file.interviewId]]],
        `payloadChanged interview/${audit.file.interviewId}#1`,
        `payloadMissing interview/${audit.file.interviewId}#1`,
      );
      await audit.expectFound(
        [
          [
            `UPDATE event e SET payload = f.payload FROM event f WHERE e.aggregate_id = $1 AND e.seq = 1
               AND f.aggregate_id = $1 AND f.seq = 2`,
            [audit.file.interviewId],
          ],
        ],
        `payloadChanged interview/${audit.file.interviewId}#1`,
      );
    });

    it('that it was moved to another case', async () => {
      await audit.expectFound(
        [['UPDATE event SET case_id = $2 WHERE aggregate_id = $1', [audit.file.personId, audit.other.caseId]]],
        `eventChanged person/${audit.file.personId}#1`,
        `payloadChanged person/${audit.file.personId}#1`,
      );
    });
  });

  describe('finds', () => {
    it('an event taken out of the middle', async () => {
      await audit.expectFound(
        [['DELETE FROM event WHERE aggregate_id = $1 AND seq = 2', [audit.file.caseId]]],
        `eventMissing case/${audit.file.caseId}#2`,
      );
    });

    it('a first event that is gone', async () => {
      await audit.expectFound(
        [['DELETE FROM event WHERE aggregate_id = $1 AND seq = 1', [audit.file.referralIds[0]]]],
        `eventMissing referral/${audit.file.referralIds[0]}#1`,
      );
    });

    it('a cut tail, be the head of the case adjusted or not', async () => {
      const cut: [string, unknown[]] = ['DELETE FROM event WHERE aggregate_id = $1 AND seq = 3', [audit.file.caseId]];
      await audit.expectFound(
        [cut],
        `eventMissing case/${audit.file.caseId}#3`,
        `stateMismatch case/${audit.file.caseId}`,
      );
      const adjust: [string, unknown[]] = [
        `UPDATE case_file SET event_seq = 2, event_hash = e.hash, snapshot = e.facets -> 'state'
         FROM event e WHERE case_file.id = $1 AND e.aggregate_id = $1 AND e.seq = 2`,
        [audit.file.caseId],
      ];
      await audit.expectFound([cut, adjust], `eventMissing case/${audit.file.caseId}#3`);
    });

    it('a cut tail that the ledger does not know yet', async () => {
      const fresh = await audit.aFile();
      await audit.expectFound(
        [['DELETE FROM event WHERE aggregate_id = $1 AND seq = 3', [fresh.caseId]]],
        `eventMissing case/${fresh.caseId}#3`,
        `stateMismatch case/${fresh.caseId}`,
      );
      await audit.sequenceAll();
    });

    it('an event put at the end, be it dated back or not', async () => {
      for (const tx of ["'3'::xid8", 'pg_current_xact_id()']) {
        await audit.expectFound(
          [
            [
              `INSERT INTO event (aggregate_id, seq, aggregate_kind, case_id, type, actor_id, at, tx, facets, hash)
               SELECT aggregate_id, 4, aggregate_kind, case_id, type, actor_id, at, ${tx}, facets, $2
               FROM event WHERE aggregate_id = $1 AND seq = 3`,
              [
                audit.file.caseId,
                forged((await audit.chainOf(audit.file.caseId))[2]!.hash, {
                  ...(await audit.chainOf(audit.file.caseId))[2]!,
                  seq: 4,
                  content_hash: null,
                }),
              ],
            ],
          ],
          `eventInserted case/${audit.file.caseId}#4`,
        );
      }
    });

    it('a case that is gone while its events remain, and one that is gone with its events', async () => {
      await audit.expectFound(
        [['DELETE FROM case_file WHERE id = $1', [audit.file.caseId]]],
        `aggregateMissing case/${audit.file.caseId}`,
      );
      await audit.expectFound(
        [
          ['DELETE FROM case_file WHERE id = $1', [audit.file.caseId]],
          ['DELETE FROM event WHERE aggregate_id = $1', [audit.file.caseId]],
        ],
        ...[1, 2, 3].map((seq) => `eventMissing aggregate/${audit.file.caseId}#${seq}`),
      );
    });

    it('a case that no event registered', async () => {
      const id = randomUUID();
      await audit.expectFound(
        [
          [
            `INSERT INTO case_file (id, reference, unit, procedure_type, country_of_origin, workflow_hash, snapshot, stage, created_by)
             SELECT $2, 'TEST-0', unit, procedure_type, country_of_origin, workflow_hash, snapshot, stage, created_by
             FROM case_file WHERE id = $1`,
            [audit.file.caseId, id],
          ],
        ],
        `aggregateInserted case/${id}`,
      );
    });

    it.each(['case', 'person', 'interview', 'referral'] as const)(
      'one %s whose head or state was changed',
      async (kind) => {
        const table = kind === 'case' ? 'case_file' : kind;
        const id = {
          case: audit.file.caseId,
          person: audit.file.personId,
          interview: audit.file.interviewId,
          referral: audit.file.referralIds[0]!,
        }[kind];
        await audit.expectFound(
          [[`UPDATE ${table} SET event_hash = sha256('x') WHERE id = $1`, [id]]],
          `aggregateMismatch ${kind}/${id}`,
        );
        await audit.expectFound(
          [[`UPDATE ${table} SET snapshot = '{"value": "decided"}' WHERE id = $1`, [id]]],
          `stateMismatch ${kind}/${id}`,
        );
        const { rows } = await audit.owner.query<{ last: number }>(
          `SELECT event_seq AS last FROM ${table} WHERE id = $1`,
          [id],
        );
        const last = rows[0]!.last;
        await audit.expectFound(
          [[`UPDATE ${table} SET event_seq = event_seq + 1 WHERE id = $1`, [id]]],
          `eventMissing ${kind}/${id}#${last + 1}`,
        );
      },
    );

    it('an access record that was changed, removed or added', async () => {
      const { rows } = await audit.owner.query<{ id: string }>('SELECT id FROM access_log ORDER BY at LIMIT 1');
      const id = rows[0]!.id;
      await audit.expectFound(
        [[`UPDATE access_log SET actor_id = NULL WHERE id = $1`, [id]]],
        `accessChanged access/${id}`,
      );
      await audit.expectFound(
        [[`UPDATE access_log SET at = at - interval '1 microsecond' WHERE id = $1`, [id]]],
        `accessChanged access/${id}`,
      );
      await audit.expectFound([['DELETE FROM access_log WHERE id = $1', [id]]], `accessMissing access/${id}`);
      const added = randomUUID();
      await audit.expectFound(
        [
          [
            `INSERT INTO access_log SELECT $2, at, '3', actor_id, action, resource, outcome, detail FROM access_log WHERE id = $1`,
            [id, added],
          ],
        ],
        `accessInserted access/${added}`,
      );
    });

    it('a data key that is gone, and none where the erasure is on record', async () => {
      await audit.expectFound(
        [['DELETE FROM data_key WHERE case_id = $1', [audit.file.caseId]]],
        `keyMissing case/${audit.file.caseId}`,
      );
      await audit.tampering(
        [['UPDATE data_key SET wrapped = NULL, erased_at = now() WHERE case_id = $1', [audit.file.caseId]]],
        async () => expect(await audit.verify()).toMatchObject({ ok: true, findings: [] }),
      );
    });
  });
});
