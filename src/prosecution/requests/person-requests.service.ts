import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { nameTokens } from '../../cases/name-tokens.js';
import { DeadlinesService } from '../../deadlines/deadlines.service.js';
import { place } from '../../domain/referral/file.js';
import { personRefusals, type PersonRequestWords } from '../../domain/referral/request.js';
import { DataKeys } from '../../platform/database/data-keys.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { DomainError, NotFound } from '../../platform/database/errors.js';
import { nextEvent } from '../../platform/database/next-event.js';
import type { DataKey } from '../../platform/database/sealing.js';
import { Write } from '../../platform/database/write.js';
import type { Actor } from '../../platform/http/actor.js';
import { pageOf, readCursor } from '../../platform/http/page.js';
import { InvalidInput } from '../../platform/http/problem.js';
import type { Preconditions } from '../../platform/http/preconditions.js';
import type {
  AskAboutPersonDto,
  PersonRequestPage,
  PersonRequestQuery,
  PersonRequestView,
  ProposalView,
} from './person-request.dto.js';
import type { WithdrawRequestDto } from './request.dto.js';
import { type PersonRequestRow, PersonRequestStore, type ProposalRow } from './person-request.store.js';

/**
 * Requests about a person who was not referred. Asking searches nothing, so that neither its answer nor its time depends on whether
 * there is a case; the authority searches, and two of its people decide.
 */
@Injectable()
export class PersonRequestsService {
  constructor(
    private readonly database: Database,
    private readonly keys: DataKeys,
    private readonly store: PersonRequestStore,
    private readonly deadlines: DeadlinesService,
  ) {}

  /** Returns the request's id. */
  async ask(actor: Actor, wanted: AskAboutPersonDto, asked: Preconditions): Promise<string> {
    assertNamesNobody(wanted);
    const id = randomUUID();
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result: { id } };
    const done = await this.database.once(claim, async (tx) => {
      const { key, row } = this.keys.create(id);
      const due = await this.deadlines.dueInTx(tx, 'requestAnswer');
      const { dueAt } = due;
      const sealed = key.seal(wordsOf(wanted), place('person_request', id));
      const head = { id, event_seq: 0, event_hash: null };
      const event = nextEvent(head, undefined, {
        aggregateKind: 'request',
        caseId: null,
        type: 'ASK_ABOUT_PERSON',
        actorId: actor.id,
        at: tx.now,
        facets: {
          authority: actor.authorityId,
          purpose: wanted.purpose,
          dueAt: dueAt.toISOString(),
          said: sealed.contentHash.toString('hex'),
        },
      });
      const request = {
        id,
        authority_id: actor.authorityId,
        purpose: wanted.purpose,
        sealed: sealed.bytes,
        wrapped: row.wrapped,
        master_key_id: row.master_key_id,
        asked_by: actor.id,
        asked_at: tx.now,
        due_at: dueAt,
        ...event.head,
      };
      // Its first link and its clock are added under policies that must find the request.
      await new Write().insert('person_request', request).run(tx);
      const write = new Write().insert('event', event.row);
      this.deadlines.startUnread(tx, write, id, 'personRequest', due);
      write.runLast(tx);
    });
    return done.repeated ? done.result['id']! : id;
  }

  /**
   * Whoever asked takes it back while no answer was told; one that is decided and not told yet is told no more. Throws NotFound also
   * for what another authority asked.
   */
  async withdraw(actor: Actor, id: string, { reasons }: WithdrawRequestDto, asked: Preconditions): Promise<void> {
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result: { id } };
    await this.database.once(claim, async (tx) => {
      const row = await this.store.lockInTx(tx, id);
      if (!row) throw new NotFound('request');
      if (row.withdrawn_at) throw withdrawnAlready(row.withdrawn_at);
      if (row.outcome !== null)
        throw new DomainError(
          'conflict',
          `This request was ${row.outcome === 'refused' ? 'refused' : 'answered'} on ${row.told_from!.toISOString()} and stays so.`,
        );
      const key = this.keys.unwrap(id, row.wrapped);
      const sealed = key.seal({ reasons }, place('person_request', id, 'withdrawal'));
      const event = nextEvent(row, undefined, {
        aggregateKind: 'request',
        caseId: null,
        type: 'WITHDRAW_PERSON_REQUEST',
        actorId: actor.id,
        at: tx.now,
        facets: { said: sealed.contentHash.toString('hex') },
      });
      const withdrawn = { sealed_withdrawal: sealed.bytes, withdrawn_by: actor.id, withdrawn_at: tx.now };
      new Write()
        .insert('event', event.row)
        .update('person_request', { id, event_seq: row.event_seq }, { ...withdrawn, ...event.head })
        .runLast(tx);
    });
  }

  async list(actor: Actor, query: PersonRequestQuery): Promise<PersonRequestPage> {
    const after = readCursor(query.cursor, ['at', 'id']);
    return this.database.inActorTx(actor.id, async (tx) => {
      const from = after ? { at: String(after['at']), id: String(after['id']) } : null;
      const rows = await this.store.pageInTx(tx, from, query.limit + 1);
      const ids = rows.map(({ id }) => id);
      const proposals = await this.proposalsInTx(tx, actor, ids);
      return pageOf(
        rows,
        query.limit,
        (row) => this.view(row, proposals, actor),
        ({ asked_at, id }) => ({ at: asked_at.toISOString(), id }),
      );
    });
  }

  /** Throws NotFound also for what another authority asked. */
  get(actor: Actor, id: string): Promise<PersonRequestView> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const row = await this.getInTx(tx, id);
      return this.view(row, await this.proposalsInTx(tx, actor, [id]), actor);
    });
  }

  /** The authority that asked is not told of them, and a portal may not read them. */
  private async proposalsInTx(tx: Tx, actor: Actor, requestIds: readonly string[]): Promise<readonly ProposalRow[]> {
    return actor.authorityId === null ? this.store.proposalsInTx(tx, requestIds) : [];
  }

  private async getInTx(tx: Tx, id: string): Promise<PersonRequestRow> {
    const row = await this.store.findInTx(tx, id);
    if (!row) throw new NotFound('request');
    return row;
  }

  private words(row: PersonRequestRow): PersonRequestWords {
    return this.keys.unwrap(row.id, row.wrapped).open<PersonRequestWords>(row.sealed, place('person_request', row.id));
  }

  private view(row: PersonRequestRow, proposals: readonly ProposalRow[], actor: Actor): PersonRequestView {
    const key = this.keys.unwrap(row.id, row.wrapped);
    // Whoever withdrew is told nothing, also when the time comes: neither that there was an answer nor which.
    const told = row.outcome !== null && (row.withdrawn_at === null || actor.authorityId === null);
    return {
      id: row.id,
      authority: row.authority,
      purpose: row.purpose,
      ...this.words(row),
      askedAt: row.asked_at.toISOString(),
      dueAt: row.due_at.toISOString(),
      withdrawnAt: row.withdrawn_at?.toISOString() ?? null,
      withdrawalReasons: row.sealed_withdrawal
        ? key.open<{ reasons: string }>(row.sealed_withdrawal, place('person_request', row.id, 'withdrawal')).reasons
        : null,
      answered: told || row.answered,
      answer: told
        ? {
            outcome: row.outcome!,
            refusal: row.refusal,
            says: row.refusal && personRefusals[row.refusal].says,
            reply:
              row.sealed_reply &&
              key.open<{ reply: string }>(row.sealed_reply, place('person_request_answer', row.id)).reply,
            referralId: row.referral_id,
            toldAt: row.told_from!.toISOString(),
          }
        : null,
      proposals: proposals.filter((one) => one.request_id === row.id).map((one) => proposalView(one, key)),
    };
  }
}

