import { Injectable } from '@nestjs/common';
import type { Text } from '../domain/questionnaire/format.js';
import type { SourceFile } from '../domain/questionnaire/plan.js';
import type { Snapshot } from '../domain/workflow/decide.js';
import type { LockedRow, Tx } from '../platform/database/database.js';
import { missingModules, packOf, type DraftFiles } from './draft-files.js';
import type { Purpose } from './questionnaire.store.js';

/** One version of one questionnaire in its life; files aside. */
export interface VersionRow {
  readonly id: string;
  readonly pack: string;
  readonly code: string;
  readonly number: number;
  readonly purpose: Purpose;
  readonly countries: readonly string[];
  readonly title: Text;
  readonly body_hash: string;
  readonly hash: string | null;
  readonly workflow_hash: string;
  readonly snapshot: Snapshot;
  readonly stage: string;
  readonly version: number;
  readonly review_due_at: Date | null;
  readonly event_seq: number;
  readonly event_hash: Buffer | null;
  readonly created_at: Date;
  readonly published_at: Date | null;
  readonly retired_at: Date | null;
}

export type StoredVersion = VersionRow & { readonly body: DraftFiles };

export type LockedVersion = VersionRow & LockedRow & { readonly body: DraftFiles | null };

export interface PublishedRow {
  readonly id: string;
  readonly hash: string;
  readonly code: string;
  readonly number: number;
}

export interface ApprovalRow {
  readonly outcome: 'approved' | 'returned';
  readonly body_hash: string;
  readonly against: string | null;
  readonly difference_hash: string | null;
  readonly reason: string | null;
  readonly by: string;
  readonly at: Date;
}

export interface VersionEventRow {
  readonly seq: number;
  readonly type: string;
  readonly at: Date;
  readonly by: string | null;
  readonly facets: { readonly state: Snapshot };
  readonly hash: Buffer;
}

/** What the chart is told of a version and of who acts on it. */
export interface VersionFactsRow {
  readonly actor_is_author: boolean;
  readonly highest_published: number | null;
  readonly another_serves: boolean;
  /** Codes of other questionnaires that serve one of its countries for the same purpose. */
  readonly rivals: readonly string[];
  /** The plan to move interviews that is open. */
  readonly migration: {
    readonly id: string;
    readonly status: 'proposed' | 'approved';
    readonly own: boolean;
    readonly tried: boolean;
  } | null;
  readonly approval: Pick<ApprovalRow, 'body_hash' | 'against'> | null;
}

export interface VersionListQuery {
  readonly country: string | null;
  readonly purpose: Purpose | null;
  readonly stage: string;
  readonly after: [code: string, number: number, id: string] | null;
  readonly limit: number;
}

const COLUMNS = `v.id, v.pack, v.code, v.number, v.purpose, v.countries, v.title, v.body_hash, v.hash, v.workflow_hash, v.snapshot,
  v.stage, v.version, v.review_due_at, v.event_seq, v.event_hash, v.created_at, v.published_at, v.retired_at`;
const BODY = `coalesce(v.body, (SELECT q.body FROM questionnaire q WHERE q.hash = v.hash AND v.published_at IS NOT NULL)) AS body`;

/** Reads about the life of questionnaires; row-level security shows drafts to authors only. */
@Injectable()
export class VersionStore {
  /** By id, or by the hash of a published one. */
  findInTx(tx: Tx, name: string): Promise<StoredVersion | undefined> {
    const by = name.length === 64 ? 'v.hash = $1 AND v.published_at IS NOT NULL' : 'v.id = $1::uuid';
    return tx.one(`SELECT ${COLUMNS}, ${BODY} FROM questionnaire_version v WHERE ${by}`, [name]);
  }

  listInTx(tx: Tx, query: VersionListQuery): Promise<VersionRow[]> {
    return tx.rows<VersionRow>(
      `SELECT ${COLUMNS} FROM questionnaire_version v WHERE v.stage = $3
         AND ($1::text IS NULL OR v.countries = '{}' OR $1 = ANY (v.countries))
         AND ($2::text IS NULL OR v.purpose = $2)
         AND ($4::text IS NULL OR (v.code, v.number, v.id) > ($4, $5::integer, $6::uuid))
       ORDER BY v.code, v.number, v.id LIMIT $7`,
      [query.country, query.purpose, query.stage, ...(query.after ?? [null, null, null]), query.limit],
    );
  }

