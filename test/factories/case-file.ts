import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { nextEvent } from '../../src/platform/database/next-event.js';
import { DataKey } from '../../src/platform/database/sealing.js';
import type { KeyProvider } from '../../src/platform/keys/keys.js';

export interface FileWanted {
  readonly keys: KeyProvider;
  readonly unit: string;
  /** Who did everything in it. */
  readonly by: string;
  /** Who is told of it, if it is excluded. */
  readonly authorities?: readonly string[];
  /** How many events the case's chain has. */
  readonly events?: number;
}

export interface CaseFileIds {
  readonly caseId: string;
  readonly personId: string;
  readonly interviewId: string;
  readonly referralIds: readonly string[];
}

type Row = Readonly<Record<string, unknown>>;

const HASH = createHash('sha256').update('a workflow for tests').digest('hex');
const SEALED = Buffer.from('sealed');

/** A whole file written by plain SQL as the owner, with a row in every table, so that policies can be asked about each. */
export async function aCaseFile(owner: pg.Client, wanted: FileWanted): Promise<CaseFileIds> {
  const caseId = randomUUID();
  const key = DataKey.create(caseId);
  const file = new FileWriter(owner, wanted, caseId, key);
  await owner.query('BEGIN');
  await definitions(owner);
  await file.caseItself();
  const personId = await file.person();
  const interviewId = await file.interview();
  const decisionId = await file.assessment(interviewId);
  const referralIds = await file.duties(decisionId, wanted.authorities ?? []);
  await owner.query('COMMIT');
  return { caseId, personId, interviewId, referralIds };
}

