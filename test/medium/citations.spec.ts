import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sealCitations } from '../../src/cases/seal-citations.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { aCaseAt, type CaseAt, DISCLOSURE } from '../factories/case-walk.js';
import { anApplication, type TestApplication } from '../support/application.js';

const CITED = `WHERE source_kind = 'countryInformation'`;

describe('a citation that an earlier release kept in clear', () => {
  let application: TestApplication;
  let file: CaseAt;
  let before: unknown;

  const seal = () =>
    asOwner(application.database.ownerUrl, (owner) => sealCitations(owner, keysFrom(application.config)));
  const stored = () =>
    application.rows<{ source_ref: string; sealed: boolean }>(
      `SELECT source_ref, sealed IS NOT NULL AS sealed FROM evidence ${CITED} AND case_id = $1
       UNION ALL SELECT source_ref, true FROM disclosure ${CITED} AND case_id = $1`,
      [file.id],
    );
  const analysis = async () => (await (await application.as('officer')).get(`/api/cases/${file.id}/allegations`)).body;

  beforeAll(async () => {
    application = await anApplication();
    file = await aCaseAt(await application.cast(), 'signedOff');
    before = await analysis();
    // As migration 4 had it.
    await application.rows(`UPDATE evidence SET source_ref = $1, sealed = NULL ${CITED}`, [DISCLOSURE.sourceRef]);
    await application.rows(`UPDATE disclosure SET source_ref = $1 ${CITED}`, [DISCLOSURE.sourceRef]);
  });
  afterAll(() => application?.close());

  it('is sealed once, and rows that cited the same still name the same source', async () => {
    const plain = await stored();
    expect(plain.length).toBeGreaterThan(1);
    expect(new Set(plain.map(({ source_ref }) => source_ref))).toEqual(new Set([DISCLOSURE.sourceRef]));
    expect([await seal(), await seal()]).toEqual([plain.length, 0]);
    const sealed = await stored();
    expect(new Set(sealed.map(({ source_ref }) => source_ref)).size).toBe(1);
    expect(sealed.every((row) => row.sealed && /^cited:[\w-]{43}$/.test(row.source_ref))).toBe(true);
  });

  it('reads as before, counts as disclosed, and its rows are those that the chain tells', async () => {
    expect(JSON.stringify(before)).toContain(DISCLOSURE.sourceRef);
    expect(await analysis()).toEqual(before);
    const approved = await (
      await application.as('reviewer')
    ).post(`/api/cases/${file.id}/commands`, { type: 'APPROVE_REVIEW', reasons: 'Follows from the record.' });
    expect(approved.status).toBe(200);
    expect(await application.verifyAudit()).toMatchObject({ ok: true, findings: [] });
  });
});
