import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cast } from '../../src/demo/case-walk.js';
import { authorityId } from '../../src/demo/seed.js';
import { InboxChannel } from '../../src/referrals/inbox.channel.js';
import { ReceiptsService } from '../../src/referrals/receipts.service.js';
import { applyAuthority } from '../../src/settings/apply-authority.js';
import { aCaseAt, type CaseAt, GENOCIDE } from '../factories/case-walk.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';

const FEDERAL = authorityId('demo-prosecution');
const UNIT = authorityId('demo-war-crimes-unit');
const WHY = { reason: 'It can answer nothing any more, and its superior was asked.' };
const SETTING = { code: 'demo-war-crimes-unit', name: 'Invented unit', channel: 'inbox' } as const;

describe('what was closed towards a barred recipient', () => {
  let application: TestApplication;
  let cast: Cast;
  let officer: Person;
  let decider: Person;
  let file: CaseAt;
  /** Received after it was closed; the second one's recipient also wrote that it was read. */
  let late: string;
  let answered: string;

  beforeAll(async () => {
    application = await anApplication();
    await channels('paper');
    cast = await application.cast();
    [officer, decider] = await Promise.all([application.as('officer'), application.as('decider')]);
    file = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    [late, answered] = await Promise.all([referralTo(FEDERAL), referralTo(UNIT)]);
    expect((await toPost()).sort()).toEqual([late, answered].sort());
    for (const authority of [FEDERAL, UNIT]) expect((await bar({ authorityId: authority })).status).toBe(201);
    for (const id of [late, answered]) await close(id);
  });
  afterAll(() => application?.close());

  const channels = (name: string) =>
    application.owner.query('UPDATE authority SET channel = $2 WHERE id = ANY ($1)', [[FEDERAL, UNIT], name]);
  const referralTo = async (authority: string): Promise<string> => {
    const text = 'SELECT id FROM referral WHERE case_id = $1 AND authority_id = $2';
    return (await application.rows<{ id: string }>(text, [file.id, authority]))[0]!.id;
  };
  const actors = () => `/api/cases/${file.id}/persecution-actors`;
  const bar = (whom: object): Promise<Answer> =>
    officer.post(actors(), { name: 'An invented service', reason: 'Answer 12 of the interview.', ...whom });
  const unbar = async (): Promise<void> => {
    const { items } = (await officer.get(actors())).body as { items: { id: string }[] };
    for (const { id } of items)
      for (const name of ['officer', 'interviewer'])
        await (await application.as(name)).post(`${actors()}/${id}/withdrawal`, { reason: 'Another one was meant.' });
  };
  const path = (id: string) => `/api/referrals/${id}/closings`;
  const close = async (id: string): Promise<void> => {
    const { body } = await officer.post(path(id), WHY);
    expect((await decider.post(`${path(id)}/${body.closing.id}/confirmation`, {})).status).toBe(200);
  };
  const toPost = async (): Promise<string[]> =>
    (await officer.get('/api/postal-referrals')).body.items.map(({ id }: { id: string }) => id);
  const running = async (id: string): Promise<string[]> =>
    (
      await application.rows<{ kind: string }>(
        'SELECT kind FROM deadline WHERE subject_id = $1 AND met_at IS NULL AND ended_at IS NULL ORDER BY kind',
        [id],
      )
    ).map(({ kind }) => kind);
  /** As a worker does whose attempt began before the recipient was barred. */
  const arrive = async (id: string): Promise<void> => {
    const [row] = await application.rows<{ sha: string; hash: string; code: string }>(
      `SELECT body_sha256 AS sha, workflow_hash AS hash, code FROM referral r JOIN authority a ON a.id = r.authority_id WHERE r.id = $1`,
      [id],
    );
    const { sha, hash, code } = row!;
    const sent = await application.app
      .get(InboxChannel, { strict: false })
      .deliver({ referralId: id, bodySha256: sha } as Parameters<InboxChannel['deliver']>[0]);
    if (sent.outcome !== 'received') throw new Error(sent.outcome);
    const parcel = { referralId: id, workflowHash: hash, channel: 'inbox' as const, authority: code, alerts: false };
    await application.app.get(ReceiptsService, { strict: false }).record(parcel, sent, null);
  };
  const sound = async (): Promise<void> => {
    const found = await application.reconcile();
    expect(found.differences.filter(({ obligationId }) => [late, answered].includes(obligationId!))).toEqual([]);
    expect(await application.verifyAudit()).toMatchObject({ ok: true, findings: [] });
  };

  it('is not on the list of what is to be posted', async () => {
    expect(await toPost()).toEqual([]);
  });

  it('starts no clock that runs when a receipt still comes', async () => {
    for (const id of [late, answered]) {
      await arrive(id);
      expect(await running(id)).toEqual([]);
    }
    await sound();
  });

  it('starts no clock that runs when a letter still comes', async () => {
    const form = new FormData();
    form.set('about', JSON.stringify({ name: 'letter.txt', source: 'the post', custody: 'filed at the counter' }));
    form.set('file', new Blob(['An invented letter, signed.'], { type: 'text/plain' }), 'letter.txt');
    const headers = { Authorization: `Bearer ${officer.token}` };
    const url = `${application.address}/api/cases/${file.id}/documents`;
    const scan = (await (await fetch(url, { method: 'POST', headers, body: form })).json()) as { id: string };
    const [sent] = await application.rows<{ sha: string }>('SELECT body_sha256 AS sha FROM referral WHERE id = $1', [
      answered,
    ]);
    const writtenOn = new Date().toLocaleDateString('en-CA', { timeZone: 'Europe/Brussels' });
    const letter = { writtenOn, signedBy: 'Registry, I. Exemplaris', documentId: scan.id };
    const read = { type: 'ACKNOWLEDGE', packageSha256: sent!.sha, letter };
    expect((await officer.post(`/api/referrals/${answered}/letters`, read)).status).toBe(200);
    expect(await running(answered)).toEqual([]);
    await sound();
  });

  it('awaits what is left, and nothing that came meanwhile, once the recipient is barred no longer', async () => {
    await unbar();
    expect(await running(late)).toEqual(['acknowledge']);
    expect(await running(answered)).toEqual(['feedback']);
    await sound();
  });

  it('lapses with the settings that barred: the second person is refused, and nobody is told of it any more', async () => {
    await application.owner.query(`UPDATE authority SET country = 'KE', channel = 'inbox' WHERE id = $1`, [UNIT]);
    expect((await bar({ country: 'KE' })).body.toldBefore).toMatchObject([{ referralId: answered }]);
    const { body } = await officer.post(path(answered), WHY);
    const tasks = () =>
      application.rows(
        'SELECT FROM task t JOIN deadline d ON d.id = t.deadline_id WHERE t.done_at IS NULL AND d.subject_id = ANY ($1)',
        [[answered, body.closing.id]],
      );
    expect(await tasks()).not.toEqual([]);
    await applyAuthority(application.owner, { ...SETTING, country: 'BE' });
    expect(await tasks()).toEqual([]);
    expect(await running(answered)).toEqual(['feedback']);
    expect((await officer.get(path(answered))).status).toBe(404);
    const second = await decider.post(`${path(answered)}/${body.closing.id}/confirmation`, {});
    expect(second).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(second.body.detail).toContain('barred no longer');
    await sound();
  });

  it('is owed again where the settings that barred it are corrected after it was closed', async () => {
    await applyAuthority(application.owner, { ...SETTING, country: 'KE' });
    await close(answered);
    expect(await running(answered)).toEqual([]);
    await applyAuthority(application.owner, { ...SETTING, country: 'BE' });
    expect(await running(answered)).toEqual(['feedback']);
    expect((await application.reconcile()).closedAsBlocked).toEqual([]);
    await sound();
  });

  it.each([
    ['its country', { ...SETTING, country: 'KE' }],
    ['for whom it speaks', { ...SETTING, country: 'BE', represents: 'KE' }],
  ])(
    'is told to people where a setting of %s bars the recipient, once, for as long as it does',
    async (_what, barring) => {
      const tasks = () =>
        application.rows(
          'SELECT FROM task t JOIN deadline d ON d.id = t.deadline_id WHERE t.done_at IS NULL AND d.subject_id = $1',
          [answered],
        );
      const missing = async () =>
        (await application.reconcile()).differences.filter(({ what }) => what === 'blockedWithoutClock');
      expect(await tasks()).toEqual([]);
      for (let time = 0; time < 2; time++) await applyAuthority(application.owner, barring);
      expect(await running(answered)).toEqual(['blockedRecipient', 'feedback']);
      expect(await tasks()).not.toEqual([]);
      expect(await missing()).toEqual([]);
      const lost = `UPDATE deadline SET ended_at = f1_now() WHERE subject_id = $1 AND kind = 'blockedRecipient' AND coalesce(met_at, ended_at) IS NULL`;
      await application.owner.query(lost, [answered]);
      expect(await missing()).toMatchObject([{ obligationId: answered, kind: 'exclusion' }]);
      await applyAuthority(application.owner, { ...SETTING, country: 'BE' });
      expect(await running(answered)).toEqual(['feedback']);
      await sound();
    },
  );

  it('starts no clock towards what two persons closed, when the settings change by which it stays barred', async () => {
    await applyAuthority(application.owner, { ...SETTING, country: 'KE' });
    await close(answered);
    await applyAuthority(application.owner, { ...SETTING, country: 'BE', represents: 'KE' });
    expect(await running(answered)).toEqual([]);
    await sound();
  });
});
