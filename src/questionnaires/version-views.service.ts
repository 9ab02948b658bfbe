import { Injectable } from '@nestjs/common';
import type { Plan } from '../domain/questionnaire/plan.js';
import { allowedCommands, positionOf } from '../domain/workflow/decide.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import type { Actor } from '../platform/http/actor.js';
import { InvalidInput } from '../platform/http/problem.js';
import { type Page, pageOf, readCursor } from '../platform/http/page.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import { type DraftFiles, identityOf } from './draft-files.js';
import { preview, type Preview, type PreviewRequest } from './preview.js';
import type { Proof } from './proof.js';
import { type Difference, ProofsService } from './proofs.service.js';
import { type LifeView, type QuestionnaireView, questionnaireSummary, type Stage } from './questionnaire.view.js';
import type { VersionEventView } from './version-history.view.js';
import type { Purpose } from './questionnaire.store.js';
import { QuestionnairesService } from './questionnaires.service.js';
import type { UsageView } from './usage.view.js';
import { versionFacts } from './version-facts.js';
import { type PublishedRow, type VersionRow, VersionStore } from './version.store.js';

type Found = VersionRow & { readonly body: DraftFiles };

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
  get(actor: Actor, name: string): Promise<{ view: QuestionnaireView; version: number }> {
    return this.reading(actor, name, async (tx, record) => {
      const sees = actor.roles.includes('author') || actor.roles.includes('auditor');
      const view = { ...questionnaireSummary(record), files: record.body.files };
      return {
        view: sees ? { ...view, life: await this.lifeInTx(tx, actor, record) } : view,
        version: record.version,
      };
    });
  }

  proof(actor: Actor, name: string): Promise<Proof> {
    return this.reading(actor, name, (tx, record) => this.proofInTx(tx, record));
  }

  /** The same for files that nobody has saved. */
  proofOf(actor: Actor, sent: DraftFiles): Promise<Proof> {
    return this.database.inActorTx(actor.id, async (tx) => this.proofs.of(await this.wholeInTx(tx, sent)));
  }

  preview(actor: Actor, name: string, request: PreviewRequest): Promise<Preview> {
    return this.reading(actor, name, async (tx, record) => preview(await this.planInTx(tx, record), request));
  }

  previewOf(actor: Actor, sent: DraftFiles, request: PreviewRequest): Promise<Preview> {
    return this.database.inActorTx(actor.id, async (tx) =>
      preview(playable(this.proofs.of(await this.wholeInTx(tx, sent))), request),
    );
  }

  /**
   * To another published version of the same questionnaire; not said: of a draft to the newest in use, of a published one to the
   * one before. null where there is none.
   */
  difference(actor: Actor, name: string, against?: string): Promise<Difference | null> {
    return this.reading(actor, name, async (tx, record) => {
      if (against === undefined && record.published_at === null)
        return (await this.proofs.differenceInTx(tx, record, record.body)) ?? null;
      const other =
        against === undefined ? await this.store.findBeforeInTx(tx, record) : await this.otherInTx(tx, record, against);
      return other
        ? this.proofs.betweenInTx(tx, other, record, await this.proofs.planInTx(tx, record, record.body))
        : null;
    });
  }

  private async otherInTx(tx: Tx, { code }: Found, against: string): Promise<PublishedRow> {
    const { hash, published_at, ...other } = (await this.store.findInTx(tx, against)) ?? {
      hash: null,
      published_at: null,
      code: '',
    };
    if (hash === null || published_at === null || other.code !== code) {
      const detail = `names no published version of ${code}: send the id or hash of one, or leave it out`;
      throw new InvalidInput([{ pointer: '/against', detail }]);
    }
    return { ...(other as Found), hash };
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

  private reading<T>(actor: Actor, name: string, work: (tx: Tx, record: Found) => Promise<T>): Promise<T> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const record = await this.store.findInTx(tx, name);
      if (!record) throw new NotFound('questionnaire');
      return work(tx, record);
    });
  }

  private async lifeInTx(tx: Tx, actor: Actor, record: Found): Promise<LifeView> {
    const row = await this.store.factsInTx(tx, record.id, actor.id);
    const proof = await this.proofInTx(tx, record);
    const difference =
      record.published_at === null ? await this.proofs.differenceInTx(tx, record, record.body) : undefined;
    const workflow = this.workflows.get('questionnaire', record.workflow_hash);
    const approvals = await this.store.approvalsInTx(tx, record.id);
    return {
      authors: await this.store.authorsInTx(tx, record.id),
      approvals: approvals.map(({ body_hash, difference_hash, at, ...one }) => ({
        ...one,
        at: at.toISOString(),
        differenceHash: difference_hash,
        ofTheseFiles: body_hash === record.body_hash,
      })),
      allowedCommands: allowedCommands(
        workflow,
        record.snapshot,
        versionFacts({ actor, record, row, proof, difference }),
      ).filter(({ type }) => type !== 'PUBLISH_RELEASE'),
    };
  }

  /** Nothing asks again for a proof of what is published. */
  private async proofInTx(tx: Tx, record: Found): Promise<Proof> {
    if (record.published_at === null) return this.proofs.of(record.body, record.body_hash);
    const plan = await this.planInTx(tx, record);
    return { plan, problems: [], findings: [], scenarios: [], clean: true, scenariosPass: true };
  }

  private async planInTx(tx: Tx, record: Found): Promise<Plan> {
    if (record.published_at !== null && record.hash !== null) return this.questionnaires.planInTx(tx, [record.hash]);
    return playable(this.proofs.of(record.body, record.body_hash));
  }

  private async wholeInTx(tx: Tx, sent: DraftFiles): Promise<DraftFiles> {
    const { pack } = identityOf(sent);
    return { files: [...sent.files, ...(await this.store.lentInTx(tx, pack, sent.files))] };
  }
}

const MOST_CASES = 200;

function playable({ plan, problems, findings }: Proof): Plan {
  if (plan) return plan;
  const errors = findings.filter(({ severity }) => severity === 'error');
  const first = errors[0]?.reason ?? problems[0]?.message ?? '';
  throw new DomainError('conflict', `It cannot be played before it compiles. Put this right first: ${first}`, {
    problems: problems.slice(0, 100),
    findings: errors.slice(0, 100),
  });
}
