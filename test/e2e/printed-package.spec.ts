import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aCaseAt } from '../factories/case-walk.js';
import { anApplication, type TestApplication } from '../support/application.js';

describe('a package on paper', () => {
  let application: TestApplication;
  let referral: { id: string; reader: string; stranger: string };

  beforeAll(async () => {
    application = await anApplication();
    const { id } = await aCaseAt(await application.cast(), 'excluded');
    const [row] = await application.rows<{ id: string; code: string }>(
      `SELECT r.id, a.code FROM referral r JOIN authority a ON a.id = r.authority_id WHERE r.case_id = $1 ORDER BY a.code LIMIT 1`,
      [id],
    );
    const people = (row!.code === 'demo-prosecution' ? ['prosecutor', 'war-crimes'] : ['war-crimes', 'prosecutor']) as [
      string,
      string,
    ];
    referral = { id: row!.id, reader: people[0], stranger: people[1] };
  });
  afterAll(() => application.close());

  const pdfFor = async (username: string) => {
    const person = await application.as(username);
    return person.get(`/api/referrals/${referral.id}/package.pdf`);
  };

  it('is not printed without a grant, and the refusal says how to get one', async () => {
    const { status, body } = await pdfFor(referral.reader);
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'grantRequired' });
  });

  it('does not exist for another authority, nor for the asylum side', async () => {
    expect((await pdfFor(referral.stranger)).status).toBe(404);
    expect((await pdfFor('author')).status).toBe(403);
  });

  it('is printed under a grant, with the reader in its name and beside it, and the reading is logged', async () => {
    await application.read(referral.reader, referral.id);
    const { status, headers, text } = await pdfFor(referral.reader);
    expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: 'application/pdf' });
    expect(text.startsWith('%PDF-1.7')).toBe(true);
    expect(headers.get('content-disposition')).toContain(`_${referral.reader}_`);
    expect(headers.get('x-watermark')).toContain(`reader=${referral.reader}`);
    const logged = await application.rows(`SELECT FROM access_log WHERE resource LIKE $1 AND outcome = 'read'`, [
      `%${referral.id}/package.pdf`,
    ]);
    expect(logged).toHaveLength(1);
  });
});
