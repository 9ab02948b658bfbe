import { Injectable } from '@nestjs/common';
import { allowedCommands, positionOf } from '../domain/workflow/decide.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import type { Actor } from '../platform/http/actor.js';
import { InvalidInput } from '../platform/http/problem.js';
import { type Page, pageOf, readCursor } from '../platform/http/page.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import { type DraftFiles, identityOf } from './draft-files.js';
import type { Preview, PreviewRequest } from './preview.js';
import { compiledOf, type Proof, SETTLED } from './proof.js';
import { type Difference, type Pair, ProofsService, sourceOf } from './proofs.service.js';
import { type LifeView, type QuestionnaireView, questionnaireSummary, type Stage } from './questionnaire.view.js';
import type { VersionEventView } from './version-history.view.js';
import type { Purpose } from './questionnaire.store.js';
import { QuestionnairesService } from './questionnaires.service.js';
import { type ReferenceEntryView, referencePage, type ReferenceQuery, wantedOf } from './reference.view.js';
import type { UsageView } from './usage.view.js';
import { versionFacts } from './version-facts.js';
import { type PublishedRow, type StoredVersion, type VersionRow, VersionStore } from './version.store.js';

export interface VersionListQuery {
  readonly country?: string;
  readonly purpose?: Purpose;
  readonly stage?: Stage;
  readonly cursor?: string;
  readonly limit: number;
}

/** Questionnaires as people see them; row-level security decides which there are. */
@Injectable()
export class VersionViewsService {
  constructor(
    private readonly database: Database,
    private readonly workflows: WorkflowsService,
    private readonly store: VersionStore,
    private readonly proofs: ProofsService,
    private readonly questionnaires: QuestionnairesService,
  ) {}

  list(actor: Actor, query: VersionListQuery): Promise<Page<VersionRow>> {
    const after = readCursor(query.cursor, ['code', 'number', 'id']);
    return this.database.inActorTx(actor.id, async (tx) => {
      const rows = await this.store.listInTx(tx, {
        country: query.country ?? null,
        purpose: query.purpose ?? null,
        stage: query.stage ?? 'published',
        after: after ? [String(after['code']), Number(after['number']), String(after['id'])] : null,
        limit: query.limit + 1,
      });
      return pageOf(
        rows,
        query.limit,
        (row) => row,
        ({ code, number, id }) => ({ code, number, id }),
      );
    });
  }

  /** With the version its ETag names. */
  async get(actor: Actor, name: string): Promise<{ view: QuestionnaireView; version: number }> {
    const sees = actor.roles.includes('author') || actor.roles.includes('auditor');
    const { record, life } = await this.reading(actor, name, async (tx, found) => ({
      record: found,
      life: sees ? await this.lifeRowsInTx(tx, actor, found) : undefined,
    }));
    const view = { ...questionnaireSummary(record), files: record.body.files };
    return { view: life ? { ...view, life: await this.lifeOf(actor, record, life) } : view, version: record.version };
  }

  /** Nothing asks again for a proof of what is published. */
  async proof(actor: Actor, name: string): Promise<Proof> {
    const { draft, plan } = await this.reading(actor, name, async (tx, record) =>
      record.published_at !== null && record.hash !== null
        ? { plan: await this.questionnaires.planInTx(tx, [record.hash]) }
        : { draft: record },
    );
    if (plan) return { ...SETTLED, compiled: compiledOf(plan) };
    return this.proofs.of(draft.body, draft.body_hash);
  }

  /** The same for files that nobody has saved. */
  async proofOf(actor: Actor, sent: DraftFiles): Promise<Proof> {
    return this.proofs.of(await this.wholeOf(actor, sent));
  }

  async preview(actor: Actor, name: string, request: PreviewRequest): Promise<Preview> {
    const record = await this.reading(actor, name, (_, found) => Promise.resolve(found));
    const played = await this.proofs.preview(sourceOf(record), request);
    return played ?? unplayable(await this.proofs.of(record.body, record.body_hash));
  }

  async previewOf(actor: Actor, sent: DraftFiles, request: PreviewRequest): Promise<Preview> {
    const draft = await this.wholeOf(actor, sent);
    return (await this.proofs.preview(draft, request)) ?? unplayable(await this.proofs.of(draft));
  }

  /** Entries of its reference data that match, best first. */
  async reference(actor: Actor, name: string, query: ReferenceQuery): Promise<Page<ReferenceEntryView>> {
    const record = await this.reading(actor, name, (_, found) => Promise.resolve(found));
    const found = await this.proofs.search(sourceOf(record), wantedOf(query));
    return referencePage(found ?? unplayable(await this.proofs.of(record.body, record.body_hash)), query);
  }

  /**
   * To another published version of the same questionnaire; not said: of a draft to the newest in use, of a published one to the
   * one before. null where there is none.
   */
  async difference(actor: Actor, name: string, against?: string): Promise<Difference | null> {
    const pair = await this.reading(actor, name, (tx, record) => this.pairInTx(tx, record, against));
    return pair ? this.proofs.between(pair) : null;
  }

