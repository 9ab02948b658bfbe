import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { authorityId } from '../../src/demo/seed.js';
import { createAccount } from '../../src/identity/account-administration.js';
import { aCaseAt, anApplicant, type CaseAt, GENOCIDE } from '../factories/case-walk.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';

const UNIT = authorityId('demo-war-crimes-unit');
const BASIS = 'an invented code, section 3';

/** An authority that no rule makes competent asks about a person, and is told of what stands. */
describe('a disclosure on request', () => {
  let application: TestApplication;
  let unit: Person;
  let legal: Person;
  let decider: Person;
  let file: CaseAt;
  /** What was told on the first request. */
  let referral: string;

  beforeAll(async () => {
    application = await anApplication();
    [unit, legal, decider] = (await Promise.all(
      ['war-crimes', 'legal', 'decider'].map((name) => application.as(name)),
    )) as [Person, Person, Person];
    await application.owner.query(`UPDATE competence_rule SET valid_until = '2004-01-01' WHERE authority_id = $1`, [
      UNIT,
    ]);
    file = await excluded('Quaesitus');
  });
  afterAll(() => application?.close());

  const excluded = async (familyName: string): Promise<CaseAt> =>
    aCaseAt(await application.cast(), 'excluded', {
      allegations: [GENOCIDE],
      applicant: anApplicant({ familyName, givenNames: 'Fictus' }),
    });
  /** Asked, proposed, and decided by a second person. */
  const disclose = async (familyName: string, caseId: string): Promise<Answer> => {
    const { body } = await unit.post('/api/person-requests', {
      ...{ purpose: 'investigation', legalBasis: BASIS, scope: 'The file.', reasons: 'Named by an invented witness.' },
      particulars: { familyName, givenNames: 'Fictus' },
    });
    const path = `/api/person-requests/${body.id}/proposals`;
    const words = { reasons: 'As found.', reply: 'As decided.' };
    const proposed = await legal.post(path, { outcome: 'disclosed', caseId, ...words });
    if (proposed.status !== 201) return proposed;
    const proposal = proposed.body.proposals.at(-1) as { id: string };
    return decider.post(`${path}/${proposal.id}/decision`, { decision: 'confirmed', reasons: 'I agree.' });
  };
  const toUnit = (caseId: string) =>
    application.rows<{ id: string; kind: string; legal_basis: string }>(
      'SELECT id, kind, legal_basis FROM referral WHERE case_id = $1 AND authority_id = $2 ORDER BY created_at',
      [caseId, UNIT],
    );

  it('makes an obligation and referral under the cause that stands, on the law that the authority named', async () => {
    expect(await toUnit(file.id)).toEqual([]);
    const { status, body } = await disclose('Quaesitus', file.id);
    expect(status).toBe(200);
    referral = body.answer.referralId as string;
    const coded = `person request ${body.id}`;
    expect(await toUnit(file.id)).toEqual([{ id: referral, kind: 'exclusion', legal_basis: coded }]);
    const competence = 'SELECT legal_basis FROM cause_competence WHERE case_id = $1 AND authority_id = $2';
    expect(await application.rows(competence, [file.id, UNIT])).toEqual([{ legal_basis: coded }]);
    const events = await application.rows(
      `SELECT facets ->> 'referral' AS referral FROM event WHERE aggregate_id = $1 AND type = 'DISCLOSE_ON_REQUEST'`,
      [file.id],
    );
    expect(events).toEqual([{ referral }]);
    const read = await application.read(unit.username, referral);
    expect(read.body.package).toMatchObject({ kind: 'exclusion', legalBasis: BASIS, handling: expect.any(Object) });
  });

  it('is read by who gave the answer or sees the case; others who answer such requests learn that it was answered', async () => {
    const { body } = await disclose('Quaesitus', file.id);
    const at = `/api/person-requests/${body.id}`;
    for (const person of [legal, decider])
      expect((await person.get(at)).body).toMatchObject({ answered: true, answer: { referralId: referral } });
    const password = randomUUID();
    const north = { id: randomUUID(), username: 'legal-north', displayName: 'Legal North', password };
    await createAccount(application.owner, { ...north, roles: ['legalAdviser'], unit: 'north' });
    const entry = { body: { username: 'legal-north', password } };
    const { token } = (await application.anonymously('POST', '/api/tokens', entry)).body as unknown as {
      token: string;
    };
    const headers = { Authorization: `Bearer ${token}` };
    const seen = await application.anonymously('GET', at, { headers });
    expect(seen.body).toMatchObject({ answered: true, answer: null, proposals: [] });
    const again = { body: { outcome: 'refused', refusal: 'tooVague', reasons: 'Not found.' }, headers };
    expect((await application.anonymously('POST', `${at}/proposals`, again)).status).toBe(409);
  });

  it('names what was told already instead of telling it twice', async () => {
    const { status, body } = await disclose('Quaesitus', file.id);
    expect({ status, referral: body.answer.referralId }).toEqual({ status: 200, referral });
    expect(await toUnit(file.id)).toHaveLength(1);
  });

  it('is refused where that was recalled from this authority, with what to do instead', async () => {
    const recalled = await legal.post(`/api/cases/${file.id}/commands`, {
      type: 'REPORT_UNLAWFUL_TRANSMISSION',
      referralIds: [referral],
      reasons: 'It was sent on an invented law that does not allow it.',
    });
    expect(recalled.status).toBe(200);
    const { status, body } = await disclose('Quaesitus', file.id);
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'conflict' });
    expect(body.detail).toContain('which was recalled from it');
    expect((await toUnit(file.id)).filter(({ kind }) => kind === 'exclusion')).toHaveLength(1);
  });

  it('reaches no authority that the file bars, whoever decided so', async () => {
    const barred = await excluded('Accusator');
    const officer = await application.as('officer');
    const actor = { name: 'An invented service', authorityId: UNIT, reason: 'Answer 12 of the interview.' };
    expect((await officer.post(`/api/cases/${barred.id}/persecution-actors`, actor)).status).toBe(201);
    const before = await application.rows('SELECT FROM obligation WHERE case_id = $1', [barred.id]);
    const { status, body } = await disclose('Accusator', barred.id);
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'blockedRecipient' });
    expect(await toUnit(barred.id)).toEqual([]);
    expect(await application.rows('SELECT FROM obligation WHERE case_id = $1', [barred.id])).toHaveLength(
      before.length,
    );
  });

  it('leaves the reconciler and the audit with nothing to say', async () => {
    expect((await application.reconcile()).differences).toEqual([]);
    expect((await application.verifyAudit()).findings).toEqual([]);
  });
});
