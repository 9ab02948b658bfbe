import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Cast } from '../../src/demo/case-walk.js';
import { authorityId } from '../../src/demo/seed.js';
import { aCaseAt, type CaseAt, GENOCIDE } from '../factories/case-walk.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';

const FEDERAL = authorityId('demo-prosecution');
const UNIT = authorityId('demo-war-crimes-unit');
const SAID = { name: 'An invented service', reason: 'Answer 12 of the interview.' };

/** Whom the file bars from it: whom the applicant accuses, and countries of other persons in the file. */
describe('a recipient that a file bars', () => {
  let application: TestApplication;
  let cast: Cast;
  let officer: Person;
  let decider: Person;
  let file: CaseAt;
  let path: string;

  beforeAll(async () => {
    application = await anApplication({ config: { ROLE: 'api' } });
    cast = await application.cast();
    officer = await application.as('officer');
    decider = await application.as('decider');
    file = await aCaseAt(cast, 'approved', { allegations: [GENOCIDE] });
    path = `/api/cases/${file.id}/persecution-actors`;
  });

  afterAll(() => application?.close());

  const said = ({ status, body }: Answer) => ({ status, code: body?.code as string });
  const decide = (of: CaseAt = file) =>
    decider.post(`/api/cases/${of.id}/commands`, {
      type: 'DECIDE_EXCLUSION',
      reasons: 'Serious reasons for considering.',
      allegations: of.outcomes,
    });

  it('is recorded and read by those who work on the case, and by nobody else', async () => {
    const before = await application.counts();
    for (const name of ['prosecutor', 'auditor', 'operator', 'author'])
      expect(said(await (await application.as(name)).get(path))).toMatchObject({ status: 403 });
    for (const name of ['prosecutor', 'reviewer', 'decider', 'legal', 'auditor'])
      expect(said(await (await application.as(name)).post(path, { ...SAID, country: 'CD' }))).toMatchObject({
        status: 403,
      });
    const north = await application.as('officer-north');
    expect(said(await north.get(path))).toEqual({ status: 404, code: 'notFound' });
    expect(said(await north.post(path, { ...SAID, country: 'CD' }))).toEqual({ status: 404, code: 'notFound' });
    expect(await application.counts()).toEqual(before);
    expect(await (await application.as('reviewer')).get(path)).toMatchObject({ status: 200, body: { items: [] } });
  });

  it.each([
    ['nobody that could be told', {}, '/country'],
    ['no name', { name: ' ', country: 'CD' }, '/name'],
    ['no reason', { reason: undefined, country: 'CD' }, '/reason'],
    ['no country', { country: 'Congo' }, '/country'],
    ['the country that decides', { country: 'BE' }, '/country'],
    ['an authority there is not', { authorityId: randomUUID() }, '/authorityId'],
    ['an authority that is no id', { authorityId: 'x' }, '/authorityId'],
  ])('is not recorded with %s', async (_what, change, pointer) => {
    const before = await application.counts();
    const answer = await officer.post(path, { ...SAID, ...change });
    expect(said(answer)).toEqual({ status: 400, code: 'invalidInput' });
    expect((answer.body.errors as { pointer: string }[]).map((one) => one.pointer)).toEqual([pointer]);
    expect(await application.counts()).toEqual(before);
  });

  it('is recorded once for one key, and not over a change that was not seen', async () => {
    const given = { ...SAID, authorityId: FEDERAL };
    const stale = await officer.post(path, given, { 'If-Match': '"1"' });
    expect(said(stale)).toEqual({ status: 412, code: 'staleVersion' });
    const headers = { 'Idempotency-Key': 'accused' };
    const first = await officer.post(path, given, headers);
    expect(first).toMatchObject({
      status: 201,
      body: { items: [{ name: SAID.name, authorityId: FEDERAL, country: null, withdrawnAt: null }] },
    });
    expect(await officer.post(path, given, headers)).toMatchObject({ status: 201, body: first.body });
    expect((await officer.get(path)).body).toEqual(first.body);
  });

  it('is not told: with nobody else competent the decision is refused and says why; taken back, it is told', async () => {
    await officer.post(path, { ...SAID, authorityId: UNIT });
    const refused = await decide();
    expect(said(refused)).toEqual({ status: 409, code: 'noCompetentAuthority' });
    expect(refused.body.detail).toContain('Blocked recipients in this case: demo-prosecution, demo-war-crimes-unit.');
    const { items } = (await officer.get(path)).body as { items: { id: string }[] };
    const withdrawal = { reason: 'Another one was meant.' };
    const of = (id: string) => `${path}/${id}/withdrawal`;
    expect(said(await officer.post(of(items[0]!.id), {}))).toEqual({ status: 400, code: 'invalidInput' });
    expect(said(await decider.post(of(items[0]!.id), withdrawal))).toMatchObject({ status: 403 });
    expect(said(await officer.post(of(randomUUID()), withdrawal))).toEqual({ status: 404, code: 'notFound' });
    for (const { id } of items) expect((await officer.post(of(id), withdrawal)).status).toBe(200);
    // One person's word unblocks nobody, said once or twice; nor does the database take it.
    expect(said(await officer.post(of(items[0]!.id), withdrawal))).toEqual({ status: 409, code: 'fourEyes' });
    expect(said(await decide())).toEqual({ status: 409, code: 'noCompetentAuthority' });
    const alone = application.rows(
      'UPDATE persecution_actor SET withdrawn_at = now(), withdrawn_by = withdrawal_asked_by WHERE id = $1',
      [items[0]!.id],
    );
    await expect(alone).rejects.toThrow('persecution_actor_unblocked_by_two');
    const second = await application.as('interviewer');
    for (const { id } of items) expect((await second.post(of(id), withdrawal)).status).toBe(200);
    expect(said(await officer.post(of(items[0]!.id), withdrawal))).toEqual({ status: 404, code: 'notFound' });
    const all = (await officer.get(path)).body.items as { withdrawnAt: string | null }[];
    expect(all.map(({ withdrawnAt }) => typeof withdrawnAt)).toEqual(['string', 'string']);
    expect((await decide()).status).toBe(200);
  });

  it('may sit in a country of a third person: it is not told until that person is withdrawn', async () => {
    const other = await aCaseAt(cast, 'approved', { allegations: [GENOCIDE] });
    const persons = `/api/cases/${other.id}/third-persons`;
    const witness = { category: 'witness', relation: 'none', name: 'W. Exemplaris' };
    for (const [countries, pointer] of [
      [['BE'], '/countries/0'],
      [['Congo'], '/countries'],
      [['CD', 'CD'], '/countries'],
      ['CD', '/countries'],
    ] as const) {
      const answer = await officer.post(persons, { ...witness, countries });
      expect(said(answer)).toEqual({ status: 400, code: 'invalidInput' });
      expect((answer.body.errors as { pointer: string }[])[0]).toMatchObject({ pointer });
    }
    const recorded = await officer.post(persons, { ...witness, countries: ['CD', 'UG'] });
    expect(recorded).toMatchObject({ status: 201, body: { items: [{ name: witness.name, countries: ['CD', 'UG'] }] } });
    await application.owner.query(`UPDATE authority SET country = 'UG' WHERE id = $1`, [FEDERAL]);
    await application.owner.query(`UPDATE authority SET kind = 'embassy', represents = 'CD' WHERE id = $1`, [UNIT]);
    try {
      const refused = await decide(other);
      expect(said(refused)).toEqual({ status: 409, code: 'noCompetentAuthority' });
      expect(refused.body.detail).toContain('demo-prosecution, demo-war-crimes-unit');
      const raw = application.rows<{ blocked: boolean }>('SELECT f1_blocked($1, $2) AS blocked', [other.id, FEDERAL]);
      expect(await raw).toEqual([{ blocked: true }]);
      const { id } = recorded.body.items[0] as { id: string };
      const withdraw = async (who: Person) =>
        said(await who.post(`${persons}/${id}/withdraw`, { reason: 'Somebody else.' }));
      expect(await withdraw(officer)).toMatchObject({ status: 200 });
      expect(await withdraw(officer)).toEqual({ status: 409, code: 'fourEyes' });
      expect(said(await decide(other))).toEqual({ status: 409, code: 'noCompetentAuthority' });
      expect(await withdraw(await application.as('interviewer'))).toMatchObject({ status: 200 });
      expect((await decide(other)).status).toBe(200);
    } finally {
      await application.owner.query(
        `UPDATE authority SET country = 'BE', kind = 'other', represents = NULL WHERE id = ANY ($1)`,
        [[FEDERAL, UNIT]],
      );
    }
  });

  it('leaves a file in which nothing can be changed unseen: not the accused, and not a country', async () => {
    expect(await application.verifyAudit()).toMatchObject({ ok: true, findings: [] });
    for (const [table, change] of [
      ['persecution_actor', `authority_id = NULL, country = 'CD'`],
      ['third_person', `countries = '{}'`],
    ] as const) {
      await application.owner.query(`UPDATE ${table} SET ${change}`);
      const { findings } = await application.verifyAudit();
      expect(findings.map(({ kind, where }) => `${kind} ${where.split('/')[0]}`)).toContain(`rowChanged ${table}`);
    }
  });
});
