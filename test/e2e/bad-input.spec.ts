import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Cast } from '../../src/demo/case-walk.js';
import { aCaseAt, anApplicant, anInterviewUnderWay, contentOf, DISCLOSURE, GENOCIDE } from '../factories/case-walk.js';
import { type Answer, anApplication, type Asking, type Person, type TestApplication } from '../support/application.js';

/** What a refused request must leave as it was: the number of rows of every table, and every version. */
interface Traces {
  readonly counts: Readonly<Record<string, number>>;
  readonly versions: unknown;
}

describe('bad input', () => {
  let application: TestApplication;
  let cast: Cast;
  let officer: Person;
  let analyst: Person;
  let caseId: string;
  let analysed: { id: string; interview: string };
  let before: Traces;

  beforeAll(async () => {
    application = await anApplication({ config: { ROLE: 'api' } });
    cast = await application.cast();
    officer = await application.as('officer');
    analyst = await application.as('analyst');
    caseId = (await aCaseAt(cast, 'triage')).id;
    analysed = await aCaseAt(cast, 'analysing');
  });

  afterAll(() => application?.close());

  const traces = async (): Promise<Traces> => ({
    counts: await application.counts(),
    versions: await application.rows(
      `SELECT id, version, snapshot, event_seq FROM case_file UNION ALL SELECT id, version, snapshot, event_seq FROM interview ORDER BY id`,
    ),
  });

  const command = (body: unknown, headers: Asking['headers'] = {}): Promise<Answer> =>
    officer.post(`/api/cases/${caseId}/commands`, body, headers);

  const pointersIn = ({ body }: Answer): string[] =>
    (body.errors as { pointer: string }[]).map(({ pointer }) => pointer);

  const expectProblem = (answer: Answer, status: number, code: string): void => {
    expect({ status: answer.status, code: answer.body?.code, detail: answer.body?.detail }).toMatchObject({
      status,
      code,
    });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ type: `/problems/${code}`, status });
    expect(answer.body.title).not.toBe('');
    expect(answer.body.detail).toMatch(/[.!]$/);
  };

  describe('is refused and leaves nothing half-written:', () => {
    beforeEach(async () => {
      before = await traces();
    });

    afterEach(async () => {
      expect(await traces()).toEqual(before);
    });

    it.each([
      ['malformed JSON', '{"type": "ACCEPT_TRIAGE"', 400, 'malformedRequest'],
      ['text that is no JSON', 'ACCEPT_TRIAGE', 400, 'malformedRequest'],
      ['an empty body', '', 400, 'invalidInput'],
      ['an empty object', '{}', 400, 'invalidInput'],
      ['a list', '[]', 400, 'invalidInput'],
      ['a list with a command in it', '[{"type": "ACCEPT_TRIAGE"}]', 400, 'invalidInput'],
      ['null', 'null', 400, 'invalidInput'],
      ['a number', '7', 400, 'invalidInput'],
      ['a text', '"ACCEPT_TRIAGE"', 400, 'invalidInput'],
      ['an unknown type', '{"type": "ERASE_CASE"}', 400, 'invalidInput'],
      ['a type that every object has', '{"type": "constructor"}', 400, 'invalidInput'],
      ['a type that is no text', '{"type": ["ACCEPT_TRIAGE"]}', 400, 'invalidInput'],
      ['a type in another spelling', '{"type": "accept_triage"}', 400, 'invalidInput'],
      ['an unknown field', '{"type": "ACCEPT_TRIAGE", "force": true}', 400, 'invalidInput'],
      ['a field of the prototype', '{"type": "ACCEPT_TRIAGE", "__proto__": {"role": "system"}}', 400, 'invalidInput'],
      ['a field named constructor', '{"type": "ACCEPT_TRIAGE", "constructor": {"name": "x"}}', 400, 'invalidInput'],
      ['a NUL character', '{"type": "ACCEPT_TRIAGE", "note": "a\\u0000b"}', 400, 'invalidInput'],
      ['half a surrogate pair', '{"type": "ACCEPT_TRIAGE", "note": "a\\ud800b"}', 400, 'invalidInput'],
      ['words that are only spaces', '{"type": "ACCEPT_TRIAGE", "note": "  "}', 400, 'invalidInput'],
      ['words of the wrong type', '{"type": "ACCEPT_TRIAGE", "note": 7}', 400, 'invalidInput'],
      ['words that are a list', '{"type": "ACCEPT_TRIAGE", "note": ["a"]}', 400, 'invalidInput'],
      [
        'words beyond the limit',
        JSON.stringify({ type: 'ACCEPT_TRIAGE', note: 'x'.repeat(50_001) }),
        400,
        'invalidInput',
      ],
    ])('%s as a command', async (_what, body, status, code) => {
      const answer = await (await application.as('interviewer')).post(`/api/cases/${caseId}/commands`, body);
      expectProblem(answer, status, code);
    });

    it('a command of which one key stands twice is read once, by its last', async () => {
      const body = '{"type": "ACCEPT_TRIAGE", "type": "ERASE_CASE"}';
      const answer = await command(body);
      expectProblem(answer, 400, 'invalidInput');
      expect(pointersIn(answer)).toEqual(['/type']);
    });

    it('JSON nested a hundred thousand times', async () => {
      const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
      expectProblem(await command(deep), 400, 'malformedRequest');
      expectProblem(await command(`{"type": "ACCEPT_TRIAGE", "note": ${deep}}`), 400, 'malformedRequest');
      const interviews = `/api/interviews/${analysed.interview}`;
      const interviewer = await application.as('interviewer');
      const answer = await interviewer.post(`${interviews}/answers`, `{"questionId": "birthDate", "value": ${deep}}`);
      expectProblem(answer, 400, 'malformedRequest');
      const draft = await interviewer.put(`${interviews}/draft`, `{"questionId": "birthDate", "value": ${deep}}`);
      expectProblem(draft, 400, 'malformedRequest');
    });

    it('a body of 10 MB, and one just above the limit', async () => {
      for (const size of [10 * 1024 * 1024, 1024 * 1024 + 1]) {
        const answer = await command(JSON.stringify({ type: 'ACCEPT_TRIAGE', note: 'x'.repeat(size) }));
        expectProblem(answer, 413, 'bodyTooLarge');
      }
    });

    it('a body that is not JSON by its own word', async () => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
        const answer = await command('{"type": "ACCEPT_TRIAGE"}', { 'Content-Type': type });
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
        expect(answer.body.code).toMatch(/^(unsupportedMediaType|invalidInput)$/);
      }
      const charset = await command('{"type": "ACCEPT_TRIAGE"}', {
        'Content-Type': 'application/json; charset=latin1',
      });
      expectProblem(charset, 415, 'unsupportedMediaType');
      const packed = await command('{"type": "ACCEPT_TRIAGE"}', { 'Content-Encoding': 'compress' });
      expectProblem(packed, 415, 'unsupportedMediaType');
    });

    describe('a registration with', () => {
      const register = (applicant: object, more: object = {}): Promise<Answer> =>
        officer.post('/api/cases', { applicant: anApplicant(applicant), countryOfOrigin: 'RW', ...more });

      it.each([
        ['a month that does not exist', { birthDate: '1962-13' }, '/applicant/birthDate'],
        ['a day that does not exist', { birthDate: '1962-02-30' }, '/applicant/birthDate'],
        ['a leap day in a common year', { birthDate: '1963-02-29' }, '/applicant/birthDate'],
        ['a date in words', { birthDate: 'in spring' }, '/applicant/birthDate'],
        ['a date that is a number', { birthDate: 1962 }, '/applicant/birthDate'],
        ['an interval that ends before it begins', { birthDate: '1970/1960' }, '/applicant/birthDate'],
        ['a country that does not exist', { nationalities: ['ZZ'] }, '/applicant/nationalities'],
        ['a country in small letters', { nationalities: ['rw'] }, '/applicant/nationalities'],
        ['a country twice', { nationalities: ['RW', 'RW'] }, '/applicant/nationalities'],
        ['no nationality', { nationalities: [] }, '/applicant/nationalities'],
        [
          'ten thousand nationalities',
          { nationalities: Array.from({ length: 10_000 }, () => 'RW') },
          '/applicant/nationalities',
        ],
        [
          'ten thousand aliases',
          { aliases: Array.from({ length: 10_000 }, (_, i) => `Fictus ${i}`) },
          '/applicant/aliases',
        ],
        ['a residence that is no country', { residences: ['Atlantis'] }, '/applicant/residences'],
        ['a sex that is not in the list', { sex: 'yes' }, '/applicant/sex'],
        ['an empty name', { familyName: '' }, '/applicant/familyName'],
        ['a name with a NUL character', { familyName: 'a\0b' }, '/applicant/familyName'],
        ['a name with half a surrogate pair', { familyName: 'a\udc00' }, '/applicant/familyName'],
        ['a field nobody knows', { shoeSize: 43 }, '/applicant/shoeSize'],
        [
          'a representative without a name',
          { representative: { capacity: 'counsel' } },
          '/applicant/representative/name',
        ],
        ['a representative that is a text', { representative: 'counsel' }, '/applicant/representative'],
      ])('%s', async (_what, applicant, pointer) => {
        const answer = await register(applicant);
        expectProblem(answer, 400, 'invalidInput');
        expect(pointersIn(answer)).toContain(pointer);
      });

      it('an applicant that is missing, a list, a text or null', async () => {
        for (const applicant of [undefined, [], [anApplicant()], 'Exemplaris', null, 7]) {
          const answer = await officer.post('/api/cases', { applicant, countryOfOrigin: 'RW' });
          expectProblem(answer, 400, 'invalidInput');
          expect(pointersIn(answer).every((pointer) => pointer.startsWith('/applicant'))).toBe(true);
        }
      });

      it('a country of origin, procedure or reference that cannot be', async () => {
        for (const [field, value] of [
          ['countryOfOrigin', 'XX'],
          ['countryOfOrigin', 'Rwanda'],
          ['procedureType', 'third'],
          ['externalReference', 'with space'],
          ['externalReference', 'x'.repeat(101)],
          ['legacyIds', 'one'],
        ] as const) {
          const answer = await register({}, { [field]: value });
          expectProblem(answer, 400, 'invalidInput');
          expect(new Set(pointersIn(answer))).toEqual(new Set([`/${field}`]));
        }
      });

      it('every bad field, each named with what to send instead', async () => {
        const answer = await register({ birthDate: '1962-13', sex: 'yes', familyName: '' }, { countryOfOrigin: 'ZZ' });
        expectProblem(answer, 400, 'invalidInput');
        expect(pointersIn(answer).sort()).toEqual([
          '/applicant/birthDate',
          '/applicant/familyName',
          '/applicant/sex',
          '/countryOfOrigin',
        ]);
        for (const { detail } of answer.body.errors as { detail: string }[]) expect(detail.length).toBeGreaterThan(10);
      });
    });

    describe('an allegation with', () => {
      const put = (change: object): Promise<Answer> =>
        analyst.put(`/api/cases/${analysed.id}/allegations/${randomUUID()}`, {
          ...contentOf(GENOCIDE, analysed.interview),
          ...change,
        });
      const elements = () => contentOf(GENOCIDE, analysed.interview).elements;

      it.each([
        ['a ground there is not', () => ({ ground: '1F(d)' }), '/ground'],
        ['a crime of another ground', () => ({ crime: 'seriousNonPoliticalCrime' }), '/crime'],
        ['a scope there is not', () => ({ scope: 'citizenship' }), '/scope'],
        ['an impossible date', () => ({ act: { summary: 'An act.', when: '1994-04-31' } }), '/act/when'],
        ['no act', () => ({ act: undefined }), '/act'],
        [
          'an element of another crime',
          () => ({ elements: [{ ...elements()[0]!, element: 'nothing' }] }),
          '/elements/0',
        ],
        ['an element twice', () => ({ elements: [elements()[0]!, elements()[0]!] }), '/elements'],
        [
          'a finding there is not',
          () => ({ elements: [{ ...elements()[0]!, finding: 'maybe' }] }),
          '/elements/0/finding',
        ],
        ['a template that does not exist', () => ({ templateVersion: 900 }), '/templateVersion'],
        ['a template before the first', () => ({ templateVersion: 0 }), '/templateVersion'],
        ['elements that are no list', () => ({ elements: {} }), '/elements'],
        ['an element that is null', () => ({ elements: [null] }), '/elements'],
        ['an element that is a list', () => ({ elements: [[]] }), '/elements'],
        ['an element that is a text', () => ({ elements: ['act'] }), '/elements'],
        ['an act that is a list', () => ({ act: [] }), '/act'],
        ['an assessment that is a list', () => ({ exculpatory: [] }), '/exculpatory'],
        [
          'evidence that is a list',
          () => ({ elements: [{ ...elements()[0]!, evidence: [[]] }] }),
          '/elements/0/evidence',
        ],
        [
          'evidence that is null',
          () => ({ elements: [{ ...elements()[0]!, evidence: [null] }] }),
          '/elements/0/evidence',
        ],
        ['a text for a truth', () => ({ intendedToStand: 'yes' }), '/intendedToStand'],
        [
          'evidence from an interview of no such case',
          () => ({ elements: [{ ...elements()[0]!, evidence: [{ kind: 'interview', ref: `${randomUUID()}#x` }] }] }),
          '/elements/0/evidence/0/ref',
        ],
      ])('%s', async (_what, change, pointer) => {
        const answer = await put(change());
        expectProblem(answer, 400, 'invalidInput');
        expect(pointersIn(answer).some((one) => one.startsWith(pointer))).toBe(true);
      });
    });

    it('a decision on an allegation that the case does not have', async () => {
      const allegationId = randomUUID();
      const decider = await application.as('decider');
      const answer = await decider.post(`/api/cases/${analysed.id}/commands`, {
        type: 'DECIDE_EXCLUSION',
        reasons: 'None.',
        allegations: [{ allegationId, stands: true, reasons: 'None.' }],
      });
      expectProblem(answer, 400, 'invalidInput');
      expect(answer.body.detail).toContain(allegationId);
      expect(answer.body.errors).toMatchObject([{ pointer: '/allegations/0' }]);
    });

    it.each([[[null]], [[[]]], [['x']], [[7]], [{}], ['x'], [[{}]], [undefined], [null]])(
      'a decision on %j',
      async (allegations) => {
        const decider = await application.as('decider');
        const answer = await decider.post(`/api/cases/${analysed.id}/commands`, {
          type: 'DECIDE_EXCLUSION',
          reasons: 'None.',
          allegations,
        });
        expectProblem(answer, 400, 'invalidInput');
        expect(pointersIn(answer)[0]).toMatch(/^\/allegations/);
      },
    );

    it('a notice with an interpreter that is a list, or a person that is told nothing', async () => {
      const { id } = await cast.officer.post<{ id: string }>(`/api/cases/${caseId}/interviews`, {
        purpose: 'screening',
      });
      before = await traces();
      const notice = {
        type: 'GIVE_NOTICE',
        language: 'rw',
        acknowledged: true,
        recordingAnnounced: true,
        transmissionTold: true,
      };
      for (const [change, pointer] of [
        [{ interpreter: [] }, '/interpreter'],
        [{ interpreter: 'INT-1' }, '/interpreter'],
        [{ acknowledged: 'yes' }, '/acknowledged'],
        [{ transmissionTold: null }, '/transmissionTold'],
        [{ language: 'Kinyarwanda' }, '/language'],
      ] as const) {
        const answer = await officer.post(`/api/interviews/${id}/commands`, { ...notice, ...change });
        expectProblem(answer, 400, 'invalidInput');
        expect(pointersIn(answer).every((one) => one.startsWith(pointer))).toBe(true);
      }
    });

    it('a submission or disclosure of the wrong kind', async () => {
      const submission = await officer.post(`/api/cases/${caseId}/submissions`, {
        kind: 'rumour',
        text: 'a',
        from: 'me',
      });
      expectProblem(submission, 400, 'invalidInput');
      expect(pointersIn(submission).sort()).toEqual(['/from', '/kind']);
      const disclosure = await officer.post(`/api/cases/${caseId}/disclosures`, {
        ...DISCLOSURE,
        sourceKind: 'hearsay',
      });
      expectProblem(disclosure, 400, 'invalidInput');
      for (const how of ['', '  ', 'a\0b', 'a\ud800']) {
        const answer = await officer.post(`/api/cases/${caseId}/disclosures`, { ...DISCLOSURE, how });
        expectProblem(answer, 400, 'invalidInput');
        expect(pointersIn(answer)).toEqual(['/how']);
      }
    });

    it('a command in the wrong state, with the state and what is allowed', async () => {
      const interviewer = await application.as('interviewer');
      const answer = await interviewer.post(`/api/cases/${caseId}/commands`, { type: 'COMPLETE_INTERVIEWING' });
      expectProblem(answer, 409, 'commandRefused');
      expect(answer.body).toMatchObject({ command: 'COMPLETE_INTERVIEWING', state: 'Triage' });
      expect(answer.body.allowed).toContain('ACCEPT_TRIAGE');
      expect(answer.body.because.length).toBeGreaterThan(0);
    });

    it('an interview of a purpose the case does not call for', async () => {
      const interviewer = await application.as('interviewer');
      const answer = await interviewer.post(`/api/cases/${caseId}/interviews`, { purpose: 'exclusion' });
      expectProblem(answer, 409, 'commandRefused');
      const unknown = await officer.post(`/api/cases/${caseId}/interviews`, { purpose: 'interrogation' });
      expectProblem(unknown, 400, 'invalidInput');
      expect(pointersIn(unknown)).toEqual(['/purpose']);
      const stranger = { purpose: 'screening', questionnaire: 'ZZ-screening', reason: 'To try.' };
      const nowhere = await officer.post(`/api/cases/${caseId}/interviews`, stranger);
      expectProblem(nowhere, 400, 'invalidInput');
      expect(pointersIn(nowhere)).toEqual(['/questionnaire']);
    });

    it('an If-Match or Idempotency-Key that cannot be', async () => {
      const body = { type: 'STAY_CLAIM', reasons: 'To wait.' };
      const decider = await application.as('decider');
      const path = `/api/cases/${caseId}/commands`;
      for (const match of ['7', 'W/"1"', '"one"', '"-1"', '"99999999999"', '""', '"1", "2"']) {
        expectProblem(await decider.post(path, body, { 'If-Match': match }), 400, 'invalidInput');
      }
      for (const key of [' ', 'a b', 'é', 'x'.repeat(201), 'a\tb']) {
        expectProblem(await decider.post(path, body, { 'Idempotency-Key': key }), 400, 'invalidInput');
      }
      expectProblem(await decider.post(path, body, { 'If-Match': '"7"' }), 412, 'staleVersion');
    });
  });

  it('stores SQL and markup in every text field as words, and gives them back as they came', async () => {
    const words = `Robert'); DROP TABLE case_file; -- <script>alert("1")</script> \${7*7} {{7*7}} \\ %00 %s 𝔘 ﷽ \u202e`;
    const name = `O'Exemplaris"; DELETE FROM event; -- <img src=x onerror=alert(1)>`;
    const applicant = anApplicant({
      familyName: name,
      givenNames: words,
      aliases: [name],
      representative: { name, capacity: 'counsel' },
    });
    const registered = await officer.post('/api/cases', {
      applicant,
      countryOfOrigin: 'RW',
      legacyIds: [words.slice(0, 90)],
    });
    expect(registered.status).toBe(201);
    expect(registered.body.applicant).toEqual(applicant);
    const id = registered.body.id as string;

    const interview = await anInterviewUnderWay(cast.officer, id, 'screening');
    const said = { questionId: 'accountLife', value: { original: words }, verbatim: words, note: name };
    const answered = await officer.post(`/api/interviews/${interview}/answers`, said);
    expect(answered.status).toBe(201);
    const { body: view, text } = await officer.get(`/api/interviews/${interview}`);
    expect(JSON.stringify(view)).toContain(JSON.stringify(words).slice(1, -1));
    expect(text).toContain(JSON.stringify(name).slice(1, -1));

    const submission = { kind: 'evidence', text: words, from: 'counsel' };
    expect((await officer.post(`/api/cases/${id}/submissions`, submission)).status).toBe(201);
    const disclosure = { ...DISCLOSURE, sourceRef: words, substance: words, how: words };
    expect((await officer.post(`/api/cases/${id}/disclosures`, disclosure)).status).toBe(201);
    const proposed = await officer.post(`/api/cases/${id}/commands`, {
      type: 'PROPOSE_SUSPICION',
      suspicion: false,
      reasons: words,
    });
    expect(proposed.status).toBe(200);

    const { body: history } = await officer.get(`/api/cases/${id}/history`);
    const contents = (history.items as { type: string; content: Record<string, unknown> }[]).slice(2);
    expect(
      contents.map(({ type, content }) => [type, content['text'] ?? content['substance'] ?? content['reasons']]),
    ).toEqual([
      ['RECORD_SUBMISSION', words],
      ['RECORD_DISCLOSURE', words],
      ['PROPOSE_SUSPICION', words],
    ]);
    const { body: list } = await officer.get('/api/cases?limit=200');
    expect((list.items as { applicant: string }[]).map((item) => item.applicant)).toContain(`${name}, ${words}`);
    expect(await application.rows('SELECT 1 FROM case_file WHERE id = $1', [id])).toHaveLength(1);
    for (const path of [
      `/api/cases?stage=${encodeURIComponent("x' OR '1'='1")}`,
      `/api/cases?countryOfOrigin=${encodeURIComponent("RW' OR 1=1")}`,
    ]) {
      expectProblem(await officer.get(path), 400, 'invalidInput');
    }
    const assignee = await officer.get(`/api/cases?assignee=${encodeURIComponent("x' OR '1'='1")}`);
    expect(assignee).toMatchObject({ status: 200, body: { items: [] } });
  });
});
