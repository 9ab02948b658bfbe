import { type Caller, Refused } from './api-client.js';
import type { CaseWalk } from './case-walk.js';

const LAW = 'the invented code of criminal procedure of the demonstration';

interface Reconsideration {
  readonly id: string;
  readonly because: string;
  readonly dueAt: string | null;
}

/** A witness agrees, a second person confirms, the authority competent for accounts is told; then the agreement is revoked. */
export async function ownAccount(walk: CaseWalk, interviewId: string): Promise<void> {
  const { officer, reviewer } = walk.cast;
  const agreements = `/api/cases/${walk.id}/agreements`;
  const { items } = await officer.post<{ items: { id: string }[] }>(agreements, {
    category: 'witness',
    interviewId,
    questionIds: ['witnessAccount.what', 'witnessAccount.where', 'witnessAccount.when'],
    text: 'I agree that what I saw is told to the war crimes unit. I can revoke this until it is used.',
    textVersion: 'demonstration 1',
    language: 'rw',
    readBy: 'INT-DEMO-1',
    givenAt: new Date().toISOString(),
  });
  const agreementId = items.at(-1)?.id;
  walk.tell.step(officer.username, 'records the agreement to transmit what the person saw, and nothing else');
  await walk.send(officer, 'REFER_ACCOUNT', { agreementId, reasons: 'The account names a place and a day.' });
  await walk.send(reviewer, 'CONFIRM_ACCOUNT');
  await walk.receipts();
  await walk.acknowledge();
  await walk.send(officer, 'REVOKE_AGREEMENT', { agreementId, reasons: 'Told through counsel.' });
  const after = await officer.get<{ items: { says: string }[] }>(agreements);
  walk.tell.note(after.items.at(-1)?.says ?? '');
}

/** A prosecutor asks for more, asks for a hold and finds that it was somebody else: recalled everywhere, and reconsidered. */
export async function clearedByProsecutor(walk: CaseWalk): Promise<void> {
  const { cast, tell } = walk;
  const { prosecutor } = cast;
  const referral = `/api/referrals/${await ownReferral(walk, prosecutor)}`;
  await asksForMore(walk, `${referral}/requests`);
  await asksForHold(walk, `${referral}/holds`);

  const feedback = { type: 'GIVE_FEEDBACK', feedback: 'outcome', outcome: 'mistakenIdentity' };
  await prosecutor.post(`${referral}/commands`, { ...feedback, text: 'Fingerprints show that another man is meant.' });
  tell.step(prosecutor.username, 'gives feedback: it was somebody else');
  const { id, because, dueAt } = await reconsideration(walk);
  tell.note(`a reconsideration is open (${because}), to be decided by ${dueAt?.slice(0, 10) ?? '?'}`);
  await refused(walk, prosecutor, 'reads the file again', () => prosecutor.get(`${referral}/package`));
  await walk.receipts();
  await walk.acknowledge();
  await answerCorrections(walk, prosecutor, 'erased');
  await answerCorrections(walk, cast['war-crimes'], 'retainedAsEvidence');

  const path = `/api/cases/${walk.id}/reconsiderations/${id}/decide`;
  const decision = { outcome: 'toReopen', reasons: 'What was told is another man’s.' };
  await refused(walk, cast.decider, 'reconsiders', () => cast.decider.post(path, decision));
  await cast['second-decider'].post(path, decision);
  tell.step('second-decider', 'decides the reconsideration: to be decided anew');
  const { reasons } = decision;
  await refused(walk, cast.decider, 'reopens the exclusion', () =>
    cast.decider.post(`/api/cases/${walk.id}/commands`, { type: 'REOPEN_EXCLUSION', reasons }),
  );
  await walk.send(cast['second-decider'], 'REOPEN_EXCLUSION', { reasons });
  await walk.afterCorrection(reasons);
  await walk.receipts();
  await walk.acknowledge();
}

