import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { DataKey } from '../../src/platform/database/sealing.js';
import { writeAssessment, writeInterview, writePackageParts, writeTrack } from './case-file-examination.js';
import { writeReferrals } from './case-file-referrals.js';
import { type FileWanted, FileWriter, HASH, insert } from './case-file-writer.js';

export interface CaseFileIds {
  readonly caseId: string;
  readonly personId: string;
  readonly interviewId: string;
  readonly referralIds: readonly string[];
}

const APPLICANT = { name: 'Exemplaris' };

/** A whole file written by plain SQL as the owner, with a row in every table that is about a case, so that policies can be asked about each. */
export async function aCaseFile(owner: pg.Client, wanted: FileWanted): Promise<CaseFileIds> {
  const caseId = randomUUID();
  const key = DataKey.create(caseId);
  const file = new FileWriter(owner, wanted, caseId, key);
  await owner.query('BEGIN');
  await definitions(owner);
  await writeCase(file);
  const personId = await writePerson(file);
  const interviewId = await writeInterview(file);
  const decisionId = await writeAssessment(file, interviewId);
  await writePackageParts(file, interviewId);
  await writeTrack(file);
  const referralIds = await writeReferrals(file, decisionId, wanted.authorities ?? []);
  await owner.query('COMMIT');
  return { caseId, personId, interviewId, referralIds };
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

async function writeCase(file: FileWriter): Promise<void> {
  const about = { unit: file.wanted.unit, country: 'RW', procedure: 'first' };
  const { events, head } = await file.chain('case', file.caseId, file.wanted.events ?? 3, about);
  await insert(file.owner, 'case_file', {
    id: file.caseId,
    reference: `TEST-${file.caseId}`,
    unit: file.wanted.unit,
    procedure_type: 'first',
    country_of_origin: 'RW',
    workflow_hash: HASH,
    stage: 'test',
    analysis_revision: 1,
    created_at: file.at,
    created_by: file.wanted.by,
    ...head,
  });
  await file.add('data_key', { wrapped: file.key.wrap(file.wanted.keys), master_key_id: file.wanted.keys.master.id });
  await file.addEvents(events);
  await insert(file.owner, 'command', { actor_id: file.wanted.by, key: file.caseId, request_hash: '0'.repeat(64) });
  const { by } = file.wanted;
  const assigned = { role: 'caseOfficer', assigned_at: file.at, assigned_by: by };
  const assignment = randomUUID();
  await file.add('assignment', { id: assignment, user_id: by, ...assigned });
  const words = { assignmentId: assignment, userId: by, role: assigned.role };
  await file.record('case', file.caseId, 'ASSIGN', { payload: words });
  const clock = { half_at: file.at, most_at: file.at, due_at: new Date() };
  const triage = randomUUID();
  await file.add('deadline', { id: triage, kind: 'triage', subject_id: file.caseId, source: 'house rule', ...clock });
  const task = {
    id: randomUUID(),
    kind: 'deadline',
    deadline_id: triage,
    assignee_id: by,
    because: 'assigned',
    step: 50,
  };
  await file.add('task', task);
  await writeDeparture(file);
  await writeKeeping(file);
  await file.storedFile('document', 'case', file.caseId);
}

async function writeKeeping(file: FileWriter): Promise<void> {
  const id = randomUUID();
  const others = 'SELECT id FROM app_user WHERE id <> $1 ORDER BY username LIMIT 1';
  const { rows } = await file.owner.query<{ id: string }>(others, [file.wanted.by]);
  const released = { released_by: rows[0]!.id, released_at: file.at };
  await file.add('legal_hold', {
    id,
    basis: 'a law for tests',
    placed_by: file.wanted.by,
    placed_at: file.at,
    ...released,
  });
  await file.record('case', file.caseId, 'PLACE_LEGAL_HOLD', { facets: { hold: id } });
  await file.record('case', file.caseId, 'RELEASE_LEGAL_HOLD', { facets: { holds: [id] }, by: released.released_by });
  const asked = { basis: 'a law for tests', asked_by: file.wanted.by, asked_at: file.at };
  await file.add('erasure', { id: randomUUID(), ...asked });
}

async function writeDeparture(file: FileWriter): Promise<void> {
  const id = randomUUID();
  const recorded = { recorded_by: file.wanted.by, recorded_at: file.at };
  await file.add('departure', { id, expected_at: '2999-01-01T00:00:00Z', ...recorded });
  await file.record('case', file.caseId, 'EXPECT_DEPARTURE', { facets: { departure: id } });
}

async function writePerson(file: FileWriter): Promise<string> {
  const id = randomUUID();
  const { events, head } = await file.chain('person', id, 1, {}, APPLICANT);
  await file.add('person', {
    id,
    workflow_hash: HASH,
    sealed: file.sealed('person', id, APPLICANT),
    identity_recorded_by: file.wanted.by,
    has_representative: false,
    ...head,
  });
  await file.addEvents(events);
  await file.add('person_country', { person_id: id, country: 'RW', link: 'origin' });
  await file.add('person_token', { person_id: id, kind: 'normalised', token: Buffer.from('token') });
  return id;
}
