import { Injectable } from '@nestjs/common';
import {
  checkMapping,
  type Mapping,
  type MappingProblem,
  readMapping,
} from '../domain/questionnaire/migrate/mapping.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import { json } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { InvalidInput } from '../platform/http/problem.js';
import type { MigrationView, ProposeMigrationDto } from './migration.dto.js';
import { QuestionnairesService } from './questionnaires.service.js';
import { type LockedVersion, VersionStore } from './version.store.js';
import { type PreparedProposal, VersionsService } from './versions.service.js';

/** Plans to move running interviews to another version, and back: proposed here, tried and carried out by the worker. */
@Injectable()
export class MigrationsService {
  constructor(
    private readonly database: Database,
    private readonly store: VersionStore,
    private readonly versions: VersionsService,
    private readonly questionnaires: QuestionnairesService,
  ) {}

  /** The id of the migration. Throws InvalidInput naming every question whose answers have nowhere to go. */
  propose(actor: Actor, id: string, request: ProposeMigrationDto, asked: Preconditions): Promise<string> {
    return this.versions.propose(actor, id, asked, (tx, record) =>
      request.reverses === undefined ? this.forwardInTx(tx, record, request) : this.backInTx(tx, record, request),
    );
  }

  list(actor: Actor, id: string): Promise<MigrationView[]> {
    return this.database.inActorTx(actor.id, async (tx) => {
      if (!(await this.store.findInTx(tx, id))) throw new NotFound('questionnaire');
      return tx.rows<MigrationView>(LIST, [id]);
    });
  }

  private async forwardInTx(
    tx: Tx,
    record: LockedVersion,
    { from, mapping: sent, reason }: ProposeMigrationDto,
  ): Promise<PreparedProposal> {
    const former = from === undefined ? undefined : await this.store.findInTx(tx, from);
    if (!former?.hash || former.published_at === null || former.code !== record.code || former.id === record.id) {
      const detail = `must name another published version of ${record.code}; GET /api/questionnaires shows them`;
      throw new InvalidInput([{ pointer: '/from', detail }]);
    }
    const read = readMapping(sent ?? {});
    if ('problems' in read) throw refused(read.problems);
    if (record.hash === null || record.published_at === null)
      throw new DomainError(
        'conflict',
        'Interviews are moved to a published version only. First send SUBMIT_FOR_APPROVAL; another author sends ' +
          `APPROVE_QUESTIONNAIRE; then PUBLISH_QUESTIONNAIRE, each to POST /api/questionnaires/${record.id}/commands.`,
      );
    const plans = [await this.planInTx(tx, former.hash), await this.planInTx(tx, record.hash)] as const;
    const problems = checkMapping(...plans, read.mapping);
    if (problems.length > 0) throw refused(problems);
    return prepared(former.hash, record.hash, read.mapping, reason, null);
  }

  private async backInTx(
    tx: Tx,
    record: LockedVersion,
    { reverses, from, mapping, reason }: ProposeMigrationDto,
  ): Promise<PreparedProposal> {
    if (from !== undefined || mapping !== undefined) {
      const detail = 'takes back that migration as it was: leave "from" and "mapping" out';
      throw new InvalidInput([{ pointer: '/reverses', detail }]);
    }
    const [done] = await tx.rows<{ id: string; from_hash: string; to_hash: string }>(
      `SELECT m.id, m.from_hash, m.to_hash FROM questionnaire_migration m
       WHERE m.id = $1 AND m.questionnaire_id = $2 AND m.status = 'done' AND m.reverses IS NULL`,
      [reverses, record.id],
    );
    if (!done) {
      const detail = `must be a migration to this very version that was carried out: send it to the version the interviews were moved to; see GET /api/questionnaires/${record.id}/migrations`;
      throw new InvalidInput([{ pointer: '/reverses', detail }]);
    }
    return prepared(done.to_hash, done.from_hash, { questions: {} }, reason, done.id);
  }

  private planInTx(tx: Tx, hash: string) {
    return this.questionnaires.planInTx(tx, [hash]);
  }
}

const prepared = (
  from: string,
  to: string,
  mapping: Mapping,
  reason: string,
  reverses: string | null,
): PreparedProposal => ({
  proposal: { fits: true, goesBack: reverses !== null },
  facets: { from, to, reason, ...(reverses === null ? {} : { reverses }) },
  row: { from_hash: from, to_hash: to, reverses, mapping: json(mapping), reason },
});

const refused = (problems: readonly MappingProblem[]): InvalidInput =>
  new InvalidInput(
    problems.map(({ pointer, message }) => ({ pointer: `/mapping${pointer}`, detail: message })),
    'The mapping does not say for every question where its answers go; each is named with what to write.',
  );

const at = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const LIST = `
  SELECT m.id, m.status, m.from_hash AS from, m.to_hash AS to, m.reverses, m.mapping, m.reason, p.display_name AS "proposedBy",
    ${at('m.proposed_at')} AS "proposedAt", ${at('m.tried_at')} AS "triedAt", d.display_name AS "decidedBy",
    ${at('m.done_at')} AS "doneAt",
    (SELECT coalesce(jsonb_agg(jsonb_build_object('interviewId', i.interview_id, 'kept', i.kept, 'moved', i.moved,
        'dropped', i.dropped, 'refused', i.refused, 'movedAt', ${at('i.moved_at')}) ORDER BY i.interview_id), '[]')
      FROM questionnaire_migration_interview i WHERE i.migration_id = m.id) AS interviews
  FROM questionnaire_migration m JOIN app_user p ON p.id = m.proposed_by LEFT JOIN app_user d ON d.id = m.decided_by
  WHERE m.questionnaire_id = $1 ORDER BY m.proposed_at, m.id`;
