import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { createHash, randomUUID } from 'node:crypto';
import { DomainError } from '../../src/platform/database/errors.js';
import { canonical } from '../../src/platform/database/sealing.js';
import type { Actor } from '../../src/platform/http/actor.js';
import { GrantsService } from '../../src/prosecution/grants.service.js';
import type { ReferralCommandDto } from '../../src/prosecution/command.dto.js';
import type { ReferralQuery } from '../../src/prosecution/prosecution.dto.js';
import { ProsecutionService } from '../../src/prosecution/prosecution.service.js';
import { ReconcilerService } from '../../src/referrals/reconciler.service.js';
import type { House } from '../faults/support/referral-case.js';
import { correctDecision, decideExclusion, eventually } from '../faults/support/referral-system.js';
import { aTellingHouse, type TellingHouse } from '../support/telling.js';

describe('from decision to acknowledged referral', () => {
  let telling: TellingHouse;
  let system: INestApplicationContext;
  let house: House;

  beforeAll(async () => {
    telling = await aTellingHouse([{ code: 'north' }, { code: 'south', grounds: ['1F(a)'] }]);
    ({ system, house } = telling);
  });

  afterAll(() => telling?.stop());

  const prosecution = () => system.get(ProsecutionService, { strict: false });
  /** Opens the file for a purpose and reads what was sent. */
  const contentOf = async (code: string, id: string): Promise<unknown> => {
    const reader = prosecutorOf(code);
    const { kind } = await prosecution().view(reader, id);
    const wanted = { purpose: 'investigation' as const, legalBasis: 'a law for tests' };
    if (kind !== 'correction')
      await system.get(GrantsService, { strict: false }).open(reader, id, wanted, asked(`open-${randomUUID()}`));
    return (await prosecution().package(reader, id)).view.package;
  };
  const query = (about: Partial<ReferralQuery> = {}): ReferralQuery => ({ limit: 200, order: 'newest', ...about });
  const reconcile = () => system.get(ReconcilerService, { strict: false }).reconcile();

  const prosecutorOf = (code: string): Actor => {
    const authority = house.authorities[code]!;
    const session = { id: authority.prosecutor, kind: 'bearer' as const };
    const names = { username: code, displayName: code };
    return {
      id: authority.prosecutor,
      ...names,
      roles: ['prosecutor'],
      unit: null,
      authorityId: authority.id,
      session,
    };
  };

  const asked = (key: string, version?: number) => ({
    key,
    requestHash: createHash('sha256').update(key).digest('hex'),
    version,
  });

  const received = (code: string, id: string) =>
    eventually(async () => {
      const view = await prosecution().view(prosecutorOf(code), id);
      return view.stage === 'receipted' && view;
    });

  const idFor = (code: string, obliged: readonly { authorityId: string; obligationId: string }[]): string =>
    obliged.find(({ authorityId }) => authorityId === house.authorities[code]!.id)!.obligationId;

  it('tells every competent authority once, each with a receipt over the very bytes it was given', async () => {
    const file = await telling.aFile();
    const { obliged } = await decideExclusion(system, house, file);
    expect(obliged.map(({ authorityId }) => authorityId).sort()).toEqual(
      [house.authorities['north']!.id, house.authorities['south']!.id].sort(),
    );
    const view = await received('north', idFor('north', obliged));
    const bytes = canonical(await contentOf('north', view.id));
    expect(view.packageSha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    const claim = JSON.parse(Buffer.from(view.receipt!.split('.')[1]!, 'base64url').toString()) as object;
    expect(claim).toMatchObject({ referralId: view.id, bodySha256: view.packageSha256 });
    await received('south', idFor('south', obliged));
    const result = await reconcile();
    expect(result.differences).toEqual([]);
    expect(result).toMatchObject({ ok: true, inFlight: 0 });
    expect(result.kinds.exclusion.obligations).toBe(result.kinds.exclusion.receipts);
  });

  it('sends only what the legal basis covers, facts apart from assessments, and what speaks for the person', async () => {
    const { obliged } = await decideExclusion(system, house, await telling.aFile(), ['1F(a)']);
    const { id } = await received('south', idFor('south', obliged));
    const sent = (await contentOf('south', id)) as Record<string, never> & {
      allegations: { ground: string }[];
      facts: { interviews: { answers: object[] }[] };
      assessments: { remarks: { note: string }[] };
      exculpatory: { assessed: { assessment: string }[] };
    };
    expect(sent.allegations.map(({ ground }) => ground)).toEqual(['1F(a)']);
    expect(sent.facts.interviews[0]!.answers[0]).toMatchObject({ questionId: 'roadblock', value: true });
    expect(sent.assessments.remarks[0]!.note).toBe('hesitated');
    expect(sent.exculpatory.assessed[0]!.assessment).toBe('was threatened');
  });

  it('shows a referral to its recipient and answers others as if there were none', async () => {
    const { obliged } = await decideExclusion(system, house, await telling.aFile(), ['1F(b)']);
    expect(obliged).toHaveLength(1);
    const id = idFor('north', obliged);
    await received('north', id);
    await expect(prosecution().view(prosecutorOf('south'), id)).rejects.toMatchObject({ code: 'notFound' });
    const list = await prosecution().list(prosecutorOf('south'), query());
    expect(list.items.map((item) => item.id)).not.toContain(id);
  });

  it('acknowledges once: repeated with the same key it changes nothing, with another key it is refused', async () => {
    const { obliged } = await decideExclusion(system, house, await telling.aFile());
    const id = idFor('north', obliged);
    const { version, packageSha256 } = await received('north', id);
    const acknowledge = (key: string, seen?: number) =>
      prosecution().execute(
        prosecutorOf('north'),
        id,
        { type: 'ACKNOWLEDGE', note: 'taken up', packageSha256 },
        asked(key, seen),
      );
    await expect(acknowledge('stale', version + 7)).rejects.toMatchObject({ code: 'staleVersion' });
    await acknowledge('first', version);
    await acknowledge('first', version);
    await expect(acknowledge('second')).rejects.toMatchObject({ code: 'commandRefused' });
    const view = await prosecution().view(prosecutorOf('north'), id);
    expect(view).toMatchObject({ stage: 'acknowledged', acknowledgementNote: 'taken up', version: version + 1 });
    expect(view.allowedCommands.find(({ type }) => type === 'ACKNOWLEDGE')?.allowed ?? false).toBe(false);
  });

  it('shows in the list which case it is about, on which grounds and by which law', async () => {
    const file = await telling.aFile();
    const { decisionId, obliged } = await decideExclusion(system, house, file);
    const id = idFor('north', obliged);
    await received('north', id);
    const sent = await contentOf('north', id);
    const listed = async (wanted: string) =>
      (await prosecution().list(prosecutorOf('north'), query())).items.find((item) => item.id === wanted);
    const { caseReference, legalBasis } = sent as { caseReference: string; legalBasis: string };
    expect(await listed(id)).toMatchObject({ caseReference, legalBasis, grounds: ['1F(a)'] });
    const corrections = await correctDecision(system, house, file, decisionId, 'mistakenIdentity');
    expect(await listed(id)).toMatchObject({ caseReference, grounds: [] });
    expect(await listed(idFor('north', corrections))).toMatchObject({ caseReference, grounds: [] });
  });

  it('closes with the feedback that ends the matter, after the acknowledgement and not before', async () => {
    const { obliged } = await decideExclusion(system, house, await telling.aFile());
    const id = idFor('north', obliged);
    const { packageSha256 } = await received('north', id);
    const send = (command: ReferralCommandDto, key: string) =>
      prosecution().execute(prosecutorOf('north'), id, command, asked(`${id}-${key}`));
    const disposed = {
      type: 'GIVE_FEEDBACK' as const,
      feedback: 'disposed' as const,
      text: 'invented',
      missing: [],
      questionIds: [],
    };
    await expect(send(disposed, 'early')).rejects.toMatchObject({ code: 'commandRefused' });
    await send({ type: 'ACKNOWLEDGE', packageSha256 }, 'read');
    const { allowedCommands, version } = await prosecution().view(prosecutorOf('north'), id);
    expect(allowedCommands.filter(({ allowed }) => allowed).map(({ type }) => type)).toEqual(['GIVE_FEEDBACK']);
    await send(disposed, 'done');
    await send(disposed, 'done');
    const closed = await prosecution().view(prosecutorOf('north'), id);
    expect(closed).toMatchObject({ stage: 'closed', version: version + 1, nextDueAt: null });
    await send({ ...disposed, feedback: 'opened' }, 'taken up again');
    expect(await prosecution().view(prosecutorOf('north'), id)).toMatchObject({ stage: 'acknowledged' });
  });

  it('lets one of two acknowledgements at once win', async () => {
    const { obliged } = await decideExclusion(system, house, await telling.aFile());
    const id = idFor('north', obliged);
    const { packageSha256 } = await received('north', id);
    const results = await Promise.allSettled(
      ['left', 'right'].map((key) =>
        prosecution().execute(prosecutorOf('north'), id, { type: 'ACKNOWLEDGE', packageSha256 }, asked(`${id}-${key}`)),
      ),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('refuses an acknowledgement by an authority that was not told', async () => {
    const { obliged } = await decideExclusion(system, house, await telling.aFile(), ['1F(b)']);
    const id = idFor('north', obliged);
    const attempt = prosecution().execute(prosecutorOf('south'), id, { type: 'ACKNOWLEDGE' }, asked('foreign'));
    await expect(attempt).rejects.toMatchObject({ code: 'notFound' });
  });

  it('refuses a decision on a ground for which nobody is competent, names the gap and writes nothing', async () => {
    const file = await telling.aFile();
    const odd = { ...file, allegations: [{ ...file.allegations[0]!, ground: '1F(c)' as never }] };
    const refusal = await decideExclusion(system, house, odd, ['1F(c)']).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DomainError);
    expect(refusal).toMatchObject({
      code: 'noCompetentAuthority',
      data: { gap: { kind: 'exclusion', grounds: ['1F(c)'] } },
    });
    const left = await telling.read('SELECT FROM decision WHERE case_id = $1', file.caseId);
    expect(left).toEqual([]);
  });

  it('corrects at once: the referral is marked in the same transaction and every recipient is told why', async () => {
    const file = await telling.aFile();
    const { decisionId, obliged } = await decideExclusion(system, house, file);
    const id = idFor('north', obliged);
    await received('north', id);
    const corrections = await correctDecision(system, house, file, decisionId, 'quashedFinal');
    expect(corrections).toHaveLength(2);
    const marked = await prosecution().view(prosecutorOf('north'), id);
    expect(marked.correctedAt).not.toBeNull();
    expect(await contentOf('north', id)).not.toBeNull();
    const told = await received('north', idFor('north', corrections));
    expect(told).toMatchObject({ kind: 'correction', corrects: id });
    expect(await contentOf('north', told.id)).toMatchObject({
      correction: { reason: 'quashedFinal' },
      corrects: [{ referralId: id }],
    });
    await received('south', idFor('south', corrections));
    const result = await reconcile();
    expect(result.differences).toEqual([]);
    expect(result.kinds.correction).toMatchObject({ ok: true });
  });

  it('closes the content at once for mistaken identity', async () => {
    const file = await telling.aFile();
    const { decisionId, obliged } = await decideExclusion(system, house, file);
    const id = idFor('north', obliged);
    await received('north', id);
    await correctDecision(system, house, file, decisionId, 'mistakenIdentity');
    const view = await prosecution().view(prosecutorOf('north'), id);
    expect(view.suspendedAt).not.toBeNull();
    await expect(prosecution().package(prosecutorOf('north'), id)).rejects.toMatchObject({ code: 'accessSuspended' });
    const attempt = prosecution().execute(prosecutorOf('north'), id, { type: 'ACKNOWLEDGE' }, asked(`closed-${id}`));
    await expect(attempt).rejects.toMatchObject({ code: 'commandRefused' });
  });

  it('pages through the inbox without gaps and without repeats', async () => {
    await decideExclusion(system, house, await telling.aFile());
    const all = await prosecution().list(prosecutorOf('north'), query());
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await prosecution().list(prosecutorOf('north'), query({ limit: 2, ...(cursor ? { cursor } : {}) }));
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next ?? undefined;
    } while (cursor);
    expect(seen).toEqual(all.items.map(({ id }) => id));
    const forged = Buffer.from('{"at":"today","id":"1"}').toString('base64url');
    const attempt = prosecution().list(prosecutorOf('north'), query({ limit: 2, cursor: forged }));
    await expect(attempt).rejects.toMatchObject({ code: 'invalidInput' });
  });
});