  /** Whatever keeps a version number from being used again. */
  findNumberedInTx(tx: Tx, code: string, number: number, except?: string): Promise<VersionRow | undefined> {
    return tx.one<VersionRow>(
      `SELECT ${COLUMNS} FROM questionnaire_version v
       WHERE v.code = $1 AND v.number = $2 AND v.stage <> 'discarded' AND v.id IS DISTINCT FROM $3::uuid`,
      [code, number, except ?? null],
    );
  }

  async highestNumberInTx(tx: Tx, code: string): Promise<number> {
    const row = await tx.one<{ n: number | null }>(
      `SELECT max(number) AS n FROM questionnaire_version WHERE code = $1 AND stage <> 'discarded'`,
      [code],
    );
    return row?.n ?? 0;
  }

  /** The newest version in use of the same questionnaire: what a difference is taken against. */
  findPublishedInTx(tx: Tx, code: string, except: string): Promise<PublishedRow | undefined> {
    return tx.one<PublishedRow>(
      `SELECT v.id, v.hash, v.code, v.number FROM questionnaire_version v
       WHERE v.code = $1 AND v.stage = 'published' AND v.id <> $2 ORDER BY v.number DESC LIMIT 1`,
      [code, except],
    );
  }

  /** What was published before a version that is published itself. */
  findBeforeInTx(tx: Tx, { code, number }: VersionRow): Promise<PublishedRow | undefined> {
    return tx.one<PublishedRow>(
      `SELECT v.id, v.hash, v.code, v.number FROM questionnaire_version v
       WHERE v.code = $1 AND v.number < $2 AND v.published_at IS NOT NULL ORDER BY v.number DESC LIMIT 1`,
      [code, number],
    );
  }

  /** Until the transaction ends nobody else publishes or retires; facts read after it are those of whoever went before. */
  async lockServingInTx(tx: Tx): Promise<void> {
    await tx.rows(`SELECT pg_advisory_xact_lock(hashtext('f1 questionnaires in use'))`);
  }

  async factsInTx(tx: Tx, id: string, actorId: string): Promise<VersionFactsRow> {
    const row = await tx.one<VersionFactsRow>(FACTS, [id, actorId], 'questionnaire_facts');
    if (!row) throw new Error(`questionnaire version ${id} is gone`);
    return row;
  }

  approvalsInTx(tx: Tx, id: string): Promise<ApprovalRow[]> {
    return tx.rows<ApprovalRow>(
      `SELECT a.outcome, a.body_hash, a.against, a.difference_hash, a.reason, a.at, u.display_name AS by
       FROM questionnaire_approval a JOIN app_user u ON u.id = a.by_id WHERE a.questionnaire_id = $1 ORDER BY a.at, a.id`,
      [id],
    );
  }

  async authorsInTx(tx: Tx, id: string): Promise<string[]> {
    const rows = await tx.rows<{ name: string }>(
      `SELECT u.display_name AS name FROM questionnaire_author w JOIN app_user u ON u.id = w.user_id
       WHERE w.questionnaire_id = $1 ORDER BY w.since, u.display_name`,
      [id],
    );
    return rows.map(({ name }) => name);
  }

  eventsInTx(tx: Tx, id: string, after: number, limit: number): Promise<VersionEventRow[]> {
    return tx.rows<VersionEventRow>(
      `SELECT e.seq, e.type, e.at, u.display_name AS by, e.facets, e.hash
       FROM event e LEFT JOIN app_user u ON u.id = e.actor_id
       WHERE e.aggregate_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3`,
      [id, after, limit],
    );
  }

  usageInTx(tx: Tx, hash: string): Promise<{ workflow_hash: string; snapshot: Snapshot; interviews: number }[]> {
    return tx.rows('SELECT * FROM f1_questionnaire_usage($1)', [hash]);
  }

