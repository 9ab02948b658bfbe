import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Cast } from '../../src/demo/case-walk.js';
import { aCaseAt, anApplicant, anInterviewUnderWay, DISCLOSURE } from '../factories/case-walk.js';
import { type Answer, anApplication, type Asking, type Person, type TestApplication } from '../support/application.js';
import { expectProblem, pointersIn, type Traces, tracesIn } from '../support/refusals.js';

describe('bad input', () => {
  let application: TestApplication;
  let cast: Cast;
  let officer: Person;
  let caseId: string;
  let interviewId: string;
  let before: Traces;

  beforeAll(async () => {
    application = await anApplication({ config: { ROLE: 'api' } });
    cast = await application.cast();
    officer = await application.as('officer');
    caseId = (await aCaseAt(cast, 'triage')).id;
    interviewId = (await aCaseAt(cast, 'analysing')).interview;
  });

  afterAll(() => application?.close());

  const command = (body: unknown, headers: Asking['headers'] = {}): Promise<Answer> =>
    officer.post(`/api/cases/${caseId}/commands`, body, headers);

  describe('is refused and leaves nothing half-written:', () => {
    beforeEach(async () => {
      before = await tracesIn(application);
    });

    afterEach(async () => {
      expect(await tracesIn(application)).toEqual(before);
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
      const interviews = `/api/interviews/${interviewId}`;
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

    it.each([
      ['one long name over very many values', `{"${'a'.repeat(400_000)}":[${'{},'.repeat(190_000)}{}]}`, 400],
      ['80,000 fields', JSON.stringify(Object.fromEntries([...Array(80_000).keys()].map((n) => [`k${n}`, 1]))), 400],
      [
        '4,000 fields nobody knows',
        JSON.stringify(Object.fromEntries([...Array(4_000).keys()].map((n) => [`k${n}`, 1]))),
        400,
      ],
      ['100,000 values', JSON.stringify(Array<unknown>(50).fill(Array(2_000).fill(1))), 413],
    ])('%s in a small answer, and from nobody unread', async (_what, body, status) => {
      const answer = await command(body);
      expectProblem(answer, status, status === 400 ? 'invalidInput' : 'bodyTooLarge');
      expect(answer.text.length).toBeLessThan(10_000);
      const unread = await application.anonymously('POST', '/api/tokens', { body });
      expectProblem(unread, 401, 'notSignedIn');
      expect(unread.body.detail).toContain('more than 16384 bytes');
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

    it('a notice with an interpreter that is a list, or a person that is told nothing', async () => {
      const { id } = await cast.officer.post<{ id: string }>(`/api/cases/${caseId}/interviews`, {
        purpose: 'screening',
      });
      before = await tracesIn(application);
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
