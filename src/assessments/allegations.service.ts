import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { CasesService } from '../cases/cases.service.js';
import { assessAllegation, type AllegationAssessment, type Problem } from '../domain/exclusion/completeness.js';
import { anyOf, readDate, type UncertainDate } from '../domain/timeline/uncertain-date.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { sourceRefOf } from '../platform/database/source-ref.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import type { DataKey } from '../platform/database/sealing.js';
import type { Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { InvalidInput } from '../platform/http/problem.js';
import type { AllegationDto } from './allegation.dto.js';
import { AllegationStore, type StoredAllegation } from './allegation.store.js';
import { allegationView, type AllegationView } from './allegation.view.js';

/** The legal analysis, allegation by allegation; every edit counts the analysis revision up and sends it back to review. */
@Injectable()
export class AllegationsService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly cases: CasesService,
    private readonly store: AllegationStore,
  ) {}

  /** Creates or replaces one allegation with its element matrix. What contradicts the law or itself is refused by its field. */
  async put(
    actor: Actor,
    caseId: string,
    id: string,
    content: AllegationDto,
    asked: Preconditions,
  ): Promise<AllegationView> {
    const instruction = { type: 'EDIT_ANALYSIS' as const, allegationId: id, content };
    await this.cases
      .execute(actor, caseId, instruction, asked, {
        ids: { allegationId: id },
        alongside: (tx, write, record, key) => this.writeInTx(tx, write, { caseId: record.id, id, content, key }),
      })
      .catch(asTaken);
    return this.get(actor, caseId, id);
  }

  async list(actor: Actor, caseId: string): Promise<AllegationView[]> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const key = await this.dataKeys.getInTx(tx, caseId);
      const rows = await this.store.findAllInTx(tx, caseId);
      const law = await this.lawInTx(tx, caseId, key);
      return rows.map((row) => allegationView(row, key, (content) => assess(content, law)));
    });
  }

  async get(actor: Actor, caseId: string, id: string): Promise<AllegationView> {
    const found = (await this.list(actor, caseId)).find((allegation) => allegation.id === id);
    if (!found) throw new NotFound('allegation');
    return found;
  }

  private async writeInTx(
    tx: Tx,
    write: Write,
    { caseId, id, content, key }: { caseId: string; id: string; content: AllegationDto; key: DataKey },
  ): Promise<{ assessed: object }> {
    const result = assess(content, await this.lawInTx(tx, caseId, key));
    if (result.problems.length > 0) throw new InvalidInput(result.problems.map((problem) => placed(problem, content)));
    const { complete, exculpatoryAssessed, belowResponsibility, minorAtAct } = result;
    const templateVersion = result.templateVersion ?? 1;
    const position = await this.store.positionInTx(tx, caseId, id);
    await this.store.clearMatrixInTx(tx, id);
    await this.assertEvidenceExists(tx, caseId, content, key);
    write.upsert(
      'allegation',
      {
        id,
        case_id: caseId,
        ground: content.ground,
        crime: content.crime,
        scope: content.scope,
        template_version: templateVersion,
        sealed: key.seal({ act: { ...content.act }, exculpatory: content.exculpatory ?? null }, `allegation:${id}`)
          .bytes,
        act_country: content.act.country ?? null,
        intended_to_stand: content.intendedToStand,
        complete,
        exculpatory_assessed: exculpatoryAssessed,
        below_responsibility: belowResponsibility,
        minor_at_act: minorAtAct,
        position,
        assessed_at: tx.now,
      },
      '(id)',
      [
        'ground',
        'crime',
        'scope',
        'template_version',
        'sealed',
        'act_country',
        'intended_to_stand',
        'complete',
        'exculpatory_assessed',
        'below_responsibility',
        'minor_at_act',
        'assessed_at',
      ],
    );
    for (const { element, finding, reasons, evidence } of content.elements) {
      const sealed = key.seal({ reasons }, `element_finding:${id}:${element}`).bytes;
      write.insert('element_finding', { allegation_id: id, case_id: caseId, element, finding, sealed });
      for (const { kind, ref, exculpatory } of evidence) {
        const piece = randomUUID();
        write.insert('evidence', {
          id: piece,
          allegation_id: id,
          case_id: caseId,
          element,
          source_kind: kind,
          source_ref: sourceRefOf(key, kind, ref),
          sealed: kind === 'countryInformation' ? key.seal({ ref }, `evidence:${piece}`).bytes : null,
          exculpatory,
        });
      }
    }
    return { assessed: { templateVersion, complete, exculpatoryAssessed, belowResponsibility, minorAtAct } };
  }

  /** Evidence names a document of this case, or an answer that the applicant gave in an interview of this case. */
  private async assertEvidenceExists(tx: Tx, caseId: string, content: AllegationDto, key: DataKey): Promise<void> {
    const cited = content.elements.flatMap(({ evidence }, e) =>
      evidence.map(({ kind, ref }, i) => ({ kind, ...parts(ref), pointer: `/elements/${e}/evidence/${i}/ref` })),
    );
    const known = await this.store.sourcesInTx(tx, caseId);
    const given = await this.answersGivenInTx(
      tx,
      caseId,
      key,
      cited.map(({ question }) => question),
    );
    const problems = cited.flatMap(({ kind, source, question, pointer }) => {
      if (kind === 'document' && !known.documents.has(source))
        return [{ pointer, detail: `this case has no document ${source}` }];
      if (kind !== 'interview') return [];
      if (!known.interviews.has(source)) return [{ pointer, detail: `this case has no interview ${source}` }];
      if (question === '')
        return [{ pointer, detail: 'name the answer: the interview id, then #, then the id of the question' }];
      const answered = given.some((answer) => answer.interview_id === source && answer.question_id === question);
      return answered ? [] : [{ pointer, detail: `in that interview nothing was said to ${question}` }];
    });
    if (problems.length > 0) throw new InvalidInput(problems);
  }

  /** Answers in force that hold a value; "not known", "refused" and "not asked" are no evidence of anything. */
  private async answersGivenInTx(
    tx: Tx,
    caseId: string,
    key: DataKey,
    questions: readonly string[],
  ): Promise<GivenAnswer[]> {
    const rows = await this.store.answersInTx(tx, caseId, questions);
    return rows
      .map((row) => ({ ...row, value: key.open<{ value?: unknown }>(row.sealed, `answer:${row.id}`).value }))
      .filter(({ value }) => value !== undefined);
  }

  /** How old the applicant was is read from everything the file says of the birth, in the person's favour. */
  private async lawInTx(tx: Tx, caseId: string, key: DataKey): Promise<Law> {
    const { birthDate } = await this.cases.getApplicantInTx(tx, caseId, key);
    const told = (await this.answersGivenInTx(tx, caseId, key, []))
      .filter(({ question_id, value }) => /(^|:)birthDate$/.test(question_id) && typeof value === 'string')
      .map(({ value }) => String(value));
    const dates = [birthDate, ...told].map((text) => readDate(text)).flatMap((read) => (read.ok ? [read.date] : []));
    return {
      birthDate: anyOf(dates),
      ageOfCriminalResponsibility: await this.store.ageOfCriminalResponsibilityInTx(tx),
      today: tx.now.toISOString().slice(0, 10),
    };
  }
}