  /** Newest first; of the cases that the actor sees. */
  casesInTx(
    tx: Tx,
    hash: string,
    limit: number,
  ): Promise<{ caseId: string; reference: string; interviewId: string }[]> {
    return tx.rows(
      `SELECT c.id AS "caseId", c.reference, i.id AS "interviewId" FROM interview_questionnaire n
         JOIN interview i ON i.id = n.interview_id JOIN case_file c ON c.id = i.case_id
       WHERE n.questionnaire_hash = $1 AND n.replaced_at IS NULL ORDER BY i.created_at DESC, i.id LIMIT $2`,
      [hash, limit],
    );
  }

  /** The modules a draft includes and does not bring, and reference data likewise, as the newest published questionnaire has them. */
  async lentInTx(tx: Tx, pack: string, files: readonly SourceFile[]): Promise<SourceFile[]> {
    const modules = await this.publishedFilesInTx(tx, missingModules(files));
    const sent = new Set(files.map(({ file }) => file));
    const reference = files.find(({ file }) => file === `${pack}/pack.json`)?.content as { reference?: unknown };
    const own = typeof reference?.reference === 'string' ? [`${pack}/${reference.reference}`] : [];
    const wanted = own.filter((file) => !sent.has(file));
    const lenders = new Set([...files, ...modules].map(({ file }) => packOf(file)).filter((name) => name !== pack));
    const theirs = await tx.rows<SourceFile>(
      `SELECT DISTINCT ON (split_part(f->>'file', '/', 1)) f->>'file' AS file, f->'content' AS content
       FROM questionnaire q, jsonb_array_elements(q.body->'files') f
       WHERE f->'content' ? 'reference' AND split_part(f->>'file', '/', 1) = ANY ($1)
       ORDER BY split_part(f->>'file', '/', 1), q.published_at DESC, q.hash`,
      [[...lenders]],
    );
    const found = [...modules, ...(await this.publishedFilesInTx(tx, wanted)), ...theirs];
    return found.filter(({ file }) => !sent.has(file));
  }

  private publishedFilesInTx(tx: Tx, names: readonly string[]): Promise<SourceFile[]> {
    return tx.rows<SourceFile>(
      `SELECT DISTINCT ON (f->>'file') f->>'file' AS file, f->'content' AS content
       FROM questionnaire q, jsonb_array_elements(q.body->'files') f WHERE f->>'file' = ANY ($1)
       ORDER BY f->>'file', q.published_at DESC, q.hash`,
      [names],
    );
  }
}

const OTHERS = `FROM questionnaire_version o WHERE o.stage = 'published' AND o.id <> v.id AND o.purpose = v.purpose`;

const FACTS = `
  SELECT EXISTS (SELECT FROM questionnaire_author w WHERE w.questionnaire_id = v.id AND w.user_id = $2) AS actor_is_author,
    (SELECT max(q.version) FROM questionnaire q WHERE q.code = v.code) AS highest_published,
    EXISTS (SELECT ${OTHERS} AND (o.countries = '{}' OR (v.countries <> '{}' AND o.countries @> v.countries))) AS another_serves,
    ARRAY(SELECT DISTINCT o.code ${OTHERS} AND o.code <> v.code AND o.countries && v.countries ORDER BY o.code) AS rivals,
    (SELECT jsonb_build_object('body_hash', a.body_hash, 'against', a.against)
      FROM questionnaire_approval a WHERE a.questionnaire_id = v.id AND a.outcome = 'approved' ORDER BY a.at DESC LIMIT 1) AS approval,
    (SELECT jsonb_build_object('id', m.id, 'status', m.status, 'own', m.proposed_by = $2, 'tried', m.tried_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM questionnaire_migration_interview i WHERE i.migration_id = m.id AND i.refused IS NOT NULL))
      FROM questionnaire_migration m WHERE m.questionnaire_id = v.id AND m.status IN ('proposed', 'approved')) AS migration
  FROM questionnaire_version v WHERE v.id = $1`;
