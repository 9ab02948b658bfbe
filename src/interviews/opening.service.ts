import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { LockedCase } from '../cases/case.store.js';
import { lockedCase } from '../cases/cases.service.js';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import { initial, positionOf, type Snapshot } from '../domain/workflow/decide.js';
import { CertificatesService } from '../identity/certificates.service.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import { nextEvent } from '../platform/database/next-event.js';
import type { DataKey } from '../platform/database/sealing.js';
import { json, Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { InvalidInput } from '../platform/http/problem.js';
import type { QuestionnaireRow } from '../questionnaires/questionnaire.store.js';
import { QuestionnairesService } from '../questionnaires/questionnaires.service.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import type { InterviewContent } from './interview-content.js';
import type { OpenInterviewDto } from './open-interview.dto.js';

interface Opening {
  readonly id: string;
  readonly record: LockedCase;
  readonly key: DataKey;
  readonly actor: Actor;
  readonly request: OpenInterviewDto;
  readonly questionnaires: readonly QuestionnaireRow[];
}

/** Opens interviews: when the case calls for one, pinned to the questionnaires of that moment, conducted by who opens it. */
@Injectable()
export class OpeningService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly workflows: WorkflowsService,
    private readonly deadlines: DeadlinesService,
    private readonly certificates: CertificatesService,
    private readonly questionnaires: QuestionnairesService,
  ) {}

  /** The id of the interview. Refused unless the case calls for this purpose and the actor may hold such an interview today. */
  async open(actor: Actor, caseId: string, request: OpenInterviewDto, asked: Preconditions): Promise<string> {
    const id = randomUUID();
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result: { id } };
    const done = await this.database.once({ ...claim, lock: { aggregate: 'case', id: caseId } }, async (tx, locked) => {
      const record = lockedCase(locked, asked);
      this.assertCalledFor(record, request);
      if (request.purpose === 'exclusion') await this.certificates.assertInTx(tx, actor.id, 'interview1F', tx.now);
      const questionnaires = await this.chosenInTx(tx, record, request);
      await this.questionnaires.planInTx(
        tx,
        questionnaires.map(({ hash }) => hash),
      );
      await this.writeInTx(tx, { id, record, key: this.dataKeys.ofLocked(record), actor, request, questionnaires });
    });
    return done.repeated ? (done.result['id'] ?? id) : id;
  }

  private assertCalledFor(record: LockedCase, { purpose }: OpenInterviewDto): void {
    const workflow = this.workflows.get('case', record.workflow_hash);
    const { drives, regions, stage } = positionOf(workflow, record.snapshot as Snapshot);
    if (drives.includes(purpose)) return;
    const label = regions.find(({ state }) => state === stage)?.label ?? stage;
    throw new DomainError(
      'commandRefused',
      `The case is in the state “${label}”, which calls for ` +
        (drives.length > 0 ? `an interview with the purpose ${drives.join(' or ')}` : 'no interview') +
        `, not for one with the purpose ${purpose}. ` +
        (drives.length > 0
          ? `Send "purpose": ${drives.map((one) => `"${one}"`).join(' or ')}.`
          : `GET /api/cases/${record.id} shows under "allowedCommands" which step comes first.`),
      { state: label, interviewPurposes: [...drives] },
    );
  }

  private async chosenInTx(tx: Tx, record: LockedCase, request: OpenInterviewDto): Promise<QuestionnaireRow[]> {
    const { purpose } = request;
    const usual = await this.questionnaires.forCountryInTx(tx, record.country_of_origin, purpose);
    if (!request.questionnaire) {
      if (usual) return [usual];
      throw new DomainError(
        'conflict',
        `No questionnaire with the purpose ${purpose} is published. Ask the authors for one.`,
      );
    }
    const chosen: QuestionnaireRow[] = [];
    for (const name of request.questionnaire) {
      const found = await this.questionnaires.findNamedInTx(tx, name);
      const wrong = misfit(name, found, purpose, chosen);
      if (!found || wrong) throw new InvalidInput([{ pointer: '/questionnaire', detail: wrong ?? '' }]);
      chosen.push(found);
    }
    const asUsual = chosen.length === 1 && chosen[0]?.hash === usual?.hash;
    if (!asUsual && request.reason === undefined) {
      const detail = `say why not ${usual?.code ?? 'the usual one'} (version ${usual?.version ?? 0}), which the country of origin gives`;
      throw new InvalidInput([{ pointer: '/reason', detail }]);
    }
    return chosen;
  }

  private async writeInTx(tx: Tx, opening: Opening): Promise<void> {
    const { id, record, key, actor, request, questionnaires } = opening;
    const chart = this.workflows.current('interview');
    const begun = initial(chart);
    const content: InterviewContent = request.reason === undefined ? {} : { questionnaireReason: request.reason };
    const event = this.eventOf(tx, opening, begun.snapshot);
    const write = new Write().insert('interview', {
      id,
      case_id: record.id,
      purpose: request.purpose,
      interviewer_id: actor.id,
      workflow_hash: chart.hash,
      snapshot: json(begun.snapshot),
      sealed: key.seal(content, `interview:${id}`).bytes,
      created_at: tx.now,
      ...event.head,
    });
    for (const [position, { hash }] of questionnaires.entries())
      write.insert('interview_questionnaire', {
        interview_id: id,
        case_id: record.id,
        questionnaire_hash: hash,
        position,
      });
    for (const effect of begun.effects) {
      if (effect.type !== 'startDeadline') throw new Error(`a new interview cannot begin with ${effect.type}`);
      await this.deadlines.startInTx(tx, write, { caseId: record.id, subjectId: id }, effect.params.kind);
    }
    const onCase = nextEvent(record, key, {
      aggregateKind: 'case',
      caseId: record.id,
      type: 'OPEN_INTERVIEW',
      actorId: actor.id,
      at: tx.now,
      facets: { state: record.snapshot, country: record.country_of_origin, procedure: record.procedure_type },
      payload: { interviewId: id, purpose: request.purpose },
    });
    write
      .insert('event', event.row, onCase.row)
      .update('case_file', { id: record.id, version: record.version }, { version: record.version + 1, ...onCase.head });
    await write.run(tx);
  }

  private eventOf(tx: Tx, { id, record, key, actor, request, questionnaires }: Opening, state: Snapshot) {
    return nextEvent({ id, event_seq: 0, event_hash: null }, key, {
      aggregateKind: 'interview',
      caseId: record.id,
      type: 'OPEN_INTERVIEW',
      actorId: actor.id,
      at: tx.now,
      facets: { state, purpose: request.purpose, country: record.country_of_origin },
      payload: {
        questionnaires: questionnaires.map(({ code, version, hash }) => ({ code, version, hash })),
        ...(request.reason === undefined ? {} : { reason: request.reason }),
      },
    });
  }
}

function misfit(
  name: string,
  found: QuestionnaireRow | undefined,
  purpose: string,
  chosen: readonly QuestionnaireRow[],
): string | undefined {
  if (!found) return `there is no published questionnaire ${name}; see GET /api/questionnaires?purpose=${purpose}`;
  if (found.purpose !== purpose) return `${found.code} has the purpose ${found.purpose}, not ${purpose}`;
  if (chosen.some(({ code }) => code === found.code)) return `${found.code} is named twice`;
  return undefined;
}
