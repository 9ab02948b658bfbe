import { createHash, randomUUID } from 'node:crypto';
import { signReceipt } from '../../src/referrals/signed-receipt.js';
import { type FileWriter, HASH, insert } from './case-file-writer.js';

export async function writeReferrals(
  file: FileWriter,
  cause_id: string,
  authorities: readonly string[],
): Promise<string[]> {
  if (authorities.length === 0) return [];
  await file.add('duty_cause', { id: cause_id, kind: 'exclusion' });
  const ids: string[] = [];
  for (const authority_id of authorities) ids.push(await writeReferral(file, cause_id, authority_id));
  return ids;
}

async function writeReferral(file: FileWriter, cause_id: string, authority_id: string): Promise<string> {
  const id = randomUUID();
  const body_sha256 = createHash('sha256').update('body').digest('hex');
  const about = { kind: 'exclusion', bodySha256: body_sha256 };
  const { events, head } = await file.chain('referral', id, 2, about);
  await file.add('cause_competence', { cause_id, authority_id, legal_basis: 'a law for tests' });
  await file.add('obligation', {
    id,
    cause_id,
    authority_id,
    kind: 'exclusion',
    due_at: new Date(),
    created_at: file.at,
  });
  await file.add('referral', {
    id,
    authority_id,
    kind: 'exclusion',
    case_reference: 'F1-TEST',
    legal_basis: 'a law for tests',
    grounds: ['1F(a)'],
    created_at: file.at,
    workflow_hash: HASH,
    body: file.sealed('referral', id, 'body'),
    body_sha256,
    ...head,
  });
  await file.addEvents(events);
  const told = { referral_id: id };
  await file.add('outbox', { ...told, epoch: 1, begun: 1, newest: 1 });
  const clock = { kind: 'acknowledge', subject_id: id, source: 'house rule' };
  const reached = { half_at: file.at, most_at: file.at, due_at: new Date() };
  await file.add('deadline', { id: randomUUID(), ...clock, ...reached });
  await file.add('delivery_attempt', { ...told, number: 1, worker: 'test' });
  await file.add('dropped', { ...told, endpoint: 'file:///an-invented-folder', name: `${id}.jwe` });
  await writeSending(file, id, authority_id);
  const claim = { referralId: id, bodySha256: body_sha256, receivedAt: file.at.toISOString() };
  const proof = await signReceipt(claim, file.wanted.keys.signing.privateKey);
  const receipt = { received_at: file.at, recorded_at: file.at, channel: 'inbox', body_sha256, proof };
  await file.add('receipt', { ...told, ...receipt });
  await file.record('referral', id, 'RECORD_RECEIPT', { facets: { channel: 'inbox' }, by: null });
  const prosecutor = await file.owner.query<{ id: string }>('SELECT id FROM app_user WHERE authority_id = $1', [
    authority_id,
  ]);
  const acknowledged_by = prosecutor.rows[0]!.id;
  await file.add('acknowledgement', { ...told, acknowledged_by, acknowledged_at: file.at });
  await file.record('referral', id, 'ACKNOWLEDGE', { by: acknowledged_by });
  await writeRecipientsSide(file, id, authority_id, acknowledged_by);
  return id;
}

/** What its recipient wrote on paper, and a second person has yet to read. */
async function writeLetter(file: FileWriter, referral_id: string, documentId: string): Promise<void> {
  const { by } = file.wanted;
  const id = randomUUID();
  const content = { command: { type: 'GIVE_FEEDBACK' }, signedBy: 'an invented registry', senderReference: null };
  const written = { says: 'GIVE_FEEDBACK', written_on: '2026-01-02', document_id: documentId };
  const sealed = file.sealed('recipient_letter', id, content);
  await file.add('recipient_letter', { id, referral_id, ...written, sealed, recorded_by: by, recorded_at: file.at });
  const facets = { letter: id, says: 'GIVE_FEEDBACK', writtenOn: '2026-01-02', waits: true };
  await file.record('referral', referral_id, 'RECORD_LETTER', { facets, payload: { ...content, documentId }, by });
}

