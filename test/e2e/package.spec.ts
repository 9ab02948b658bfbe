import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { randomUUID } from 'node:crypto';
import type { Cast } from '../../src/demo/case-walk.js';
import { DataKey } from '../../src/platform/database/sealing.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { aCaseAt, anApplicant, anInterviewUnderWay, decideSuspicion } from '../factories/case-walk.js';
import { anApplication, type Person, type TestApplication } from '../support/application.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- packages are checked by what is expected of them */

describe('what is sent', () => {
  let application: TestApplication;
  let cast: Cast;
  let officer: Person;
  let interviewer: Person;
  let reviewer: Person;

  beforeAll(async () => {
    application = await anApplication();
    cast = await application.cast();
    [officer, interviewer, reviewer] = (await Promise.all(
      ['officer', 'interviewer', 'reviewer'].map((name) => application.as(name)),
    )) as [Person, Person, Person];
  });
  afterAll(() => application?.close());

  /** The packages of a case as they were sealed, oldest first. */
  async function packagesOf(caseId: string): Promise<any[]> {
    const [held] = await application.rows<{ wrapped: Buffer }>('SELECT wrapped FROM data_key WHERE case_id = $1', [
      caseId,
    ]);
    const key = DataKey.unwrap(caseId, held!.wrapped, keysFrom(application.config));
    const rows = await application.rows<{ id: string; body: Buffer }>(
      'SELECT id, body FROM referral WHERE case_id = $1 ORDER BY created_at, authority_id',
      [caseId],
    );
    return rows.map(({ id, body }) => JSON.parse(key.open<string>(body, `referral:${id}`)));
  }

  const eventsOf = async (caseId: string): Promise<string[]> =>
    (
      await application.rows<{ type: string }>('SELECT type FROM event WHERE aggregate_id = $1 ORDER BY seq', [caseId])
    ).map(({ type }) => type);

  /** A case with an interview in which something was said, and whose record nobody closed. */
  async function aCaseWithAnOpenRecord(): Promise<{ id: string; interview: string }> {
    const registered = { applicant: anApplicant(), countryOfOrigin: 'RW' };
    const { id } = await cast.officer.post<{ id: string }>('/api/cases', registered);
    const interview = await anInterviewUnderWay(cast.officer, id, 'screening');
    const said = { questionId: 'accountLife', value: { interpreted: 'An invented life.' } };
    await cast.officer.post(`/api/interviews/${interview}/answers`, said);
    const proposal = { type: 'PROPOSE_SUSPICION', suspicion: true, reasons: 'As told.' };
    await cast.interviewer.post(`/api/cases/${id}/commands`, proposal);
    return { id, interview };
  }

  const confirm = (id: string) => reviewer.post(`/api/cases/${id}/commands`, { type: 'CONFIRM_SUSPICION' });
  const check = async (id: string, kind = 'suspicion') =>
    (await officer.get(`/api/cases/${id}/package-check?kind=${kind}`)).body;

  it('fits the schema that everybody may read, for an exclusion and for a suspicion', async () => {
    const { id } = await aCaseAt(cast, 'excluded');
    const early = await aCaseAt(cast, 'analysing');
    await decideSuspicion(cast, early.id, true);
    const prosecutor = await application.as('prosecutor');
    const { status, body: schema } = await prosecutor.get('/api/package-schema');
    expect(status).toBe(200);
    const fits = new Ajv2020({ strict: false }).compile(schema);
    const sent = [...(await packagesOf(id)), ...(await packagesOf(early.id))];
    expect(sent.map(({ kind }) => kind)).toEqual(['exclusion', 'exclusion', 'suspicion', 'suspicion']);
    for (const one of sent) expect([fits(one), fits.errors]).toEqual([true, null]);
  });

  it('tells of the record, with notice, counsel, interpreter by number, and codes by their labels', async () => {
    const { id, interview } = await aCaseAt(cast, 'excluded');
    const [sent] = await packagesOf(id);
    const told = sent.facts.interviews.find((one: any) => one.id === interview);
    expect(told).toMatchObject({
      record: 'sealed',
      readBack: { outcome: 'confirmed' },
      interpreter: { number: 'INT-000', understood: true },
      counselPresent: null,
      notices: [{ version: 1, language: 'rw', transmissionTold: true }],
    });
    expect(told.startedAt).toEqual(expect.any(String));
    const coded = told.answers.find(({ questionId }: any) => questionId === 'violencePosition');
    expect(coded).toMatchObject({ value: ['amongAttackers'], labels: [{ code: 'amongAttackers' }] });
    expect(coded.labels[0].text).not.toBe('amongAttackers');
    expect(coded.question).toMatch(/\?$/);
    expect(sent.sender).toMatchObject({ country: 'BE', officer: expect.stringContaining('Demo') });
    expect(sent.handling.neverTo).toContain('RW');
    expect(sent.allegations[0].elements[0]).toMatchObject({ legalSource: expect.any(String), finding: 'met' });
    expect(sent.completeness.noted).toEqual([expect.stringContaining('recording')]);
    for (const raised of sent.assessments.indicators) expect(raised.raisedFrom.length).toBeGreaterThan(0);
  });

  it('names third persons by category, and where they are only once a second person approved it', async () => {
    const { id, outcomes } = await aCaseAt(cast, 'approved');
    const path = `/api/cases/${id}/third-persons`;
    const named = {
      category: 'witness',
      relation: 'sibling',
      name: 'Invented Sister',
      whereabouts: 'Invented town',
      countries: [],
    };
    const other = {
      category: 'victim',
      relation: 'none',
      name: 'Invented Neighbour',
      whereabouts: 'Hidden town',
      countries: [],
    };
    const [sister] = (await officer.post(path, named)).body.items;
    const wrong = (await officer.post(path, { ...other, name: 'A mistake' })).body.items.at(-1);
    await officer.post(path, other);
    expect((await officer.post(`${path}/${wrong.id}/withdraw`, { reason: 'Not this person.' })).status).toBe(200);
    const approval = `${path}/${sister.id}/approve-whereabouts`;
    expect((await officer.post(approval, { reason: 'Known.' })).status).toBe(403);
    const agreed = await reviewer.post(approval, { reason: 'Agreed with her counsel.' });
    expect(agreed.body.items.map(({ whereaboutsApproved }: any) => whereaboutsApproved)).toEqual([true, false]);
    expect((await reviewer.post(approval, { reason: 'Again.' })).status).toBe(409);
    const { items } = (await officer.get(path)).body;
    const neighbour = items.find(({ name }: any) => name === other.name);
    expect((await officer.post(`${path}/${neighbour.id}/passages`, { passages: [] })).status).toBe(200);
    await officer.post(`/api/cases/${id}/undisclosed-exculpatory`, { reason: 'A neighbour is afraid.' });
    const decision = { type: 'DECIDE_EXCLUSION', reasons: 'Serious reasons.', allegations: outcomes };
    await cast.decider.post(`/api/cases/${id}/commands`, decision);
    const [sent] = await packagesOf(id);
    expect(sent.persons.witnesses).toMatchObject([{ mayRefuseTestimony: true, whereabouts: 'Invented town' }]);
    expect(sent.persons.victims).toMatchObject([{ name: 'Invented Neighbour', whereabouts: null }]);
    expect(sent.exculpatory.undisclosed.exists).toBe(true);
    const text = JSON.stringify(sent);
    for (const kept of ['Hidden town', 'A mistake', 'afraid']) expect(text).not.toContain(kept);
  });

  /** A case to decide in which a translation and a comment say where the sister is; `path` is hers. */
  async function aCaseThatTellsWhereSheIs() {
    const { id, outcomes } = await aCaseAt(cast, 'approved');
    const all = `/api/cases/${id}/third-persons`;
    const named = { category: 'witness', relation: 'sibling', name: 'Invented Sister', countries: [] };
    const [sister] = (await officer.post(all, named)).body.items;
    const [answer] = await application.rows<{ id: string; interview: string }>(
      `SELECT a.id, a.interview_id AS interview FROM answer a JOIN interview i ON i.id = a.interview_id
       WHERE i.case_id = $1 AND i.purpose <> 'witness' ORDER BY a.recorded_at LIMIT 1`,
      [id],
    );
    const translation = { language: 'en', text: 'She hides in  MILL town, he said.', translator: 'TRA-1' };
    const of = { statementId: answer!.id, interviewId: answer!.interview };
    expect((await officer.post(`/api/cases/${id}/translations`, { ...translation, ...of })).status).toBe(201);
    const comment = { kind: 'evidence', text: 'ሓፍተይ ኣብ ዓዲ ግራት ኣላ።', from: 'counsel' };
    expect((await officer.post(`/api/cases/${id}/submissions`, comment)).status).toBe(201);
    const decision = { type: 'DECIDE_EXCLUSION', reasons: 'Her town is Mill Town.', allegations: outcomes };
    const decider = await application.as('decider');
    const decide = () => decider.post(`/api/cases/${id}/commands`, decision);
    return { id, sister, path: `${all}/${sister.id}`, decide };
  }
  const TELLING = ['Mill Town', 'ዓዲ ግራት'];

  it('withholds words marked as telling where somebody is in every text, and waits until somebody looked for them', async () => {
    const { id, sister, path, decide } = await aCaseThatTellsWhereSheIs();
    const refused = await decide();
    expect(refused.body.gaps).toMatchObject([{ code: 'whereaboutsNotLookedFor', subject: sister.id }]);
    const listed = await officer.get(`/api/cases/${id}/third-persons`);
    expect(listed.body.items).toMatchObject([{ passages: [], answersLookedThrough: false }]);
    const nowhere = await officer.post(`${path}/passages`, { passages: ['Mill Town', 'Elsewhere', 'ab'] });
    expect([nowhere.status, nowhere.body.errors.map(({ pointer }: any) => pointer)]).toEqual([
      400,
      ['/passages/1', '/passages/2'],
    ]);
    const key = { 'Idempotency-Key': randomUUID() };
    const marked = await officer.post(`${path}/passages`, { passages: TELLING }, key);
    expect(marked.body.items).toMatchObject([{ passages: TELLING, answersLookedThrough: true }]);
    expect((await officer.post(`${path}/passages`, { passages: TELLING }, key)).status).toBe(200);
    expect((await eventsOf(id)).filter((type) => type === 'MARK_PASSAGES')).toHaveLength(1);
    const later = { kind: 'evidence', text: 'Another word.', from: 'counsel' };
    await officer.post(`/api/cases/${id}/submissions`, later);
    expect((await decide()).status).toBe(409);
    await officer.post(`${path}/passages`, { passages: [] });
    expect((await decide()).status).toBe(200);
    const [sent] = await packagesOf(id);
    const text = JSON.stringify(sent);
    for (const telling of TELLING) expect(text.toLowerCase().replace(/\s+/g, ' ')).not.toContain(telling.toLowerCase());
    expect(text).toContain('Another word.');
    expect(sent.decision.reasons).toContain(sister.id);
    expect(sent.manifest.withheld).toEqual([{ thirdPersonId: sister.id, passages: expect.any(Number) }]);
    expect(sent.manifest.withheld[0].passages).toBeGreaterThanOrEqual(3);
  });

  it('tells them once a second person, who marked none, approved them', async () => {
    const { id, path, decide } = await aCaseThatTellsWhereSheIs();
    const approve = (who: Person) => who.post(`${path}/approve-whereabouts`, { reason: 'Agreed with her counsel.' });
    expect((await approve(reviewer)).status).toBe(409);
    await officer.post(`${path}/passages`, { passages: TELLING });
    expect((await approve(officer)).status).toBe(403);
    expect((await approve(reviewer)).status).toBe(200);
    expect((await officer.post(`${path}/passages`, { passages: [] })).status).toBe(409);
    expect((await decide()).status).toBe(200);
    const [sent] = await packagesOf(id);
    for (const telling of TELLING) expect(JSON.stringify(sent)).toContain(telling);
    expect(sent.manifest.withheld).toEqual([]);
  });

  it('does not leave with a record that nobody closed: the decision is refused, by gap and cure, and nothing is written', async () => {
    const { id, interview } = await aCaseWithAnOpenRecord();
    const before = await application.counts();
    const { status, body } = await confirm(id);
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'packageIncomplete' });
    expect(body.gaps).toEqual([
      {
        code: 'recordOpen',
        subject: interview,
        sentence: expect.any(String),
        cure: expect.stringContaining('SEAL_INTERVIEW'),
      },
    ]);
    expect(await application.counts()).toEqual(before);
    expect(await check(id)).toMatchObject({ complete: false, missing: [{ code: 'recordOpen', subject: interview }] });
  });

  it('leaves without it when one person asks and another approves, and says so in words', async () => {
    const { id } = await aCaseWithAnOpenRecord();
    const path = `/api/cases/${id}/package-overrides`;
    const key = { 'Idempotency-Key': randomUUID() };
    const request = { kind: 'suspicion', reason: 'The applicant left before it could be read back.' };
    const asked = await officer.post(path, request, key);
    expect(asked.status).toBe(201);
    expect((await officer.post(path, request, key)).body.overrides).toHaveLength(1);
    expect((await officer.post(path, request)).status).toBe(409);
    const decision = `${path}/${asked.body.overrides[0].id}/decision`;
    const approve = { outcome: 'approved', reason: 'It cannot be read back any more.' };
    expect((await officer.post(decision, approve)).status).toBe(403);
    expect((await confirm(id)).status).toBe(409);
    expect((await reviewer.post(decision, approve)).status).toBe(200);
    expect((await reviewer.post(decision, approve)).status).toBe(409);
    expect((await confirm(id)).status).toBe(200);
    const [sent] = await packagesOf(id);
    expect(sent.completeness.override).toMatchObject({
      missing: [expect.stringContaining('not read back')],
      reason: request.reason,
      approval: approve.reason,
    });
    expect(await eventsOf(id)).toEqual(
      expect.arrayContaining(['ASK_PACKAGE_OVERRIDE', 'DECIDE_PACKAGE_OVERRIDE', 'CONFIRM_SUSPICION']),
    );
  });

  it('lets an override count for the gaps it was asked for and for no others', async () => {
    const { id } = await aCaseWithAnOpenRecord();
    const path = `/api/cases/${id}/package-overrides`;
    const asked = await officer.post(path, { kind: 'suspicion', reason: 'In a hurry.' });
    const decision = `${path}/${asked.body.overrides[0].id}/decision`;
    const interview = await anInterviewUnderWay(cast.officer, id, 'screening');
    const said = { questionId: 'accountLife', value: { original: 'Ubuzima.' } };
    const answer = (await officer.post(`/api/interviews/${interview}/answers`, said)).body;
    const approved = await reviewer.post(decision, { outcome: 'approved', reason: 'All right.' });
    expect([approved.status, approved.body.detail]).toEqual([409, expect.stringContaining('something else')]);
    expect((await reviewer.post(decision, { outcome: 'refused', reason: 'Asked too early.' })).status).toBe(200);
    const missing = async () => (await check(id)).missing.map(({ code }: any) => code);
    expect(await missing()).toEqual(['recordOpen', 'recordOpen', 'translationMissing']);
    const translation = { interviewId: interview, language: 'en', text: 'A life.', translator: 'TRA-1' };
    const add = (statementId: string) => officer.post(`/api/cases/${id}/translations`, { ...translation, statementId });
    expect((await add(randomUUID())).status).toBe(400);
    expect((await add(answer.answer.id)).status).toBe(201);
    expect(await missing()).toEqual(['recordOpen', 'recordOpen']);
  });

  it('lets nobody decide on an override of one’s own', async () => {
    const { id } = await aCaseWithAnOpenRecord();
    const path = `/api/cases/${id}/package-overrides`;
    const asked = await reviewer.post(path, { kind: 'suspicion', reason: 'In a hurry.' });
    const own = await reviewer.post(`${path}/${asked.body.overrides[0].id}/decision`, {
      outcome: 'approved',
      reason: 'Mine.',
    });
    expect([own.status, own.body.detail]).toEqual([409, expect.stringContaining('somebody else')]);
  });

  it('is checked and overridden by those on the file alone', async () => {
    const { id } = await aCaseAt(cast, 'triage');
    const [prosecutor, stranger] = await Promise.all(
      ['prosecutor', 'officer-north'].map((name) => application.as(name)),
    );
    const path = `/api/cases/${id}/package-check?kind=exclusion`;
    expect((await prosecutor!.get(path)).status).toBe(403);
    expect((await stranger!.get(path)).status).toBe(404);
    expect((await stranger!.get(`/api/cases/${id}/third-persons`)).status).toBe(404);
    expect(
      (await interviewer.post(`/api/cases/${id}/package-overrides`, { kind: 'suspicion', reason: 'Why not.' })).status,
    ).toBe(409);
  });

  it('leaves chains and rows that the audit finds whole', async () => {
    const { ok, findings } = (await application.verifyAudit()) as { ok: boolean; findings?: unknown };
    expect([ok, findings]).toEqual([true, expect.anything()]);
  });
});
