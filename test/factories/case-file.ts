import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { nextEvent } from '../../src/platform/database/next-event.js';
import { canonical, DataKey } from '../../src/platform/database/sealing.js';
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
  /** Every row has its event, as if the application had written it; otherwise the chains tell only how the file began. */
  readonly recorded?: boolean;
}

export interface CaseFileIds {
  readonly caseId: string;
  readonly personId: string;
  readonly interviewId: string;
  readonly referralIds: readonly string[];
}

type Row = Readonly<Record<string, unknown>>;
type Kind = 'case' | 'person' | 'interview' | 'referral';
type Head = { id: string; event_seq: number; event_hash: Buffer | null };

const FIRST = {
  case: 'REGISTER_CASE',
  person: 'REGISTER_PERSON',
  interview: 'OPEN_INTERVIEW',
  referral: 'CREATE_REFERRAL',
};
const TABLE = { case: 'case_file', person: 'person', interview: 'interview', referral: 'referral' };
const APPLICANT = { name: 'Exemplaris' };
const SAID = { text: 'invented' };

// The hash of the empty definition.
const HASH = createHash('sha256').update('{}').digest('hex');

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
  await file.addedForPackages(interviewId);
  await file.track();
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
  private readonly at = new Date();
  private readonly heads = new Map<string, Head>();

  constructor(
    private readonly owner: pg.Client,
    private readonly wanted: FileWanted,
    private readonly caseId: string,
    private readonly key: DataKey,
  ) {}

  private add(table: string, row: Row): Promise<void> {
    return insert(this.owner, table, { case_id: this.caseId, ...row });
  }

  private sealed(table: string, id: unknown, value: unknown = SAID): Buffer {
    return this.key.seal(value, `${table}:${String(id)}`).bytes;
  }

  /** Appends the event that tells of a row. */
  private async record(
    kind: Kind,
    id: string,
    type: string,
    { facets = {}, payload, by = this.wanted.by }: { facets?: Row; payload?: Row; by?: string | null } = {},
  ): Promise<void> {
    if (!this.wanted.recorded) return;
    const event = nextEvent(this.heads.get(id)!, this.key, {
      aggregateKind: kind,
      caseId: this.caseId,
      type,
      actorId: by,
      at: this.at,
      facets,
      ...(payload ? { payload } : {}),
    });
    this.heads.set(id, { id, ...event.head });
    await insert(this.owner, 'event', event.row);
    const head = [id, event.head.event_seq, event.head.event_hash];
    await this.owner.query(`UPDATE ${TABLE[kind]} SET event_seq = $2, event_hash = $3 WHERE id = $1`, head);
  }

  /** Appends a chain of events, each with the state it led to, and returns its head and last state. */
  private async chain(kind: Kind, id: string, length: number, facets: Row = {}, payload?: Row) {
    let head: Head = { id, event_seq: 0, event_hash: null };
    const events: Row[] = [];
    for (let number = 1; number <= length; number++) {
      const event = nextEvent(head, this.key, {
        aggregateKind: kind,
        caseId: this.caseId,
        type: number === 1 ? FIRST[kind] : 'NOTE',
        actorId: this.wanted.by,
        at: this.at,
        facets: { state: { value: `step${number}` }, ...(number === 1 ? facets : {}) },
        payload: (number === 1 ? payload : undefined) ?? { note: `invented statement ${number}` },
      });
      events.push(event.row);
      head = { id, ...event.head };
    }
    this.heads.set(id, head);
    const { event_seq, event_hash } = head;
    return { events, head: { event_seq, event_hash, snapshot: { value: `step${length}` } } };
  }

  private async addEvents(events: readonly Row[]): Promise<void> {
    for (const event of events) await insert(this.owner, 'event', event);
  }

  async caseItself(): Promise<void> {
    const about = { unit: this.wanted.unit, country: 'RW', procedure: 'first' };
    const { events, head } = await this.chain('case', this.caseId, this.wanted.events ?? 3, about);
    await insert(this.owner, 'case_file', {
      id: this.caseId,
      reference: `TEST-${this.caseId}`,
      unit: this.wanted.unit,
      procedure_type: 'first',
      country_of_origin: 'RW',
      workflow_hash: HASH,
      stage: 'test',
      analysis_revision: 1,
      created_at: this.at,
      created_by: this.wanted.by,
      ...head,
    });
    await this.add('data_key', { wrapped: this.key.wrap(this.wanted.keys), master_key_id: this.wanted.keys.master.id });
    await this.addEvents(events);
    await insert(this.owner, 'command', { actor_id: this.wanted.by, key: this.caseId, request_hash: '0'.repeat(64) });
    const { by } = this.wanted;
    const assigned = { role: 'caseOfficer', assigned_at: this.at, assigned_by: by };
    await this.add('assignment', { id: randomUUID(), user_id: by, ...assigned });
    await this.record('case', this.caseId, 'ASSIGN');
    const clock = { half_at: this.at, most_at: this.at, due_at: new Date() };
    const triage = randomUUID();
    await this.add('deadline', { id: triage, kind: 'triage', subject_id: this.caseId, source: 'house rule', ...clock });
    const task = {
      id: randomUUID(),
      kind: 'deadline',
      deadline_id: triage,
      assignee_id: by,
      because: 'assigned',
      step: 50,
    };
    await this.add('task', task);
    await this.departure();
    await this.kept();
    await this.storedFile('document', 'case', this.caseId);
  }

  private async kept(): Promise<void> {
    const id = randomUUID();
    const others = 'SELECT id FROM app_user WHERE id <> $1 ORDER BY username LIMIT 1';
    const { rows } = await this.owner.query<{ id: string }>(others, [this.wanted.by]);
    const released = { released_by: rows[0]!.id, released_at: this.at };
    await this.add('legal_hold', {
      id,
      basis: 'a law for tests',
      placed_by: this.wanted.by,
      placed_at: this.at,
      ...released,
    });
    await this.record('case', this.caseId, 'PLACE_LEGAL_HOLD', { facets: { hold: id } });
    const asked = { basis: 'a law for tests', asked_by: this.wanted.by, asked_at: this.at };
    await this.add('erasure', { id: randomUUID(), ...asked });
  }

  private async departure(): Promise<void> {
    const id = randomUUID();
    const recorded = { recorded_by: this.wanted.by, recorded_at: this.at };
    await this.add('departure', { id, expected_at: '2999-01-01T00:00:00Z', ...recorded });
    await this.record('case', this.caseId, 'EXPECT_DEPARTURE', { facets: { departure: id } });
  }

  private async storedFile(table: 'document' | 'recording', kind: Kind, parent: string): Promise<string> {
    const id = randomUUID();
    const sha256 = createHash('sha256').update(id).digest('hex');
    await this.add(table, {
      ...(kind === 'interview' ? { interview_id: parent } : {}),
      id,
      sha256,
      stored_as: sha256,
      bytes: 1,
      media_type: 'text/plain',
      sealed: this.sealed(table, id),
      added_by: this.wanted.by,
      added_at: this.at,
    });
    await this.record(kind, parent, table === 'document' ? 'ADD_DOCUMENT' : 'ADD_RECORDING', {
      facets: { id, bytes: 1, mediaType: 'text/plain' },
      payload: { sha256, ...SAID },
    });
    return id;
  }

  async person(): Promise<string> {
    const id = randomUUID();
    const { events, head } = await this.chain('person', id, 1, {}, APPLICANT);
    await this.add('person', {
      id,
      workflow_hash: HASH,
      sealed: this.sealed('person', id, APPLICANT),
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
    const { events, head } = await this.chain('interview', id, 2, { purpose: 'exclusion' });
    await this.add('interview', {
      id,
      purpose: 'exclusion',
      interviewer_id: by,
      created_at: this.at,
      workflow_hash: HASH,
      sealed: this.sealed('interview', id),
      ...head,
    });
    await this.addEvents(events);
    const inIt = { interview_id: id };
    await this.add('interview_questionnaire', { ...inIt, questionnaire_hash: HASH, position: 0 });
    const answer = randomUUID();
    await this.add('answer', {
      ...inIt,
      id: answer,
      question_id: 'q1',
      revision: 1,
      sealed: this.sealed('answer', answer, { value: 'yes' }),
      recorded_by: by,
      recorded_at: this.at,
    });
    const said = { id: answer, questionId: 'q1', revision: 1, concurrent: false, basedOn: null, value: 'yes' };
    await this.record('interview', id, 'RECORD_ANSWER', { payload: { answer: said } });
    await this.add('interview_draft', { ...inIt, sealed: this.sealed('interview_draft', id), saved_by: by });
    const raised = randomUUID();
    const indicator = { indicator_id: 'i1', severity: 'high', ground: '1F(a)' };
    const because = { ...indicator, sealed: this.sealed('raised_indicator', raised) };
    await this.add('raised_indicator', { ...inIt, id: raised, ...because });
    const recording_id = await this.storedFile('recording', 'interview', id);
    await this.add('recording_mark', { recording_id, question_id: 'q1', at_ms: 0 });
    const notice = randomUUID();
    const served = { served_at: this.at, served_by: by, sealed: this.sealed('notice', notice) };
    await this.add('notice', { ...inIt, id: notice, kind: 'purpose', ...served });
    await this.record('interview', id, 'GIVE_NOTICE', { payload: SAID });
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
      sealed: this.sealed('allegation', allegation_id, { act: SAID, exculpatory: null }),
      position: 0,
      intended_to_stand: true,
      complete: true,
      exculpatory_assessed: true,
      below_responsibility: false,
      minor_at_act: false,
    });
    await this.add('analysis_author', { user_id: by });
    const reasons = { reasons: 'invented' };
    const finding = { finding: 'met', sealed: this.sealed('element_finding', `${allegation_id}:act`, reasons) };
    await this.add('element_finding', { allegation_id, element: 'act', ...finding });
    const source = { source_kind: 'interview', source_ref: interviewId };
    await this.add('evidence', { id: randomUUID(), allegation_id, element: 'act', ...source, exculpatory: false });
    const evidence = [{ kind: 'interview', ref: interviewId, exculpatory: false }];
    const elements = [{ element: 'act', finding: 'met', ...reasons, evidence }];
    const content = { ground: '1F(a)', crime: 'genocide', scope, intendedToStand: true, act: SAID, elements };
    const onCase = (type: string, payload: Row) => this.record('case', this.caseId, type, { payload });
    await onCase('EDIT_ANALYSIS', { allegationId: allegation_id, content });
    const [disclosed, submitted] = [randomUUID(), randomUUID()];
    const disclosure = { id: disclosed, sourceKind: 'interview', sourceRef: interviewId };
    const told = { sealed: this.sealed('disclosure', disclosed, disclosure), disclosed_at: this.at, disclosed_by: by };
    await this.add('disclosure', { id: disclosed, ...source, ...told });
    await onCase('RECORD_DISCLOSURE', disclosure);
    const submission = { id: submitted, kind: 'other', ...SAID };
    const received = { sealed: this.sealed('submission', submitted, submission), received_at: this.at };
    await this.add('submission', { id: submitted, kind: 'other', ...received, recorded_by: by });
    await onCase('RECORD_SUBMISSION', submission);
    const revision = { analysis_revision: 1 };
    const review = randomUUID();
    await this.add('review', {
      id: review,
      kind: 'analysis',
      ...revision,
      reviewer_id: by,
      outcome: 'approved',
      sealed: this.sealed('review', review, reasons),
      at: this.at,
    });
    await onCase('APPROVE_REVIEW', reasons);
    const suspicion = randomUUID();
    await this.add('suspicion_decision', {
      id: suspicion,
      ...revision,
      suspicion: true,
      allegation_ids: [allegation_id],
      sealed: this.sealed('suspicion_decision', suspicion, reasons),
      proposed_by: by,
      proposed_at: this.at,
    });
    await onCase('PROPOSE_SUSPICION', { ...reasons, suspicion: true, allegationIds: [allegation_id] });
    const outcome = this.wanted.authorities?.length ? 'excluded' : 'notExcluded';
    const words = { ...reasons, allegations: [{ allegationId: allegation_id, stands: true, ...reasons }] };
    const decided = { sealed: this.sealed('decision', decision_id, words), decided_by: by, decided_at: this.at };
    await this.add('decision', { id: decision_id, outcome, ...revision, ...decided });
    await this.add('decision_allegation', { decision_id, allegation_id, ground: '1F(a)', scope, stands: true });
    await onCase(outcome === 'excluded' ? 'DECIDE_EXCLUSION' : 'DECIDE_NOT_EXCLUDED', words);
    const appeal = randomUUID();
    await this.add('appeal', { id: appeal, decision_id, sealed: this.sealed('appeal', appeal), lodged_at: this.at });
    await onCase('APPEAL', SAID);
    await this.add('correction', { id: randomUUID(), decision_id, reason: 'factualError' });
    return decision_id;
  }

  private async recipientsSide(referral_id: string, authority_id: string, by: string): Promise<void> {
    const [grant, feedback, answer] = [randomUUID(), randomUUID(), randomUUID()];
    const words = { legalBasis: 'a law for tests', statement: null };
    await this.add('referral_item', { referral_id, kind: 'questionnaire', ref: HASH });
    await this.add('access_grant', {
      id: grant,
      referral_id,
      authority_id,
      user_id: by,
      purpose: 'investigation',
      sealed: this.sealed('access_grant', grant, words),
      opened_by: by,
      valid_from: this.at,
      valid_until: new Date(this.at.getTime() + 86_400_000),
    });
    const opened = { grant, purpose: 'investigation' };
    await this.record('referral', referral_id, 'OPEN_FILE', { facets: opened, payload: words, by });
    const told = { text: 'invented', missing: [], questionIds: [] };
    const means = { kind: 'outcome', outcome: 'acquitted', ends: true, clears: true };
    const given = { given_by: by, given_at: this.at, sealed: this.sealed('feedback', feedback, told) };
    await this.add('feedback', { id: feedback, referral_id, ...means, question_ids: [], ...given });
    const facets = { id: feedback, feedback: 'outcome', outcome: 'acquitted', ends: true, clears: true };
    await this.record('referral', referral_id, 'GIVE_FEEDBACK', { facets, payload: told, by });
    const reconsideration = randomUUID();
    await this.add('reconsideration', { id: reconsideration, feedback_id: feedback, opened_at: this.at });
    await this.record('case', this.caseId, 'OPEN_RECONSIDERATION', { facets: { reconsideration }, by: null });
    const law = { law: 'a law for tests', note: null };
    const answered = { answered_by: by, answered_at: this.at, sealed: this.sealed('correction_answer', answer, law) };
    await this.add('correction_answer', { id: answer, referral_id, answer: 'restricted', ...answered });
    const said = { id: answer, answer: 'restricted' };
    await this.record('referral', referral_id, 'ANSWER_CORRECTION', { facets: said, payload: law, by });
    await this.asked(referral_id, by);
  }

  /** More of the file. */
  private async asked(referral_id: string, by: string): Promise<void> {
    const more = randomUUID();
    const words = { text: 'invented', legalBasis: 'a law for tests' };
    const row = { kind: 'documents', question_ids: [], sealed: this.sealed('referral_request', more, words) };
    const asking = { asked_by: by, asked_at: this.at, due_at: this.at };
    await this.add('referral_request', { id: more, referral_id, ...row, ...asking });
    const facets = { request: more, asks: 'documents' };
    await this.record('referral', referral_id, 'REQUEST_MORE', { facets, payload: words, by });
    const hold = randomUUID();
    const held = { kind: 'stayOfRemoval', sealed: this.sealed('hold', hold, words) };
    await this.add('hold', { id: hold, referral_id, ...held, ...asking });
    const asked = { hold, holds: 'stayOfRemoval' };
    await this.record('referral', referral_id, 'ASK_HOLD', { facets: asked, payload: words, by });
  }

  /** Somebody named, a source that refused, a translation, and an override that waits. */
  async addedForPackages(interview_id: string): Promise<void> {
    const { by } = this.wanted;
    const onCase = (type: string, payload: Row, facets: Row = {}) =>
      this.record('case', this.caseId, type, { payload, facets });
    const [person, source, translation, override] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await this.agreement(interview_id);
    const recorded = { recorded_by: by, recorded_at: this.at };
    const about = { category: 'witness', relation: 'sibling' };
    await this.add('third_person', { id: person, ...about, sealed: this.sealed('third_person', person), ...recorded });
    await onCase('RECORD_THIRD_PERSON', { id: person, ...SAID }, about);
    const sealed = this.sealed('undisclosed_exculpatory', source);
    await this.add('undisclosed_exculpatory', { id: source, sealed, ...recorded });
    await onCase('RECORD_UNDISCLOSED_EXCULPATORY', { id: source, ...SAID });
    const statement_id = randomUUID();
    const words = { sealed: this.sealed('translation', translation), added_by: by, added_at: this.at };
    await this.add('translation', { id: translation, interview_id, statement_id, ...words });
    await onCase('ADD_TRANSLATION', { id: translation, interviewId: interview_id, statementId: statement_id, ...SAID });
    const gaps = [{ code: 'recordOpen', subject: interview_id, sentence: 'invented' }];
    const gaps_hash = createHash('sha256').update(canonical(gaps)).digest('hex');
    await this.add('package_override', {
      id: override,
      kind: 'exclusion',
      analysis_revision: 1,
      gaps: JSON.stringify(gaps),
      gaps_hash,
      sealed: this.sealed('package_override', override),
      asked_by: by,
      asked_at: this.at,
    });
    const pinned = { kind: 'exclusion', gapsHash: gaps_hash, analysisRevision: 1 };
    await onCase('ASK_PACKAGE_OVERRIDE', { id: override, ...SAID }, pinned);
  }

  /** Who cannot be removed although excluded, with the track that stays open. */
  async track(): Promise<void> {
    const id = randomUUID();
    const words = { ...SAID, route: 'none' };
    const sealed = this.sealed('prosecution_track', id, words);
    await this.add('prosecution_track', {
      id,
      step: 'opened',
      route: 'none',
      sealed,
      at: this.at,
      by_id: this.wanted.by,
    });
    await this.record('case', this.caseId, 'RECORD_REMOVAL_BAR', { payload: words });
  }

  private async agreement(interview_id: string): Promise<void> {
    const { by } = this.wanted;
    const [id, step] = [randomUUID(), randomUUID()];
    const agreed = { id, category: 'witness', interviewId: interview_id, questionIds: ['q1'] };
    await this.add('account_agreement', {
      id,
      interview_id,
      question_ids: agreed.questionIds,
      category: agreed.category,
      sealed: this.sealed('account_agreement', id, agreed),
      recorded_by: by,
      recorded_at: this.at,
    });
    await this.record('case', this.caseId, 'RECORD_AGREEMENT', { payload: agreed });
    const asked = { agreementId: id, reasons: 'invented' };
    const proposed = { step: 'proposed', sealed: this.sealed('account_step', step, asked), at: this.at, by_id: by };
    await this.add('account_step', { id: step, agreement_id: id, ...proposed });
    await this.record('case', this.caseId, 'REFER_ACCOUNT', { payload: asked });
  }

  async duties(cause_id: string, authorities: readonly string[]): Promise<string[]> {
    if (authorities.length === 0) return [];
    await this.add('duty_cause', { id: cause_id, kind: 'exclusion' });
    const ids: string[] = [];
    for (const authority_id of authorities) {
      const id = randomUUID();
      ids.push(id);
      const body_sha256 = createHash('sha256').update('body').digest('hex');
      const about = { kind: 'exclusion', bodySha256: body_sha256 };
      const { events, head } = await this.chain('referral', id, 2, about);
      await this.add('cause_competence', { cause_id, authority_id, legal_basis: 'a law for tests' });
      await this.add('obligation', { id, cause_id, authority_id, kind: 'exclusion', due_at: new Date() });
      await this.add('referral', {
        id,
        authority_id,
        kind: 'exclusion',
        case_reference: 'F1-TEST',
        legal_basis: 'a law for tests',
        grounds: ['1F(a)'],
        created_at: this.at,
        workflow_hash: HASH,
        body: this.sealed('referral', id, 'body'),
        body_sha256,
        ...head,
      });
      await this.addEvents(events);
      const told = { referral_id: id };
      await this.add('outbox', told);
      const clock = { kind: 'acknowledge', subject_id: id, source: 'house rule' };
      const reached = { half_at: this.at, most_at: this.at, due_at: new Date() };
      await this.add('deadline', { id: randomUUID(), ...clock, ...reached });
      await this.add('delivery_attempt', { ...told, number: 1, worker: 'test' });
      await this.sent(id, authority_id);
      const receipt = { received_at: this.at, recorded_at: this.at, channel: 'inbox', body_sha256, proof: 'proof' };
      await this.add('receipt', { ...told, ...receipt });
      await this.record('referral', id, 'RECORD_RECEIPT', { facets: { channel: 'inbox' }, by: null });
      const prosecutor = await this.owner.query<{ id: string }>('SELECT id FROM app_user WHERE authority_id = $1', [
        authority_id,
      ]);
      const acknowledged_by = prosecutor.rows[0]!.id;
      await this.add('acknowledgement', { ...told, acknowledged_by, acknowledged_at: this.at });
      await this.record('referral', id, 'ACKNOWLEDGE', { by: acknowledged_by });
      await this.recipientsSide(id, authority_id, acknowledged_by);
    }
    return ids;
  }

  /** What a referral leaves behind on its way: an envelope to a key of the recipient, a letter, an alert; and whom it must not reach. */
  private async sent(referral_id: string, authority_id: string): Promise<void> {
    const { by } = this.wanted;
    const key = randomUUID();
    await insert(this.owner, 'authority_key', {
      id: key,
      authority_id,
      purpose: 'encryption',
      public_key: 'invented',
      key_id: key.replaceAll('-', '').slice(0, 16),
      valid_from: this.at,
    });
    const envelope = { number: 1, sealed: this.sealed('envelope', `${referral_id}:1`, 'bytes'), key_ids: [key] };
    await this.add('envelope', {
      referral_id,
      ...envelope,
      sha256: createHash('sha256').update('bytes').digest('hex'),
    });
    const document = await this.owner.query<{ id: string }>('SELECT id FROM document WHERE case_id = $1', [
      this.caseId,
    ]);
    const post = { handed_over_at: this.at, document_id: document.rows[0]!.id, recorded_by: by };
    // The chain of a file that is recorded tells of an inbox.
    if (!this.wanted.recorded) {
      await this.add('postal_delivery', { referral_id, ...post, sealed: this.sealed('postal_delivery', referral_id) });
    }
    await this.add('alert', { referral_id, authority_id });
    const actor = randomUUID();
    const accused = { id: actor, name: 'Invented service', country: 'RW', authorityId: null };
    await this.add('persecution_actor', {
      id: actor,
      country: 'RW',
      sealed: this.sealed('persecution_actor', actor, accused),
      recorded_by: by,
      recorded_at: this.at,
    });
    await this.record('case', this.caseId, 'RECORD_PERSECUTION_ACTOR', { payload: accused });
    await this.askToUnblock(actor);
  }

  /** It waits for a second person; the database takes the asking from nobody but the asker. */
  private async askToUnblock(subject_id: string): Promise<void> {
    const { by } = this.wanted;
    await this.owner.query(`SELECT set_config('f1.actor', $1, false)`, [by]);
    const asking = { id: randomUUID(), kind: 'persecutionActor', subject_id, asked_by: by, asked_at: this.at };
    await this.add('unblocking', asking);
    await this.owner.query(`SELECT set_config('f1.actor', '', false)`);
    const payload = { id: subject_id, reason: 'invented' };
    await this.record('case', this.caseId, 'ASK_PERSECUTION_ACTOR_WITHDRAWAL', { payload });
  }
}
