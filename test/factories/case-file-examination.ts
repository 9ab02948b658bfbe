import { createHash, randomUUID } from 'node:crypto';
import { canonical } from '../../src/platform/database/sealing.js';
import { type FileWriter, HASH, type Row, SAID } from './case-file-writer.js';

const REASONS = { reasons: 'invented' };
const REVISION = { analysis_revision: 1 };
const SCOPE = 'refugeeStatus';

export async function writeInterview(file: FileWriter): Promise<string> {
  const id = randomUUID();
  const { by } = file.wanted;
  const { events, head } = await file.chain('interview', id, 2, { purpose: 'exclusion' });
  await file.add('interview', {
    id,
    purpose: 'exclusion',
    interviewer_id: by,
    created_at: file.at,
    workflow_hash: HASH,
    sealed: file.sealed('interview', id),
    ...head,
  });
  await file.addEvents(events);
  const inIt = { interview_id: id };
  await file.add('interview_questionnaire', { ...inIt, questionnaire_hash: HASH, position: 0 });
  const answer = randomUUID();
  await file.add('answer', {
    ...inIt,
    id: answer,
    question_id: 'q1',
    revision: 1,
    sealed: file.sealed('answer', answer, { value: 'yes' }),
    recorded_by: by,
    recorded_at: file.at,
  });
  const said = { id: answer, questionId: 'q1', revision: 1, concurrent: false, basedOn: null, value: 'yes' };
  const indicator = { indicator_id: 'i1', severity: 'high', ground: '1F(a)' };
  const raises = [{ id: 'i1', severity: indicator.severity, ground: indicator.ground }];
  await file.record('interview', id, 'RECORD_ANSWER', { payload: { answer: said, raised: raises, cleared: [] } });
  await file.add('interview_draft', { ...inIt, sealed: file.sealed('interview_draft', id), saved_by: by });
  const raised = randomUUID();
  const because = { ...indicator, raised_at: file.at, sealed: file.sealed('raised_indicator', raised) };
  await file.add('raised_indicator', { ...inIt, id: raised, ...because });
  const recording_id = await file.storedFile('recording', 'interview', id);
  await file.add('recording_mark', { recording_id, question_id: 'q1', at_ms: 0 });
  const notice = randomUUID();
  const served = { served_at: file.at, served_by: by, sealed: file.sealed('notice', notice) };
  await file.add('notice', { ...inIt, id: notice, kind: 'purpose', ...served });
  await file.record('interview', id, 'GIVE_NOTICE', { payload: SAID });
  return id;
}

/** The analysis, what of it was disclosed and answered, its review, the suspicion, and the decision, whose id it gives. */
export async function writeAssessment(file: FileWriter, interviewId: string): Promise<string> {
  const allegationId = await writeAllegation(file, interviewId);
  await writeDisclosure(file, interviewId);
  await writeReview(file, allegationId);
  return writeDecision(file, allegationId);
}

const onCase = (file: FileWriter, type: string, payload: Row, facets: Row = {}): Promise<void> =>
  file.record('case', file.caseId, type, { payload, facets });

async function writeAllegation(file: FileWriter, interviewId: string): Promise<string> {
  const allegation_id = randomUUID();
  const about = { ground: '1F(a)', crime: 'genocide', scope: SCOPE };
  await file.add('allegation', {
    id: allegation_id,
    ...about,
    template_version: 1,
    sealed: file.sealed('allegation', allegation_id, { act: SAID, exculpatory: null }),
    position: 0,
    intended_to_stand: true,
    complete: true,
    exculpatory_assessed: true,
    below_responsibility: false,
    minor_at_act: false,
  });
  await file.add('analysis_author', { user_id: file.wanted.by });
  const finding = { finding: 'met', sealed: file.sealed('element_finding', `${allegation_id}:act`, REASONS) };
  await file.add('element_finding', { allegation_id, element: 'act', ...finding });
  const source = { source_kind: 'interview', source_ref: interviewId };
  await file.add('evidence', { id: randomUUID(), allegation_id, element: 'act', ...source, exculpatory: false });
  const evidence = [{ kind: 'interview', ref: interviewId, exculpatory: false }];
  const elements = [{ element: 'act', finding: 'met', ...REASONS, evidence }];
  const content = { ...about, intendedToStand: true, act: SAID, elements };
  await onCase(file, 'EDIT_ANALYSIS', { allegationId: allegation_id, content });
  return allegation_id;
}

/** What was disclosed to the applicant, and what the applicant handed in. */
async function writeDisclosure(file: FileWriter, interviewId: string): Promise<void> {
  const { by } = file.wanted;
  const [disclosed, submitted] = [randomUUID(), randomUUID()];
  const disclosure = { id: disclosed, sourceKind: 'interview', sourceRef: interviewId };
  const told = { sealed: file.sealed('disclosure', disclosed, disclosure), disclosed_at: file.at, disclosed_by: by };
  const source = { source_kind: 'interview', source_ref: interviewId };
  await file.add('disclosure', { id: disclosed, ...source, ...told });
  await onCase(file, 'RECORD_DISCLOSURE', disclosure);
  const submission = { id: submitted, kind: 'other', ...SAID };
  const received = { sealed: file.sealed('submission', submitted, submission), received_at: file.at };
  await file.add('submission', { id: submitted, kind: 'other', ...received, recorded_by: by });
  await onCase(file, 'RECORD_SUBMISSION', submission);
}

