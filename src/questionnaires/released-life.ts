import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { QuestionnaireFile } from '../domain/questionnaire/format.js';
import type { Plan, SourceFile } from '../domain/questionnaire/plan.js';
import { compileWorkflow, isWorkflow, type CompiledWorkflow } from '../domain/workflow/compile.js';
import { decide, initial, type Snapshot } from '../domain/workflow/decide.js';
import type { QuestionnaireFacts } from '../domain/workflow/vocabulary/questionnaire.js';
import { nextEvent } from '../platform/database/next-event.js';
import { canonical } from '../platform/database/sealing.js';
import { bodyHashOf } from './draft-files.js';

/** A questionnaire version as files bring it: with a release, or imported at the console. */
export interface Brought {
  readonly pack: string;
  readonly countries: readonly string[];
  readonly plan: Plan;
}

/** What a release may do; nobody's approval is asked, because the release itself was approved and signed. */
const RELEASE: QuestionnaireFacts = {
  actorRoles: ['system'],
  actorIsAuthor: false,
  lintIsClean: true,
  scenariosPass: true,
  differenceSeen: true,
  inRelease: true,
  numberIsNext: true,
  approvalIsCurrent: true,
  anotherServes: true,
  migration: { open: false, underWay: false, actorProposed: false, tried: false, fits: false, goesBack: false },
};

export async function findLife(
  owner: pg.Client,
  code: string,
  number: number,
): Promise<{ id: string; stage: string } | undefined> {
  const { rows } = await owner.query<{ id: string; stage: string }>(
    `SELECT id, stage FROM questionnaire_version WHERE code = $1 AND number = $2 AND stage <> 'discarded'`,
    [code, number],
  );
  return rows[0];
}

/** The life of a version that is published with a release: it begins published, and its chain says by what. */
export async function beginPublished(owner: pg.Client, brought: Brought, publishedAt: Date): Promise<string> {
  const chart = await chartOf(owner);
  const decided = decide(chart, initial(chart).snapshot, { type: 'PUBLISH_RELEASE' }, RELEASE);
  if (!decided.ok) throw new Error(`a release cannot publish: ${decided.because.join(' ')}`);
  const { snapshot, stage } = decided;
  const files = { bodyHash: bodyHashOf(brought.plan), body: null };
  return write(owner, chart, brought, { type: 'PUBLISH_RELEASE', snapshot, stage, publishedAt, ...files });
}

/** A draft that nobody here wrote: whoever submits it answers for it, and somebody else approves it. */
export async function beginDraft(owner: pg.Client, brought: Brought, files: readonly SourceFile[]): Promise<string> {
  const chart = await chartOf(owner);
  const { snapshot, stage } = initial(chart);
  const body = { files };
  const bodyHash = bodyHashOf(body);
  return write(owner, chart, brought, { type: 'CREATE_DRAFT', snapshot, stage, publishedAt: null, bodyHash, body });
}

type Chart = CompiledWorkflow<'questionnaire'>;

interface Begun {
  readonly type: string;
  readonly snapshot: Snapshot;
  readonly stage: string;
  readonly publishedAt: Date | null;
  readonly bodyHash: string;
  readonly body: object | null;
}

async function write(
  owner: pg.Client,
  chart: Chart,
  { pack, countries, plan }: Brought,
  begun: Begun,
): Promise<string> {
  const { type, snapshot, stage, publishedAt, bodyHash, body } = begun;
  const id = randomUUID();
  const at = await timeOf(owner);
  const event = nextEvent({ id, event_seq: 0, event_hash: null }, undefined, {
    aggregateKind: 'questionnaire',
    caseId: null,
    type,
    actorId: null,
    at,
    facets: { state: snapshot, code: plan.id, number: plan.version, bodyHash, hash: plan.hash },
  });
  const { title } = plan.files[0]?.content as QuestionnaireFile;
  await insert(owner, 'questionnaire_version', {
    id,
    pack,
    code: plan.id,
    number: plan.version,
    purpose: plan.purpose,
    countries,
    title: canonical(title),
    body: body && canonical(body),
    body_hash: bodyHash,
    hash: plan.hash,
    workflow_hash: chart.hash,
    snapshot: canonical(snapshot),
    stage,
    created_at: at,
    published_at: publishedAt,
    ...event.head,
  });
  await insert(owner, 'event', { ...event.row, facets: canonical(event.row['facets']) });
  return id;
}

async function insert(owner: pg.Client, table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
  const columns = Object.keys(row);
  const places = columns.map((_, index) => `$${index + 1}`).join(', ');
  await owner.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`, Object.values(row));
}

/** The newest chart of questionnaires; workflows are published before them. */
async function chartOf(owner: pg.Client): Promise<Chart> {
  const { rows } = await owner.query<{ body: unknown }>(
    `SELECT body FROM workflow WHERE kind = 'questionnaire' ORDER BY version DESC LIMIT 1`,
  );
  const compiled = compileWorkflow(rows[0]?.body, { file: 'the questionnaire workflow in the database' });
  if (!compiled.ok || !isWorkflow(compiled.workflow, 'questionnaire'))
    throw new Error('no usable questionnaire workflow is published: publish the workflows first');
  return compiled.workflow;
}

/** The database's time with the milliseconds that events carry. */
export async function timeOf(owner: pg.Client): Promise<Date> {
  const { rows } = await owner.query<{ now: Date }>(`SELECT date_trunc('milliseconds', f1_now()) AS now`);
  return rows[0]!.now;
}
