import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cast } from '../../src/demo/case-walk.js';
import { aCaseAt, type CaseAt, GENOCIDE } from '../factories/case-walk.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';

const BASIS = { legalBasis: 'an invented code, section 9', reasons: 'An invented search is planned.' };
const WEIGHED = { granted: true, reasons: 'Weighed.' };
const REASONS = { reasons: 'As the record shows.' };
const DAY = 86_400_000;

describe('a hold and its limits', () => {
  let application: TestApplication;
  let cast: Cast;
  let legal: Person;
  const movedByHand = new Set<string>();

  beforeAll(async () => {
    application = await anApplication();
    cast = await application.cast();
    legal = await application.as('legal');
  });
  afterAll(() => application?.close());

  const send = async (who: string, id: string, type: string, more: object = {}): Promise<Answer> =>
    (await application.as(who)).post(`/api/cases/${id}/commands`, { type, ...more });
  /** The referral of a case, and whom it went to. */
  const told = async ({ id }: CaseAt): Promise<{ path: string; recipient: Person; referral: string }> => {
    const [row] = await application.rows<{ id: string; code: string }>(
      `SELECT r.id, a.code FROM referral r JOIN authority a ON a.id = r.authority_id WHERE r.case_id = $1 AND r.kind <> 'correction'`,
      [id],
    );
    const recipient = await application.as(row!.code === 'demo-prosecution' ? 'prosecutor' : 'war-crimes');
    return { path: `/api/referrals/${row!.id}/holds`, recipient, referral: row!.id };
  };
  /** Of suspicion, before there is any decision. */
  const suspected = async (stop: 'triage' | 'written'): Promise<CaseAt> => {
    const file = await aCaseAt(cast, stop, { allegations: [GENOCIDE] });
    await cast.officer.post(`/api/cases/${file.id}/commands`, {
      type: 'PROPOSE_SUSPICION',
      suspicion: true,
      ...REASONS,
    });
    await cast.reviewer.post(`/api/cases/${file.id}/commands`, { type: 'CONFIRM_SUSPICION' });
    return file;
  };
  const ask = async ({ path, recipient }: { path: string; recipient: Person }, kind: string): Promise<string> =>
    (await recipient.post(path, { kind, ...BASIS })).body.id as string;
  const granted = async (to: { path: string; recipient: Person }, kind: string): Promise<Answer['body']> => {
    const { status, body } = await legal.post(`${to.path}/${await ask(to, kind)}/decision`, WEIGHED);
    expect(status).toBe(200);
    return body;
  };
  const age = (id: string, interval: string) =>
    application.rows(
      `ALTER TABLE hold DISABLE TRIGGER USER; UPDATE hold SET asked_at = asked_at - interval '${interval}',
         decided_at = decided_at - interval '${interval}', valid_until = valid_until - interval '${interval}' WHERE id = '${id}';
       ALTER TABLE hold ENABLE TRIGGER USER`,
    );

  /** Lets a limit of law end then. */
  const limited = async (file: CaseAt, kind: string, when: string): Promise<Date> => {
    const [row] = await application.rows<{ id: string; due_at: Date }>(
      `UPDATE deadline SET half_at = starts_at, most_at = starts_at, due_at = f1_now() + interval '${when}'
       WHERE subject_id = $1 AND kind = $2 RETURNING id, due_at`,
      [file.id, kind],
    );
    movedByHand.add(row!.id);
    return row!.due_at;
  };

  it('lasts thirty days, asked anew it is decided anew for as long, and the database takes no longer one', async () => {
    const to = await told(await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] }));
    const first = await granted(to, 'noAlert');
    expect((Date.parse(first.until) - Date.parse(first.decidedAt)) / DAY).toBe(30);
    await age(first.id, '31 days');
    const { items } = (await to.recipient.get(to.path)).body;
    expect(items).toMatchObject([{ id: first.id, state: 'over' }]);
    const again = await granted(to, 'noAlert');
    expect((Date.parse(again.until) - Date.parse(again.decidedAt)) / DAY).toBe(30);
    const longer = application.rows(
      `INSERT INTO hold (id, referral_id, case_id, kind, sealed, asked_by, asked_at, due_at, granted, sealed_decision, decided_by,
         decided_at, valid_until) SELECT gen_random_uuid(), referral_id, case_id, kind, sealed, asked_by, asked_at, due_at, granted,
         sealed_decision, decided_by, decided_at, decided_at + interval '721 hours' FROM hold WHERE id = $1`,
      [again.id],
    );
    await expect(longer).rejects.toThrow('hold_thirty_days');
    await age(first.id, '-31 days');
  });

  it('that delays a notice ends with the limit of law of its service, and stops nothing past one that came later', async () => {
    const file = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    const to = await told(file);
    const due = await limited(file, 'service', '5 days');
    const hold = await granted(to, 'delayedNotice');
    expect(Date.parse(hold.until)).toBe(due.getTime());
    expect((await send('decider', file.id, 'SERVE_DECISION', { served: 'On counsel.' })).body.code).toBe('heldBack');
    await limited(file, 'service', '-1 minute');
    const late = await legal.post(`${to.path}/${await ask(to, 'delayedNotice')}/decision`, WEIGHED);
    expect({ status: late.status, code: late.body.code }).toEqual({ status: 409, code: 'conflict' });
    expect(late.body.detail).toContain('Nothing is delayed past it');
    expect((await send('decider', file.id, 'SERVE_DECISION', { served: 'On counsel.' })).status).toBe(200);
  });

  it('that delays a step before the decision ends with the limit of law of the examination, and stops nothing past one that came later', async () => {
    const file = await suspected('written');
    const to = await told(file);
    const due = await limited(file, 'examinationLimit', '5 days');
    for (const kind of ['delayedDecision', 'delayedNotice'])
      expect(Date.parse((await granted(to, kind)).until)).toBe(due.getTime());
    const notice = { text: 'We intend to exclude.', language: 'rw' };
    expect((await send('analyst', file.id, 'SERVE_INTENTION', notice)).body.code).toBe('heldBack');
    await limited(file, 'examinationLimit', '-1 minute');
    const late = await legal.post(`${to.path}/${await ask(to, 'delayedDecision')}/decision`, WEIGHED);
    expect({ status: late.status, code: late.body.code }).toEqual({ status: 409, code: 'conflict' });
    expect(late.body.detail).toContain('Nothing is delayed past it');
    expect((await send('analyst', file.id, 'SERVE_INTENTION', notice)).status).toBe(200);
  });

  it('of the notice of intention never stands in for hearing the applicant: without the notice nothing adverse is decided', async () => {
    const file = await suspected('written');
    await granted(await told(file), 'delayedNotice');
    const notice = { text: 'We intend to exclude.', language: 'rw' };
    expect((await send('analyst', file.id, 'SERVE_INTENTION', notice)).body.code).toBe('heldBack');
    const unheard = await send('analyst', file.id, 'SUBMIT_FOR_REVIEW');
    expect(unheard).toMatchObject({ status: 409, body: { code: 'commandRefused' } });
    expect(unheard.body.detail).toContain('notice of intention');
    const outcomes = { ...REASONS, allegations: file.outcomes };
    expect((await send('decider', file.id, 'DECIDE_EXCLUSION', outcomes)).status).toBe(409);
    for (const type of ['RECORD_SUBMISSION', 'FURTHER_INTERVIEW']) {
      const { allowedCommands } = (await (await application.as('analyst')).get(`/api/cases/${file.id}`)).body;
      const said = allowedCommands.find((one: { type: string }) => one.type === type);
      expect(JSON.stringify(said.because)).not.toContain('hold');
    }
  });

  it.each(['delayedDecision', 'delayedNotice'])(
    'that comes when the examination was closed without a decision delays nothing: %s',
    async (kind) => {
      const file = await suspected('triage');
      const to = await told(file);
      expect((await send('decider', file.id, 'REFUSE_CLAIM', REASONS)).status).toBe(200);
      const { status, body } = await legal.post(`${to.path}/${await ask(to, kind)}/decision`, WEIGHED);
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'nothingToDelay' });
      expect(body.detail).toContain('closed without a decision');
    },
  );

  it('that stays a removal is refused once the person has left, and granted while they are here', async () => {
    const file = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    const to = await told(file);
    await granted(to, 'stayOfRemoval');
    const left = { type: 'MARK_LEFT', source: 'An invented border record.' };
    const marked = await (await application.as('officer')).post(`/api/cases/${file.id}/person/commands`, left);
    expect(marked.status).toBe(200);
    const { status, body } = await legal.post(`${to.path}/${await ask(to, 'stayOfRemoval')}/decision`, WEIGHED);
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'nothingToDelay' });
    expect(body.detail).toContain('no longer here to be removed (left)');
  });

  it('ends when its referral is recalled, asked for or granted, and the history says so of each', async () => {
    const file = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    const to = await told(file);
    const live = await granted(to, 'preserve');
    const over = await granted(to, 'noAlert');
    await legal.post(`${to.path}/${over.id}/end`, { reasons: 'It is over.' });
    const asked = await ask(to, 'noAlert');
    const recall = { referralIds: [to.referral], ...REASONS };
    expect((await send('legal', file.id, 'REPORT_UNLAWFUL_TRANSMISSION', recall)).status).toBe(200);
    const { items } = (await legal.get(to.path)).body;
    const ended = { state: 'over', endedBecause: 'recalled', endedAt: expect.any(String) };
    for (const id of [live.id, asked]) expect(items).toContainEqual(expect.objectContaining({ id, ...ended }));
    expect(items).toContainEqual(expect.objectContaining({ id: over.id, endedBecause: null }));
    expect((await legal.get(`/api/cases/${file.id}`)).body.holds).toEqual([]);
    const events = await application.rows<{ hold: string; because: string }>(
      `SELECT facets ->> 'hold' AS hold, facets ->> 'because' AS because FROM event
       WHERE aggregate_id = $1 AND type = 'END_HOLD' AND facets ? 'because' ORDER BY seq`,
      [to.referral],
    );
    expect(events.sort((a, b) => a.hold.localeCompare(b.hold))).toEqual(
      [live.id as string, asked].sort().map((hold) => ({ hold, because: 'recalled' })),
    );
    const clocks = await application.rows(
      'SELECT FROM deadline WHERE subject_id = ANY ($1) AND met_at IS NULL AND ended_at IS NULL',
      [[live.id, asked]],
    );
    expect(clocks).toEqual([]);
    const late = await legal.post(`${to.path}/${asked}/decision`, WEIGHED);
    expect(late.body.detail).toContain('ended when its referral was recalled');
  });

  it('leaves chains and rows that verify', async () => {
    // The limits that were moved by hand above are what it finds, and nothing else.
    const { findings } = await application.verifyAudit();
    expect(findings.map(({ kind, where }) => `${kind} ${where}`).sort()).toEqual(
      [...movedByHand].map((id) => `rowChanged deadline/${id}`).sort(),
    );
  });
});