/** What a referral leaves behind on its way: an envelope to a key of the recipient, a letter, an alert; and whom it must not reach. */
async function writeSending(file: FileWriter, referral_id: string, authority_id: string): Promise<void> {
  const { by } = file.wanted;
  const key = randomUUID();
  await insert(file.owner, 'authority_key', {
    id: key,
    authority_id,
    purpose: 'encryption',
    public_key: 'invented',
    key_id: key.replaceAll('-', '').slice(0, 16),
    valid_from: file.at,
  });
  const envelope = { number: 1, sealed: file.sealed('envelope', `${referral_id}:1`, 'bytes'), key_ids: [key] };
  await file.add('envelope', {
    referral_id,
    ...envelope,
    sha256: createHash('sha256').update('bytes').digest('hex'),
  });
  const document = await file.owner.query<{ id: string }>('SELECT id FROM document WHERE case_id = $1', [file.caseId]);
  const post = { handed_over_at: file.at, document_id: document.rows[0]!.id, recorded_by: by };
  // The chain of a file that is recorded tells of an inbox.
  if (!file.wanted.recorded) {
    await file.add('postal_delivery', { referral_id, ...post, sealed: file.sealed('postal_delivery', referral_id) });
  }
  await writeLetter(file, referral_id, document.rows[0]!.id);
  await file.add('alert', { referral_id, authority_id });
  const actor = randomUUID();
  const accused = { id: actor, name: 'Invented service', country: 'RW', authorityId: null };
  await file.add('persecution_actor', {
    id: actor,
    country: 'RW',
    sealed: file.sealed('persecution_actor', actor, accused),
    recorded_by: by,
    recorded_at: file.at,
  });
  await file.record('case', file.caseId, 'RECORD_PERSECUTION_ACTOR', { payload: accused });
  await writeUnblocking(file, actor);
  // The recipient of a file with a table for everything is not barred from it: the row stands past the guard.
  await file.owner.query('ALTER TABLE blocked_closing DISABLE TRIGGER closing_while_blocked');
  const closing = randomUUID();
  await file.add('blocked_closing', { id: closing, referral_id, asked_by: by, asked_at: file.at });
  await file.owner.query('ALTER TABLE blocked_closing ENABLE TRIGGER closing_while_blocked');
  const asked = { facets: { closing }, payload: { reason: 'invented' }, by };
  await file.record('referral', referral_id, 'ASK_CLOSING', asked);
}

/** It waits for a second person; the database takes the asking from nobody but the asker. */
async function writeUnblocking(file: FileWriter, subject_id: string): Promise<void> {
  const { by } = file.wanted;
  await file.owner.query(`SELECT set_config('f1.actor', $1, false)`, [by]);
  const asking = { id: randomUUID(), kind: 'persecutionActor', subject_id, asked_by: by, asked_at: file.at };
  await file.add('unblocking', asking);
  await file.owner.query(`SELECT set_config('f1.actor', '', false)`);
  const payload = { id: subject_id, reason: 'invented' };
  await file.record('case', file.caseId, 'ASK_PERSECUTION_ACTOR_WITHDRAWAL', { payload });
}

async function writeRecipientsSide(
  file: FileWriter,
  referral_id: string,
  authority_id: string,
  by: string,
): Promise<void> {
  const [grant, feedback, answer] = [randomUUID(), randomUUID(), randomUUID()];
  const words = { legalBasis: 'a law for tests', statement: null };
  await file.add('referral_item', { referral_id, kind: 'questionnaire', ref: HASH });
  await file.add('access_grant', {
    id: grant,
    referral_id,
    authority_id,
    user_id: by,
    purpose: 'investigation',
    sealed: file.sealed('access_grant', grant, words),
    opened_by: by,
    valid_from: file.at,
    valid_until: new Date(file.at.getTime() + 86_400_000),
  });
  const opened = { grant, purpose: 'investigation' };
  await file.record('referral', referral_id, 'OPEN_FILE', { facets: opened, payload: words, by });
  const told = { text: 'invented', missing: [], questionIds: [] };
  const means = { kind: 'outcome', outcome: 'acquitted', ends: true, clears: true };
  const given = { given_by: by, given_at: file.at, sealed: file.sealed('feedback', feedback, told) };
  await file.add('feedback', { id: feedback, referral_id, ...means, question_ids: [], ...given });
  const facets = { id: feedback, feedback: 'outcome', outcome: 'acquitted', ends: true, clears: true };
  await file.record('referral', referral_id, 'GIVE_FEEDBACK', { facets, payload: told, by });
  const reconsideration = randomUUID();
  await file.add('reconsideration', { id: reconsideration, feedback_id: feedback, opened_at: file.at });
  await file.record('case', file.caseId, 'OPEN_RECONSIDERATION', { facets: { reconsideration }, by: null });
  const law = { law: 'a law for tests', note: null };
  const answered = { answered_by: by, answered_at: file.at, sealed: file.sealed('correction_answer', answer, law) };
  await file.add('correction_answer', { id: answer, referral_id, answer: 'restricted', ...answered });
  const said = { id: answer, answer: 'restricted' };
  await file.record('referral', referral_id, 'ANSWER_CORRECTION', { facets: said, payload: law, by });
  await writeRequests(file, referral_id, by);
}

/** What the recipient asks: more of the file, and a hold. */
async function writeRequests(file: FileWriter, referral_id: string, by: string): Promise<void> {
  const more = randomUUID();
  const words = { text: 'invented', legalBasis: 'a law for tests' };
  const row = { kind: 'documents', question_ids: [], sealed: file.sealed('referral_request', more, words) };
  const asking = { asked_by: by, asked_at: file.at, due_at: file.at };
  await file.add('referral_request', { id: more, referral_id, ...row, ...asking });
  const facets = { request: more, asks: 'documents' };
  await file.record('referral', referral_id, 'REQUEST_MORE', { facets, payload: words, by });
  const hold = randomUUID();
  const held = { kind: 'stayOfRemoval', sealed: file.sealed('hold', hold, words) };
  await file.add('hold', { id: hold, referral_id, ...held, ...asking });
  const asked = { hold, holds: 'stayOfRemoval' };
  await file.record('referral', referral_id, 'ASK_HOLD', { facets: asked, payload: words, by });
}