async function insert(owner: pg.Client, table: string, row: Row): Promise<void> {
  const columns = Object.keys(row);
  const places = columns.map((_, index) => `$${index + 1}`).join(', ');
  await owner.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`, Object.values(row));
}

async function definitions(owner: pg.Client): Promise<void> {
  await owner.query(
    `INSERT INTO workflow (hash, kind, version, body) VALUES ($1, 'case', 900, '{}') ON CONFLICT DO NOTHING`,
    [HASH],
  );
  await owner.query(
    `INSERT INTO questionnaire (hash, pack, code, version, purpose, countries, title, body, status)
     VALUES ($1, 'test', 'test', 900, 'screening', '{RW}', '{}', '{}', 'draft') ON CONFLICT DO NOTHING`,
    [HASH],
  );
}

class FileWriter {
  constructor(
    private readonly owner: pg.Client,
    private readonly wanted: FileWanted,
    private readonly caseId: string,
    private readonly key: DataKey,
  ) {}

  private add(table: string, row: Row): Promise<void> {
    return insert(this.owner, table, { case_id: this.caseId, ...row });
  }

  /** Appends a chain of events, each with the state it led to, and returns its head and last state. */
  private async chain(kind: 'case' | 'person' | 'interview' | 'referral', id: string, length: number) {
    let head: { id: string; event_seq: number; event_hash: Buffer | null } = { id, event_seq: 0, event_hash: null };
    const events: Row[] = [];
    for (let number = 1; number <= length; number++) {
      const event = nextEvent(head, this.key, {
        aggregateKind: kind,
        caseId: this.caseId,
        type: 'NOTE',
        actorId: this.wanted.by,
        at: new Date(),
        facets: { state: { value: `step${number}` } },
        payload: { note: `invented statement ${number}` },
      });
      events.push(event.row);
      head = { id, ...event.head };
    }
    const { event_seq, event_hash } = head;
    return { events, head: { event_seq, event_hash, snapshot: { value: `step${length}` } } };
  }

  private async addEvents(events: readonly Row[]): Promise<void> {
    for (const event of events) await insert(this.owner, 'event', event);
  }

  async caseItself(): Promise<void> {
    const { events, head } = await this.chain('case', this.caseId, this.wanted.events ?? 3);
    await insert(this.owner, 'case_file', {
      id: this.caseId,
      reference: `TEST-${this.caseId}`,
      unit: this.wanted.unit,
      procedure_type: 'first',
      country_of_origin: 'RW',
      workflow_hash: HASH,
      stage: 'test',
      created_by: this.wanted.by,
      ...head,
    });
    await this.add('data_key', { wrapped: this.key.wrap(this.wanted.keys), master_key_id: this.wanted.keys.master.id });
    await this.addEvents(events);
    await insert(this.owner, 'command', { actor_id: this.wanted.by, key: this.caseId, request_hash: '0'.repeat(64) });
    const { by } = this.wanted;
    await this.add('assignment', { id: randomUUID(), user_id: by, role: 'caseOfficer', assigned_by: by });
    await this.add('deadline', {
      id: randomUUID(),
      kind: 'triage',
      subject_id: this.caseId,
      source: 'house rule',
      due_at: new Date(),
    });
    await this.add('document', this.storedFile());
  }

  private storedFile(): Row {
    const sha256 = createHash('sha256').update(randomUUID()).digest('hex');
    return {
      id: randomUUID(),
      sha256,
      stored_as: sha256,
      bytes: 1,
      media_type: 'text/plain',
      sealed: SEALED,
      added_by: this.wanted.by,
    };
  }

  async person(): Promise<string> {
    const id = randomUUID();
    const { events, head } = await this.chain('person', id, 1);
    await this.add('person', {
      id,
      workflow_hash: HASH,
      sealed: SEALED,
      identity_recorded_by: this.wanted.by,
      has_representative: false,
      ...head,
    });
    await this.addEvents(events);
    await this.add('person_country', { person_id: id, country: 'RW', link: 'nationality' });
    await this.add('person_token', { person_id: id, kind: 'normalised', token: Buffer.from('token') });
    return id;
  }

  async interview(): Promise<string> {
    const id = randomUUID();
    const { by } = this.wanted;
    const { events, head } = await this.chain('interview', id, 2);
    await this.add('interview', {
      id,
      purpose: 'exclusion',
      interviewer_id: by,
      workflow_hash: HASH,
      sealed: SEALED,
      ...head,
    });
    await this.addEvents(events);
    const inIt = { interview_id: id };
    await this.add('interview_questionnaire', { ...inIt, questionnaire_hash: HASH, position: 0 });
    await this.add('answer', {
      ...inIt,
      id: randomUUID(),
      question_id: 'q1',
      revision: 1,
      sealed: SEALED,
      recorded_by: by,
    });
    await this.add('interview_draft', { ...inIt, sealed: SEALED, saved_by: by });
    const indicator = { indicator_id: 'i1', severity: 'high', ground: '1F(a)', sealed: SEALED };
    await this.add('raised_indicator', { ...inIt, id: randomUUID(), ...indicator });
    const recording = this.storedFile();
    await this.add('recording', { ...inIt, ...recording });
    await this.add('recording_mark', { recording_id: recording['id'], question_id: 'q1', at_ms: 0 });
    await this.add('notice', { ...inIt, id: randomUUID(), kind: 'purpose', sealed: SEALED, served_by: by });
    return id;
  }

  async assessment(interviewId: string): Promise<string> {
    const { by } = this.wanted;
    const allegation_id = randomUUID();
    const decision_id = randomUUID();
    const scope = 'refugeeStatus';
    await this.add('allegation', {
      id: allegation_id,
      ground: '1F(a)',
      crime: 'genocide',
      scope,
      template_version: 1,
      sealed: SEALED,
      position: 0,
      intended_to_stand: true,
      complete: true,
      exculpatory_assessed: true,
      below_responsibility: false,
      minor_at_act: false,
    });
    await this.add('analysis_author', { user_id: by });
    await this.add('element_finding', { allegation_id, element: 'act', finding: 'met', sealed: SEALED });
    const source = { source_kind: 'interview', source_ref: interviewId };
    await this.add('evidence', { id: randomUUID(), allegation_id, element: 'act', ...source, exculpatory: false });
    await this.add('disclosure', { id: randomUUID(), ...source, sealed: SEALED, disclosed_by: by });
    await this.add('submission', { id: randomUUID(), kind: 'other', sealed: SEALED, recorded_by: by });
    const revision = { analysis_revision: 1 };
    await this.add('review', {
      id: randomUUID(),
      kind: 'analysis',
      ...revision,
      reviewer_id: by,
      outcome: 'approved',
      sealed: SEALED,
    });
    await this.add('suspicion_decision', {
      id: randomUUID(),
      ...revision,
      suspicion: true,
      allegation_ids: [allegation_id],
      sealed: SEALED,
      proposed_by: by,
    });
    const outcome = this.wanted.authorities?.length ? 'excluded' : 'notExcluded';
    await this.add('decision', { id: decision_id, outcome, ...revision, sealed: SEALED, decided_by: by });
    await this.add('decision_allegation', { decision_id, allegation_id, ground: '1F(a)', scope, stands: true });
    await this.add('appeal', { id: randomUUID(), decision_id, sealed: SEALED });
    await this.add('correction', { id: randomUUID(), decision_id, reason: 'factualError' });
    return decision_id;
  }

  async duties(cause_id: string, authorities: readonly string[]): Promise<string[]> {
    if (authorities.length === 0) return [];
    await this.add('duty_cause', { id: cause_id, kind: 'exclusion' });
    const ids: string[] = [];
    for (const authority_id of authorities) {
      const id = randomUUID();
      ids.push(id);
      const { events, head } = await this.chain('referral', id, 2);
      await this.add('cause_competence', { cause_id, authority_id, legal_basis: 'a law for tests' });
      await this.add('obligation', { id, cause_id, authority_id, kind: 'exclusion', due_at: new Date() });
      const body = Buffer.from('body');
      const body_sha256 = createHash('sha256').update(body).digest('hex');
      await this.add('referral', {
        id,
        authority_id,
        kind: 'exclusion',
        case_reference: 'F1-TEST',
        legal_basis: 'a law for tests',
        grounds: ['1F(a)'],
        workflow_hash: HASH,
        body,
        body_sha256,
        ...head,
      });
      await this.addEvents(events);
      const told = { referral_id: id };
      await this.add('outbox', told);
      const clock = { kind: 'acknowledge', subject_id: id, source: 'house rule' };
      await this.add('deadline', { id: randomUUID(), ...clock, due_at: new Date() });
      await this.add('delivery_attempt', { ...told, number: 1, worker: 'test' });
      await this.add('receipt', { ...told, received_at: new Date(), channel: 'inbox', body_sha256, proof: 'proof' });
      const prosecutor = await this.owner.query<{ id: string }>('SELECT id FROM app_user WHERE authority_id = $1', [
        authority_id,
      ]);
      await this.add('acknowledgement', { ...told, acknowledged_by: prosecutor.rows[0]!.id });
    }
    return ids;
  }
}