/** The second pair of eyes, and the suspicion that is proposed. */
async function writeReview(file: FileWriter, allegationId: string): Promise<void> {
  const { by } = file.wanted;
  const review = randomUUID();
  await file.add('review', {
    id: review,
    kind: 'analysis',
    ...REVISION,
    reviewer_id: by,
    outcome: 'approved',
    sealed: file.sealed('review', review, REASONS),
    at: file.at,
  });
  await onCase(file, 'APPROVE_REVIEW', REASONS);
  const suspicion = randomUUID();
  await file.add('suspicion_decision', {
    id: suspicion,
    ...REVISION,
    suspicion: true,
    allegation_ids: [allegationId],
    sealed: file.sealed('suspicion_decision', suspicion, REASONS),
    proposed_by: by,
    proposed_at: file.at,
  });
  await onCase(file, 'PROPOSE_SUSPICION', { ...REASONS, suspicion: true, allegationIds: [allegationId] });
}

/** The decision with its appeal and a correction. */
async function writeDecision(file: FileWriter, allegationId: string): Promise<string> {
  const decision_id = randomUUID();
  const outcome = file.wanted.authorities?.length ? 'excluded' : 'notExcluded';
  const words = { ...REASONS, allegations: [{ allegationId, stands: true, ...REASONS }] };
  const decided = { decided_by: file.wanted.by, decided_at: file.at };
  const sealed = file.sealed('decision', decision_id, words);
  await file.add('decision', { id: decision_id, outcome, ...REVISION, sealed, ...decided });
  const about = { decision_id, allegation_id: allegationId, ground: '1F(a)', scope: SCOPE };
  await file.add('decision_allegation', { ...about, stands: true });
  await onCase(file, outcome === 'excluded' ? 'DECIDE_EXCLUSION' : 'DECIDE_NOT_EXCLUDED', words);
  const appeal = randomUUID();
  await file.add('appeal', { id: appeal, decision_id, sealed: file.sealed('appeal', appeal), lodged_at: file.at });
  await onCase(file, 'APPEAL', SAID);
  await file.add('correction', { id: randomUUID(), decision_id, reason: 'factualError' });
  return decision_id;
}

/** Somebody named, a source that refused, a translation, and an override that waits. */
export async function writePackageParts(file: FileWriter, interview_id: string): Promise<void> {
  const { by } = file.wanted;
  const [person, source, translation, override] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await writeAgreement(file, interview_id);
  const recorded = { recorded_by: by, recorded_at: file.at };
  const about = { category: 'witness', relation: 'sibling' };
  await file.add('third_person', { id: person, ...about, sealed: file.sealed('third_person', person), ...recorded });
  await onCase(file, 'RECORD_THIRD_PERSON', { id: person, ...SAID }, about);
  const sealed = file.sealed('undisclosed_exculpatory', source);
  await file.add('undisclosed_exculpatory', { id: source, sealed, ...recorded });
  await onCase(file, 'RECORD_UNDISCLOSED_EXCULPATORY', { id: source, ...SAID });
  const statement_id = randomUUID();
  const words = { sealed: file.sealed('translation', translation), added_by: by, added_at: file.at };
  await file.add('translation', { id: translation, interview_id, statement_id, ...words });
  await onCase(file, 'ADD_TRANSLATION', {
    id: translation,
    interviewId: interview_id,
    statementId: statement_id,
    ...SAID,
  });
  const gaps = [{ code: 'recordOpen', subject: interview_id, sentence: 'invented' }];
  const gaps_hash = createHash('sha256').update(canonical(gaps)).digest('hex');
  await file.add('package_override', {
    id: override,
    kind: 'exclusion',
    analysis_revision: 1,
    gaps: JSON.stringify(gaps),
    gaps_hash,
    sealed: file.sealed('package_override', override),
    asked_by: by,
    asked_at: file.at,
  });
  const pinned = { kind: 'exclusion', gapsHash: gaps_hash, analysisRevision: 1 };
  await onCase(file, 'ASK_PACKAGE_OVERRIDE', { id: override, ...SAID }, pinned);
}

async function writeAgreement(file: FileWriter, interview_id: string): Promise<void> {
  const { by } = file.wanted;
  const [id, step] = [randomUUID(), randomUUID()];
  const agreed = { id, category: 'witness', interviewId: interview_id, questionIds: ['q1'] };
  await file.add('account_agreement', {
    id,
    interview_id,
    question_ids: agreed.questionIds,
    category: agreed.category,
    sealed: file.sealed('account_agreement', id, agreed),
    recorded_by: by,
    recorded_at: file.at,
  });
  await file.record('case', file.caseId, 'RECORD_AGREEMENT', { payload: agreed });
  const asked = { agreementId: id, reasons: 'invented' };
  const proposed = { step: 'proposed', sealed: file.sealed('account_step', step, asked), at: file.at, by_id: by };
  await file.add('account_step', { id: step, agreement_id: id, ...proposed });
  await file.record('case', file.caseId, 'REFER_ACCOUNT', { payload: asked });
}

/** Who cannot be removed although excluded, with the track that stays open. */
export async function writeTrack(file: FileWriter): Promise<void> {
  const id = randomUUID();
  const words = { ...SAID, route: 'none' };
  const sealed = file.sealed('prosecution_track', id, words);
  await file.add('prosecution_track', {
    id,
    step: 'opened',
    route: 'none',
    sealed,
    at: file.at,
    by_id: file.wanted.by,
  });
  await file.record('case', file.caseId, 'RECORD_REMOVAL_BAR', { payload: words });
}