interface GivenAnswer {
  readonly interview_id: string;
  readonly question_id: string;
  readonly value?: unknown;
}

/** `<interview id>#<question>`, `<document id>`, or a citation. */
function parts(ref: string): { source: string; question: string } {
  const [source = '', question = ''] = ref.split('#');
  return { source, question };
}

/** The id belongs to a case that this person does not see: the policies refuse to overwrite it, and we say no more than that. */
function asTaken(error: unknown): never {
  if ((error as { code?: string }).code !== '42501') throw error;
  throw new DomainError('conflict', 'This allegation id is already used. Send a fresh UUID.');
}

/** The domain names an element by its id; the request holds elements as a list. */
function placed({ pointer, detail }: Problem, { elements }: AllegationDto): Problem {
  const [, id, rest] = /^\/elements\/([^/]+)(.*)$/.exec(pointer) ?? [];
  const index = elements.findIndex(({ element }) => element === id);
  if (id === undefined) return { pointer, detail };
  return index < 0
    ? { pointer: '/elements', detail: `${id}: ${detail}` }
    : { pointer: `/elements/${index}${rest}`, detail };
}

interface Law {
  readonly birthDate: UncertainDate;
  readonly ageOfCriminalResponsibility: number;
  readonly today: string;
}

function assess(content: AllegationDto | StoredAllegation, law: Law): AllegationAssessment {
  const elements = Object.fromEntries(
    content.elements.map(({ element, finding, reasons, evidence }) => [element, { finding, reasons, evidence }]),
  );
  const { ground, crime, scope, templateVersion, act, exculpatory, intendedToStand } = content;
  return assessAllegation({
    ground,
    crime,
    scope,
    act,
    elements,
    intendedToStand,
    ...(templateVersion === undefined ? {} : { templateVersion }),
    ...(exculpatory ? { exculpatory } : {}),
    birthDate: law.birthDate,
    settings: { ageOfCriminalResponsibility: law.ageOfCriminalResponsibility },
    today: law.today,
  });
}
