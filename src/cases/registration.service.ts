import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { initial } from '../domain/workflow/decide.js';
import { clocksStarted } from '../deadlines/clocks-started.js';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import { Config } from '../platform/config/config.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import { nextEvent } from '../platform/database/next-event.js';
import { canonical } from '../platform/database/sealing.js';
import { Write } from '../platform/database/write.js';
import { Keys } from '../platform/keys/keys.module.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import { type Applicant, applicantOf, assertBorn } from './applicant.js';
import { CaseStore } from './case.store.js';
import { addParticulars } from './particulars.js';
import type { RegisterCaseDto } from './register-case.dto.js';

/** Opens cases. The same external reference is the same case, and a different person under it is refused. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly keys: Keys,
    private readonly workflows: WorkflowsService,
    private readonly deadlines: DeadlinesService,
    private readonly store: CaseStore,
  ) {}

  /** The id of the case: a new one, or the one that this reference or this request already opened. */
  async register(actor: Actor, request: RegisterCaseDto, asked: Preconditions): Promise<string> {
    if (actor.unit === null)
      throw new DomainError(
        'forbidden',
        'Your account belongs to no unit, so a case you open would be seen by nobody.',
      );
    const id = randomUUID();
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result: { id } };
    const applicant = applicantOf(request.applicant);
    const same = () => this.database.inActorTx(actor.id, (tx) => this.findSameInTx(tx, request, applicant));
    const known = await same();
    if (known !== undefined) return known;
    try {
      const done = await this.database.once(claim, (tx) => this.openInTx(tx, actor, id, request, applicant));
      return done.repeated ? (done.result['id'] ?? id) : done.value;
    } catch (error) {
      if (!takesReference(error)) throw error;
      // Somebody else was first: the same case sent twice at once, or a case that this officer may not see.
      const theirs = await same();
      if (theirs !== undefined) return theirs;
      throw new DomainError(
        'conflict',
        'This external reference is already used for another case. Check it, or ask the unit that holds it.',
      );
    }
  }

  private async findSameInTx(tx: Tx, request: RegisterCaseDto, applicant: Applicant): Promise<string | undefined> {
    if (request.externalReference === undefined) return undefined;
    const record = await this.store.findByExternalReferenceInTx(tx, request.externalReference);
    if (!record) return undefined;
    const key = await this.dataKeys.getInTx(tx, record.id);
    const row = await this.store.getPersonInTx(tx, record.id);
    const same =
      canonical(key.open(row.sealed, `person:${row.id}`)) === canonical(applicant) &&
      record.country_of_origin === request.countryOfOrigin;
    if (same) return record.id;
    throw new DomainError(
      'conflict',
      `The reference ${request.externalReference} is already case ${record.reference}, with other particulars. ` +
        'Correct the reference, or change the applicant in that case.',
      { caseId: record.id, reference: record.reference },
    );
  }

  private async openInTx(
    tx: Tx,
    actor: Actor,
    id: string,
    request: RegisterCaseDto,
    applicant: Applicant,
  ): Promise<string> {
    assertBorn(applicant, tx.now);
    const chart = this.workflows.current('case');
    const begun = initial(chart);
    const { key, row: keyRow } = this.dataKeys.create(id);
    const write = new Write();
    for (const effect of begun.effects) {
      if (effect.type !== 'startDeadline') throw new Error(`a new case cannot begin with ${effect.type}`);
      await this.deadlines.startInTx(tx, write, { caseId: id, subjectId: id }, effect.params.kind);
    }
    const event = nextEvent({ id, event_seq: 0, event_hash: null }, key, {
      aggregateKind: 'case',
      caseId: id,
      type: 'REGISTER_CASE',
      actorId: actor.id,
      at: tx.now,
      facets: {
        state: begun.snapshot,
        unit: actor.unit,
        country: request.countryOfOrigin,
        procedure: request.procedureType,
        chart: chart.hash,
        ...clocksStarted(write, id),
      },
      payload: { ...request },
    });
    // The case's own row comes first and alone: the policies of all others ask whether the actor sees this one.
    await new Write()
      .insert('case_file', {
        id,
        reference: await this.store.nextReferenceInTx(tx),
        external_reference: request.externalReference ?? null,
        legacy_ids: request.legacyIds,
        unit: actor.unit,
        procedure_type: request.procedureType,
        country_of_origin: request.countryOfOrigin,
        workflow_hash: chart.hash,
        snapshot: begun.snapshot,
        stage: begun.stage,
        created_at: tx.now,
        created_by: actor.id,
        ...event.head,
      })
      .run(tx);
    write.insert('data_key', keyRow).insert('event', event.row);
    this.addPerson(tx, write, { caseId: id, key, actor, request, applicant });
    await write.run(tx);
    return id;
  }

  private addPerson(
    tx: Tx,
    write: Write,
    step: {
      caseId: string;
      key: ReturnType<DataKeys['create']>['key'];
      actor: Actor;
      request: RegisterCaseDto;
      applicant: Applicant;
    },
  ): void {
    const { caseId, key, actor, request, applicant } = step;
    const id = randomUUID();
    const chart = this.workflows.current('person');
    const begun = initial(chart);
    const event = nextEvent({ id, event_seq: 0, event_hash: null }, key, {
      aggregateKind: 'person',
      caseId,
      type: 'REGISTER_PERSON',
      actorId: actor.id,
      at: tx.now,
      facets: { state: begun.snapshot, ownCountry: this.config.country },
      payload: { ...applicant },
    });
    write.insert('event', event.row).insert('person', {
      id,
      case_id: caseId,
      workflow_hash: chart.hash,
      snapshot: begun.snapshot,
      sealed: key.seal(applicant, `person:${id}`).bytes,
      identity_recorded_by: actor.id,
      has_representative: applicant.representative !== undefined,
      ...event.head,
    });
    addParticulars(write, this.keys, {
      personId: id,
      caseId,
      countryOfOrigin: request.countryOfOrigin,
      applicant,
      ownCountry: this.config.country,
    });
  }
}

function takesReference(error: unknown): boolean {
  const { code, constraint } = error as { code?: string; constraint?: string };
  return code === '23505' && constraint === 'case_file_external_reference_key';
}
