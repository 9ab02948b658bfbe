import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { aCaseAt, anApplicant, type CaseAt } from '../factories/case-walk.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';
import { textOfPdf } from '../support/pdf-text.js';

const MARKED = 'Mill Town';
const IN_TIGRINYA = 'ዓዲ ግራት';
const TELLING = `Her brother lives in  ${MARKED.toUpperCase()} now.`;
const HARMLESS = 'It was handed in since.';
const ASKED = { kind: 'explanation', text: 'The brother, please.', legalBasis: 'an invented code' };
const HELD = { kind: 'preserve', legalBasis: 'an invented code', reasons: 'An invented search is planned.' };

describe('words that tell where a third person is', () => {
  let application: TestApplication;
  let people: Record<'officer' | 'reviewer' | 'legal' | 'decider' | 'prosecutor' | 'stranger', Person>;
  let file: CaseAt & { thirdPerson: string };
  let referral: string;
  let thirdPerson: string;

  /** The name under which the applicant is asked about. */
  const NAMES = { familyName: 'Quaesitus', givenNames: 'Fictus' };

  beforeAll(async () => {
    application = await anApplication();
    const names = ['officer', 'reviewer', 'legal', 'decider', 'prosecutor', 'war-crimes'];
    const [officer, reviewer, legal, decider, first, second] = (await Promise.all(
      names.map((name) => application.as(name)),
    )) as [Person, Person, Person, Person, Person, Person];
    people = { officer, reviewer, legal, decider, prosecutor: first, stranger: second };
    file = await aTellingCase('standing', anApplicant(NAMES));
    thirdPerson = file.thirdPerson;
    const [row] = await application.rows<{ id: string; code: string }>(
      'SELECT r.id, a.code FROM referral r JOIN authority a ON a.id = r.authority_id WHERE r.case_id = $1 ORDER BY a.code',
      [file.id],
    );
    referral = row!.id;
    const [prosecutor, stranger] = row!.code === 'demo-prosecution' ? [first, second] : [second, first];
    people = { ...people, prosecutor, stranger };
  });
  afterAll(() => application?.close());

  /** A case that was referred; a comment and the decision tell where the third person is. The words were marked before. */
  async function aTellingCase(
    marks: 'standing' | 'withdrawn' | 'approved',
    applicant = anApplicant(),
  ): Promise<typeof file> {
    const { officer, reviewer, decider } = people;
    const made = await aCaseAt(await application.cast(), 'approved', { applicant });
    const person = await named(officer, made.id);
    const send = async (who: Person, what: string, body: object): Promise<void> =>
      expect([200, 201]).toContain((await who.post(`/api/cases/${made.id}/${what}`, body)).status);
    const telling = `The brother is in ${MARKED}, the mother in the Old Mill. ሓፍተይ ኣብ ${IN_TIGRINYA} ኣላ።`;
    await send(officer, 'submissions', { kind: 'evidence', text: telling, from: 'counsel' });
    const passages = [MARKED, 'Old Mill', IN_TIGRINYA];
    await send(officer, `third-persons/${person}/passages`, { passages });
    const agreed = { reason: 'Agreed with his counsel.' };
    if (marks === 'approved') await send(reviewer, `third-persons/${person}/approve-whereabouts`, agreed);
    const mistaken = { passages: ['Old Mill'], reason: 'The mill is where the act was.' };
    if (marks === 'withdrawn') await send(reviewer, `third-persons/${person}/withdraw-passages`, mistaken);
    const decision = { type: 'DECIDE_EXCLUSION', reasons: `He sent her to ${MARKED}.`, allegations: made.outcomes };
    await send(decider, 'commands', decision);
    return { ...made, thirdPerson: person };
  }

  async function named(officer: Person, caseId: string): Promise<string> {
    const brother = { category: 'witness', relation: 'sibling', name: 'Invented Brother', countries: [] };
    return (await officer.post(`/api/cases/${caseId}/third-persons`, brother)).body.items.at(-1).id as string;
  }

  const path = (what: string): string => `/api/cases/${file.id}/third-persons/${thirdPerson}/${what}`;
  const of = (what: string): string => `/api/referrals/${referral}/${what}`;
  const mark = async (who: Person, passages: readonly string[]): Promise<void> => {
    expect((await who.post(path('passages'), { passages })).status).toBe(200);
  };
  const refused = ({ status, body }: Answer): object => ({
    ...{ status, code: body.code, at: body.errors?.map(({ pointer }: { pointer: string }) => pointer) },
    cured: String(body.detail).includes('/withdraw-passages'),
    whose: String(body.errors?.[0]?.detail).includes(thirdPerson),
  });
  const refusedAt = (...at: string[]): object => ({
    ...{ status: 422, code: 'tellsWhereabouts', at, cured: true, whose: true },
  });

  describe('on paper', () => {
    const letters = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();

    /** What can be copied out of the PDFs of a case, letter by letter. */
    async function printed(caseId: string): Promise<string[]> {
      const rows = await application.rows<{ id: string; code: string }>(
        'SELECT r.id, a.code FROM referral r JOIN authority a ON a.id = r.authority_id WHERE r.case_id = $1',
        [caseId],
      );
      const texts: string[] = [];
      for (const { id, code } of rows) {
        const reader = await application.as(code === 'demo-prosecution' ? 'prosecutor' : 'war-crimes');
        expect((await application.read(reader.username, id)).status).toBe(200);
        const headers = { Authorization: `Bearer ${reader.token}` };
        const pdf = await fetch(`${application.address}/api/referrals/${id}/package.pdf`, { headers });
        expect(pdf.status).toBe(200);
        texts.push(letters(textOfPdf(new Uint8Array(await pdf.arrayBuffer()))));
      }
      expect(texts).toHaveLength(2);
      return texts;
    }

    it('stand in no PDF, in no script, and what stands around them does', async () => {
      for (const text of await printed(file.id)) {
        for (const kept of [MARKED, 'Old Mill', IN_TIGRINYA]) expect(text).not.toContain(letters(kept));
        expect(text).toContain(letters('He sent her to [Withheld: whereabouts of'));
        expect(text).toContain(letters('ሓፍተይ ኣብ [Withheld: whereabouts of'));
      }
    });

    it('stand there once the mark was withdrawn, those alone', async () => {
      const partly = await aTellingCase('withdrawn');
      for (const text of await printed(partly.id)) {
        expect(text).toContain(letters('the mother in the Old Mill'));
        for (const kept of [MARKED, IN_TIGRINYA]) expect(text).not.toContain(letters(kept));
      }
    });

    it('stand there once they are approved', async () => {
      const open = await aTellingCase('approved');
      for (const text of await printed(open.id)) {
        for (const told of [MARKED, 'Old Mill', IN_TIGRINYA]) expect(text).toContain(letters(told));
        expect(text).not.toContain(letters('[Withheld: whereabouts of'));
      }
    });
  });

  describe('are refused where somebody types them for a recipient, and nothing is written', () => {
    /** What is refused with words that tell it goes through without. */
    const tells = async (send: (words: string) => Promise<Answer>, pointer: string): Promise<Answer> => {
      const before = await application.counts();
      expect(refused(await send(TELLING))).toEqual(refusedAt(pointer));
      expect(await application.counts()).toEqual(before);
      const told = await send(HARMLESS);
      expect([200, 201]).toContain(told.status);
      return told;
    };
    const aRequest = async (): Promise<string> => {
      const [question] = await application.rows<{ id: string }>(
        'SELECT question_id AS id FROM answer WHERE interview_id = $1 LIMIT 1',
        [file.interview],
      );
      const asked = await people.prosecutor.post(of('requests'), { ...ASKED, questionIds: [question!.id] });
      return asked.body.id as string;
    };
    const aHold = async (): Promise<string> => (await people.prosecutor.post(of('holds'), HELD)).body.id as string;

    it('in the answer to a request', async () => {
      const at = `${of('requests')}/${await aRequest()}/answer`;
      await tells((text) => people.legal.post(at, { text }), '/text');
    });

    it('in the reasons for refusing a request', async () => {
      const at = `${of('requests')}/${await aRequest()}/refuse`;
      await tells((reasons) => people.legal.post(at, { refusal: 'notInFile', reasons }), '/reasons');
    });

    it('in the reasons of a decision on a hold, and of its end', async () => {
      const at = `${of('holds')}/${await aHold()}`;
      await tells((reasons) => people.legal.post(`${at}/decision`, { granted: true, reasons }), '/reasons');
      await tells((reasons) => people.legal.post(`${at}/end`, { reasons }), '/reasons');
    });

    it('though not in what a recipient says itself', async () => {
      const hold = await aHold();
      expect((await people.prosecutor.post(`${of('holds')}/${hold}/withdrawal`, { reasons: TELLING })).status).toBe(
        200,
      );
    });

    it('in what is said with standing access, and with its revocation', async () => {
      const grant = { purpose: 'investigation', legalBasis: 'an invented code' };
      const opened = await tells((statement) => people.legal.post(of('grants'), { ...grant, statement }), '/statement');
      const at = `${of('grants')}/${opened.body.id}/revoke`;
      await tells((reason) => people.legal.post(at, { reason }), '/reason');
    });

    it('in the reply about a person who was not referred, when it is proposed and when it is confirmed', async () => {
      const asking = {
        purpose: 'investigation',
        legalBasis: 'an invented code',
        scope: 'The file.',
        reasons: 'Named.',
      };
      const asked = await people.stranger.post('/api/person-requests', { ...asking, particulars: NAMES });
      const at = `/api/person-requests/${asked.body.id}/proposals`;
      const propose = (reply: string): Promise<Answer> =>
        people.legal.post(at, { reasons: 'As found.', outcome: 'disclosed', caseId: file.id, reply });
      await tells(propose, '/reply');
      const { body } = await people.decider.get(`/api/person-requests/${asked.body.id}`);
      const confirm = (decision: string): Promise<Answer> =>
        people.decider.post(`${at}/${body.proposals[0].id}/decision`, { decision, reasons: 'I agree.' });
      // Marked after it was proposed.
      const later = { kind: 'evidence', text: HARMLESS, from: 'counsel' };
      await people.officer.post(`/api/cases/${file.id}/submissions`, later);
      await mark(people.officer, [HARMLESS]);
      expect(refused(await confirm('confirmed'))).toEqual(refusedAt('/reply'));
      expect((await confirm('returned')).status).toBe(200);
      const mistaken = { passages: [HARMLESS], reason: 'These words tell it of nobody.' };
      expect((await people.reviewer.post(path('withdraw-passages'), mistaken)).status).toBe(200);
    });
  });

  describe('that were marked by mistake', () => {
    const withdraw = (who: Person, passages: readonly string[], headers = {}): Promise<Answer> =>
      who.post(path('withdraw-passages'), { passages, reason: 'The mill is where the act was.' }, headers);
    const passages = async (): Promise<readonly string[]> =>
      (await people.officer.get(`/api/cases/${file.id}/third-persons`)).body.items[0].passages;

    it('leave again once a second person withdrew the mark with a reason, and the whereabouts stay unapproved', async () => {
      expect((await withdraw(people.officer, ['Old Mill'])).status).toBe(403);
      const unknown = await withdraw(people.reviewer, ['Old Mill', 'Elsewhere']);
      expect([unknown.status, unknown.body.errors[0].pointer]).toEqual([400, '/passages/1']);
      expect((await withdraw(people.reviewer, [])).status).toBe(400);
      const key = { 'Idempotency-Key': randomUUID() };
      const done = await withdraw(people.reviewer, ['OLD mill'], key);
      expect([done.status, done.body.items[0].whereaboutsApproved]).toEqual([200, false]);
      expect((await withdraw(people.reviewer, ['OLD mill'], key)).status).toBe(200);
      expect(await passages()).toEqual([MARKED, IN_TIGRINYA]);
      const of = await application.rows(`SELECT FROM event WHERE aggregate_id = $1 AND type = 'WITHDRAW_PASSAGES'`, [
        file.id,
      ]);
      expect(of).toHaveLength(2);
      expect((await withdraw(people.reviewer, ['Old Mill'])).status).toBe(400);
    });

    it('can be marked anew, and their mark withdrawn by nobody who set it', async () => {
      await mark(people.officer, ['Old Mill']);
      const both = await application.withAccount('both', { roles: ['officer1F', 'reviewer'], certificates: [] });
      await mark(both, ['the Old Mill']);
      const own = await withdraw(both, ['the Old Mill']);
      expect([own.status, own.body.code]).toEqual([409, 'fourEyes']);
      expect((await withdraw(both, ['Old Mill'])).status).toBe(200);
      expect(await passages()).toEqual([MARKED, IN_TIGRINYA, 'the Old Mill']);
      expect((await withdraw(people.reviewer, ['the Old Mill'])).status).toBe(200);
    });

    it('are listed with who marked, withdrew and approved them, and why', async () => {
      const { body } = await people.officer.get(`/api/cases/${file.id}/third-persons/markings`);
      const told = body.items.map(({ did, passages }: { did: string; passages: string[] }) => [did, ...passages]);
      expect(told.slice(0, 1)).toEqual([['marked', MARKED, 'Old Mill', IN_TIGRINYA]]);
      expect(told.at(-1)).toEqual(['withdrawn', 'the Old Mill']);
      expect(body.items.at(-1)).toMatchObject({
        thirdPersonId: thirdPerson,
        by: expect.stringContaining('Demo'),
        reason: 'The mill is where the act was.',
        at: expect.any(String),
      });
      expect((await people.prosecutor.get(`/api/cases/${file.id}/third-persons/markings`)).status).toBe(403);
      const stranger = await application.as('officer-north');
      expect((await stranger.get(`/api/cases/${file.id}/third-persons/markings`)).status).toBe(404);
    });

    it('are free to be withdrawn also of a person whose record was withdrawn', async () => {
      const wrong = await named(people.officer, file.id);
      const at = `/api/cases/${file.id}/third-persons/${wrong}`;
      await people.officer.post(`${at}/passages`, { passages: ['Old Mill'] });
      expect((await people.officer.post(`${at}/withdraw`, { reason: 'Nobody.' })).status).toBe(200);
      const free = { passages: ['Old Mill'], reason: 'Nobody was meant.' };
      expect((await people.reviewer.post(`${at}/withdraw-passages`, free)).status).toBe(200);
    });
  });

  it('leave chains and rows that verify', async () => {
    const { ok, findings } = await application.verifyAudit();
    expect({ ok, findings }).toEqual({ ok: true, findings: [] });
  });
});