  private async pairInTx(tx: Tx, record: StoredVersion, against: string | undefined): Promise<Pair | undefined> {
    if (against === undefined && record.published_at === null) return this.proofs.pairInTx(tx, record);
    const other =
      against === undefined ? await this.store.findBeforeInTx(tx, record) : await this.otherInTx(tx, record, against);
    return other && this.proofs.pairWithInTx(tx, other, record);
  }

  private async otherInTx(tx: Tx, { code }: StoredVersion, against: string): Promise<PublishedRow> {
    const { hash, published_at, ...other } = (await this.store.findInTx(tx, against)) ?? {
      hash: null,
      published_at: null,
      code: '',
    };
    if (hash === null || published_at === null || other.code !== code) {
      const detail = `names no published version of ${code}: send the id or hash of one, or leave it out`;
      throw new InvalidInput([{ pointer: '/against', detail }]);
    }
    return { ...(other as StoredVersion), hash };
  }

  /** What happened to it, oldest first. */
  history(actor: Actor, name: string, query: { cursor?: string; limit: number }): Promise<Page<VersionEventView>> {
    const after = readCursor(query.cursor, ['seq']);
    return this.reading(actor, name, async (tx, record) => {
      const workflow = this.workflows.get('questionnaire', record.workflow_hash);
      const rows = await this.store.eventsInTx(tx, record.id, Number(after?.['seq'] ?? 0), query.limit + 1);
      return pageOf(
        rows,
        query.limit,
        ({ seq, type, at, by, facets: { state, ...content }, hash }) => ({
          seq,
          type,
          at: at.toISOString(),
          by,
          state: positionOf(workflow, state).regions[0]?.label ?? '',
          content,
          hash: hash.toString('hex'),
        }),
        ({ seq }) => ({ seq }),
      );
    });
  }

  usage(actor: Actor, name: string): Promise<UsageView> {
    return this.reading(actor, name, async (tx, { hash }) => {
      if (hash === null) return { interviews: 0, byState: [], cases: [], more: false };
      const counted = await this.store.usageInTx(tx, hash);
      const byState = new Map<string, { state: string; label: string; closed: boolean; interviews: number }>();
      for (const { workflow_hash, snapshot, interviews } of counted) {
        const { regions, stage: state } = positionOf(this.workflows.get('interview', workflow_hash), snapshot);
        const known = byState.get(state);
        const closed = regions.every(({ final }) => final);
        const label = regions[0]?.label ?? state;
        byState.set(state, { state, label, closed, interviews: (known?.interviews ?? 0) + interviews });
      }
      const cases = await this.store.casesInTx(tx, hash, MOST_CASES + 1);
      return {
        interviews: counted.reduce((sum, { interviews }) => sum + interviews, 0),
        byState: [...byState.values()],
        cases: cases.slice(0, MOST_CASES),
        more: cases.length > MOST_CASES,
      };
    });
  }

  private reading<T>(actor: Actor, name: string, work: (tx: Tx, record: StoredVersion) => Promise<T>): Promise<T> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const record = await this.store.findInTx(tx, name);
      if (!record) throw new NotFound('questionnaire');
      return work(tx, record);
    });
  }

  private async lifeRowsInTx(tx: Tx, actor: Actor, record: StoredVersion) {
    return {
      row: await this.store.factsInTx(tx, record.id, actor.id),
      approvals: await this.store.approvalsInTx(tx, record.id),
      authors: await this.store.authorsInTx(tx, record.id),
      pair: record.published_at === null ? await this.proofs.pairInTx(tx, record) : undefined,
    };
  }

  private async lifeOf(
    actor: Actor,
    record: StoredVersion,
    { row, approvals, authors, pair }: LifeRows,
  ): Promise<LifeView> {
    const looked =
      record.published_at === null ? await this.proofs.look(record, pair) : { proof: SETTLED, difference: undefined };
    const workflow = this.workflows.get('questionnaire', record.workflow_hash);
    return {
      authors,
      approvals: approvals.map(({ body_hash, difference_hash, at, ...one }) => ({
        ...one,
        at: at.toISOString(),
        differenceHash: difference_hash,
        ofTheseFiles: body_hash === record.body_hash,
      })),
      allowedCommands: allowedCommands(
        workflow,
        record.snapshot,
        versionFacts({ actor, record, row, ...looked }),
      ).filter(({ type }) => type !== 'PUBLISH_RELEASE'),
    };
  }

  private wholeOf(actor: Actor, sent: DraftFiles): Promise<DraftFiles> {
    const { pack } = identityOf(sent);
    return this.database.inActorTx(actor.id, async (tx) => ({
      files: [...sent.files, ...(await this.store.lentInTx(tx, pack, sent.files))],
    }));
  }
}

type LifeRows = Awaited<ReturnType<VersionViewsService['lifeRowsInTx']>>;

const MOST_CASES = 200;

function unplayable({ problems, findings }: Proof): never {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const first = errors[0]?.reason ?? problems[0]?.message ?? '';
  throw new DomainError('conflict', `It cannot be played before it compiles. Put this right first: ${first}`, {
    problems: problems.slice(0, 100),
    findings: errors.slice(0, 100),
  });
}