async function asksForMore(walk: CaseWalk, requests: string): Promise<void> {
  const { prosecutor, analyst } = walk.cast;
  const request = { questionIds: ['incidentOwnPart'], legalBasis: LAW };
  await refused(walk, prosecutor, 'wants a question put to the applicant', () =>
    prosecutor.post(requests, { ...request, kind: 'questionToApplicant', text: 'Who gave the order?' }),
  );
  const asked = { ...request, kind: 'explanation', text: 'Which church is meant?' };
  const { id } = await prosecutor.post<{ id: string }>(requests, asked);
  walk.tell.step(prosecutor.username, 'asks for more, on one question of the interview: which church is meant?');
  await analyst.post(`${requests}/${id}/answer`, { text: 'The parish church, as the applicant named it.' });
  walk.tell.step(analyst.username, 'answers from what the file holds');
}

async function asksForHold(walk: CaseWalk, holds: string): Promise<void> {
  const { prosecutor, officer, decider, legal } = walk.cast;
  const asked = { kind: 'delayedNotice', legalBasis: LAW, reasons: 'A search is to come first.' };
  await prosecutor.post(holds, asked);
  const { items } = await decider.get<{ items: { id: string }[] }>(`/api/cases/${walk.id}/holds`);
  const hold = `${holds}/${items.at(-1)?.id}`;
  walk.tell.step(prosecutor.username, 'asks for a hold: notices wait');
  const { until } = await decider.post<{ until: string }>(`${hold}/decision`, {
    granted: true,
    reasons: 'A few days.',
  });
  walk.tell.step(decider.username, `grants it until ${until.slice(0, 10)}, no longer than the time for service allows`);
  await refused(walk, officer, 'serves the decision', () =>
    officer.post(`/api/cases/${walk.id}/commands`, { type: 'SERVE_DECISION', served: 'On counsel.' }),
  );
  await legal.post(`${hold}/end`, { reasons: 'The search is over.' });
  walk.tell.step(legal.username, 'ends the hold');
}

async function answerCorrections(walk: CaseWalk, by: Caller, answer: string): Promise<void> {
  const { items } = await by.get<{ items: { id: string; caseReference: string; stage: string }[] }>(
    '/api/referrals?kind=correction',
  );
  for (const { id, caseReference, stage } of items) {
    if (caseReference !== walk.reference || stage !== 'answerAwaited') continue;
    await by.post(`/api/referrals/${id}/commands`, { type: 'ANSWER_CORRECTION', answer, law: LAW });
    walk.tell.step(by.username, `answers the correction: ${answer}`);
  }
}

async function ownReferral(walk: CaseWalk, by: Caller): Promise<string> {
  const { items } = await by.get<{ items: { id: string; caseReference: string }[] }>('/api/referrals?kind=exclusion');
  const found = items.find(({ caseReference }) => caseReference === walk.reference);
  if (!found) throw new Error(`${by.username} has no referral of ${walk.reference}`);
  return found.id;
}

/** Opened by the worker that follows the feedback into the case. */
async function reconsideration(walk: CaseWalk): Promise<Reconsideration> {
  const until = Date.now() + 60_000;
  for (;;) {
    const path = `/api/cases/${walk.id}/reconsiderations`;
    const { items } = await walk.cast.officer.get<{ items: Reconsideration[] }>(path);
    if (items[0]) return items[0];
    if (Date.now() > until) throw new Error(`no reconsideration of ${walk.reference} was opened within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Tries what the house refuses, and shows why it does. */
async function refused(walk: CaseWalk, by: Caller, what: string, ask: () => Promise<unknown>): Promise<void> {
  const answer = await ask().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(answer instanceof Refused)) throw answer ?? new Error(`${by.username} was not refused: ${what}`);
  walk.tell.step(by.username, `${what}: refused`);
  walk.tell.note(answer.problem.detail ?? '');
}