/** The package that answers it shows the legal basis to whoever reads its first page: it may hold no name of who is sought. */
function assertNamesNobody({ legalBasis, particulars }: AskAboutPersonDto): void {
  const tokens = (words: string): string[] => nameTokens({ familyName: words, givenNames: '', aliases: [] }).normalised;
  const { familyName, givenNames, aliases } = particulars;
  // Of a name of several words those of two letters ("de", "al") are in every provision; a name that is one of them is a name.
  const names = [familyName, givenNames, ...aliases].flatMap((name) => {
    const parts = tokens(name);
    return parts.length === 1 ? parts : parts.filter((part) => part.length > 2);
  });
  const named = tokens(legalBasis).filter((word) => names.includes(word));
  if (named.length === 0) return;
  const detail = `must not name who is sought (${named.join(', ')}): give the provision or the order by its number`;
  throw new InvalidInput([{ pointer: '/legalBasis', detail }]);
}

/** What stands in the way of whatever is still to be done with it. */
export const withdrawnAlready = (at: Date): DomainError =>
  new DomainError(
    'conflict',
    `The authority that asked withdrew this request on ${at.toISOString()}: it is answered no more, and stays on record.`,
  );

const wordsOf = ({ legalBasis, scope, reasons, particulars }: AskAboutPersonDto): PersonRequestWords => ({
  legalBasis,
  scope,
  reasons,
  particulars: { ...particulars, birthDate: particulars.birthDate ?? null },
});

function proposalView(row: ProposalRow, key: DataKey): ProposalView {
  const decided =
    row.sealed_decision &&
    key.open<{ reasons: string }>(row.sealed_decision, place('person_request_proposal', row.id, 'decision'));
  return {
    id: row.id,
    outcome: row.outcome,
    refusal: row.refusal,
    caseId: row.case_id,
    reply: null,
    ...key.open<{ reasons: string; reply?: string }>(row.sealed, place('person_request_proposal', row.id)),
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at.toISOString(),
    decision: row.decision,
    decisionReasons: decided ? decided.reasons : null,
  };
}
