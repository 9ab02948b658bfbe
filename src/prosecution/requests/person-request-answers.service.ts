import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type PersonsFound, PersonSearchService } from '../../cases/person-search.service.js';
import { DeadlinesService } from '../../deadlines/deadlines.service.js';
import { place } from '../../domain/referral/file.js';
import { personRefusals, type PersonRequestWords, toldFrom } from '../../domain/referral/request.js';
import { DataKeys } from '../../platform/database/data-keys.js';
import { Database, type LockedRow, type Tx } from '../../platform/database/database.js';
import { DomainError, NotFound } from '../../platform/database/errors.js';
import { type ChainHead, nextEvent } from '../../platform/database/next-event.js';
import type { DataKey } from '../../platform/database/sealing.js';
import { Write } from '../../platform/database/write.js';
import type { Actor } from '../../platform/http/actor.js';
import type { Preconditions } from '../../platform/http/preconditions.js';
import { InvalidInput } from '../../platform/http/problem.js';
import { ReferralsService } from '../../referrals/referrals.service.js';
import { assertTellsNoWhereaboutsInTx } from '../../referrals/whereabouts-withheld.js';
import type { DecideProposalDto, ProposeAnswerDto } from './person-request.dto.js';
import { type PersonRequestRow, PersonRequestStore, type ProposalRow } from './person-request.store.js';
import { withdrawnAlready } from './person-requests.service.js';

interface SealedProposal {
  readonly reasons: string;
  readonly reply?: string;
}

interface Step {
  readonly tx: Tx;
  readonly write: Write;
  readonly request: PersonRequestRow;
  readonly key: DataKey;
  readonly actor: Actor;
}

/** What is told about a person who was not referred: one person proposes, another decides. */
@Injectable()
export class PersonRequestAnswersService {
  constructor(
    private readonly database: Database,
    private readonly keys: DataKeys,
    private readonly store: PersonRequestStore,
    private readonly referrals: ReferralsService,
    private readonly persons: PersonSearchService,
    private readonly deadlines: DeadlinesService,
  ) {}

  /** Files with such names. A prosecutor searches nothing: the policy refuses them the route. */
  candidates(actor: Actor, requestId: string): Promise<PersonsFound> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const request = await this.store.findInTx(tx, requestId);
      if (!request) throw new NotFound('request');
      const key = this.keys.unwrap(requestId, request.wrapped);
      const { particulars } = key.open<PersonRequestWords>(request.sealed, place('person_request', requestId));
      return this.persons.findInTx(tx, particulars);
    });
  }

  async propose(actor: Actor, requestId: string, wanted: ProposeAnswerDto, asked: Preconditions): Promise<void> {
    assertWhole(wanted);
    const id = randomUUID();
    await this.command(actor, requestId, asked, async (step) => {
      const { tx, write, key } = step;
      // Read under the lock: the row that was waited for says nothing of an answer that another command gave meanwhile.
      const earlier = await this.store.proposalsInTx(tx, [requestId]);
      if (earlier.some(({ decision }) => decision !== 'returned')) throw proposedAlready();
      const { reasons, reply, outcome } = wanted;
      if (wanted.caseId !== undefined) {
        await this.assertMayBeToldInTx(tx, wanted.caseId, reply);
        // Asked again at the confirmation: what stands now may not stand then.
        const to = { caseId: wanted.caseId, authorityId: step.request.authority_id };
        await this.referrals.getCauseToTellInTx(tx, to);
      }
      const sealed = key.seal({ reasons, reply }, place('person_request_proposal', id));
      write.insert('person_request_proposal', {
        id,
        request_id: requestId,
        case_id: wanted.caseId ?? null,
        outcome,
        refusal: wanted.refusal ?? null,
        sealed: sealed.bytes,
        proposed_by: actor.id,
        proposed_at: tx.now,
      });
      this.append(step, 'PROPOSE_ANSWER', { proposal: id, outcome, said: sealed.contentHash.toString('hex') });
    }).catch(asProposed);
  }

  /** Confirmed, it is told: at once, or when the time to answer runs out, so that its speed says nothing. */
  async decide(
    actor: Actor,
    requestId: string,
    proposalId: string,
    wanted: DecideProposalDto,
    asked: Preconditions,
  ): Promise<void> {
    await this.command(actor, requestId, asked, async (step) => {
      const proposal = await this.openInTx(step, proposalId);
      const { tx, write, key } = step;
      if (wanted.decision === 'confirmed' && proposal.case_id !== null) {
        const { reply } = key.open<SealedProposal>(proposal.sealed, place('person_request_proposal', proposalId));
        // Words may have been marked since it was proposed.
        await this.assertMayBeToldInTx(tx, proposal.case_id, reply);
      }
      const decided = key.seal({ reasons: wanted.reasons }, place('person_request_proposal', proposalId, 'decision'));
      write.update(
        'person_request_proposal',
        { id: proposalId },
        { decision: wanted.decision, sealed_decision: decided.bytes, decided_by: actor.id, decided_at: tx.now },
      );
      const facets = { proposal: proposalId, said: decided.contentHash.toString('hex') };
      if (wanted.decision === 'returned') return this.append(step, 'RETURN_ANSWER', facets);
      const referralId = proposal.case_id === null ? null : await this.discloseInTx(step, proposal.case_id);
      const told = this.answer(step, proposal, referralId);
      this.deadlines.meet(tx, write, requestId, 'personRequest');
      this.append(step, 'CONFIRM_ANSWER', { ...facets, ...told });
    });
  }

  /** Throws NotFound for a case that the actor does not see. */
  private async assertMayBeToldInTx(tx: Tx, caseId: string, reply: string | undefined): Promise<void> {
    if (!(await tx.one('SELECT FROM case_file WHERE id = $1', [caseId]))) throw new NotFound('case');
    const key = await this.keys.getInTx(tx, caseId);
    await assertTellsNoWhereaboutsInTx(tx, { caseId, key }, { '/reply': reply });
  }

  private answer(
    { tx, write, request, key, actor }: Step,
    proposal: ProposalRow,
    referralId: string | null,
  ): Record<string, unknown> {
    const { outcome, refusal } = proposal;
    const { reply } = key.open<SealedProposal>(proposal.sealed, place('person_request_proposal', proposal.id));
    const from = toldFrom({ outcome, refusal }, tx.now, request.due_at);
    // Only beside a file that may reach this authority: words of a refusal would pass by all that keeps a file from it.
    const told = outcome === 'disclosed' ? key.seal({ reply }, place('person_request_answer', request.id)).bytes : null;
    write.insert('person_request_answer', {
      request_id: request.id,
      outcome,
      refusal,
      referral_id: referralId,
      sealed: told,
      decided_by: actor.id,
      decided_at: tx.now,
      told_from: from,
    });
    return { outcome, refusal, referral: referralId, toldFrom: from.toISOString() };
  }

  /** The file leaves by the house's path: under the cause that stands in the case, as a referral with all that hangs on one. */
  private async discloseInTx(step: Step, caseId: string): Promise<string> {
    const { tx, write, request, actor } = step;
    const record = await this.database.lockInTx(tx, 'case', caseId);
    if (!record) throw new NotFound('case');
    const key = this.keys.ofLocked(record);
    const { legalBasis } = step.key.open<PersonRequestWords>(request.sealed, place('person_request', request.id));
    const referralId = await this.referrals.tellAlsoInTx(tx, write, {
      caseId,
      key,
      actorId: actor.id,
      authorityId: request.authority_id,
      legalBasis,
      codedBasis: `person request ${request.id}`,
    });
    this.appendToCase(step, record, key, referralId);
    return referralId;
  }

  private appendToCase({ tx, write, request, actor }: Step, record: LockedRow, key: DataKey, referralId: string): void {
    const event = nextEvent(record as unknown as ChainHead, key, {
      aggregateKind: 'case',
      caseId: record.id,
      type: 'DISCLOSE_ON_REQUEST',
      actorId: actor.id,
      at: tx.now,
      facets: { request: request.id, referral: referralId, authority: request.authority, state: record['snapshot'] },
    });
    write
      .insert('event', event.row)
      .update('case_file', { id: record.id }, { version: (record['version'] as number) + 1, ...event.head });
  }

  private async openInTx({ tx, request, actor }: Step, proposalId: string): Promise<ProposalRow> {
    const proposal = (await this.store.proposalsInTx(tx, [request.id])).find(({ id }) => id === proposalId);
    if (!proposal) throw new NotFound('proposal');
    if (proposal.decision !== null)
      throw new DomainError(
        'conflict',
        `This proposal was ${proposal.decision}; make a new one where it was returned.`,
      );
    if (proposal.proposed_by === actor.id)
      throw new DomainError(
        'fourEyes',
        'You made this proposal. Another legal adviser or decision-maker decides on it.',
      );
    return proposal;
  }

  private command(actor: Actor, id: string, asked: Preconditions, work: (step: Step) => Promise<void>) {
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result: { id } };
    return this.database.once(claim, async (tx) => {
      const request = await this.store.lockInTx(tx, id);
      if (!request) throw new NotFound('request');
      if (request.withdrawn_at) throw withdrawnAlready(request.withdrawn_at);
      const step = { tx, write: new Write(), request, key: this.keys.unwrap(id, request.wrapped), actor };
      await work(step);
      step.write.runLast(tx);
    });
  }

  private append({ tx, write, request, actor }: Step, type: string, facets: Record<string, unknown>): void {
    const event = nextEvent(request, undefined, {
      aggregateKind: 'request',
      caseId: null,
      type,
      actorId: actor.id,
      at: tx.now,
      facets,
    });
    write
      .insert('event', event.row)
      .update('person_request', { id: request.id, event_seq: request.event_seq }, event.head);
  }
}

const proposedAlready = (): DomainError =>
  new DomainError('conflict', 'This request is answered, or a proposal for it waits to be decided.');

/** A proposal about a case that this person does not see stands in the way all the same. */
function asProposed(error: unknown): never {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code === '23505' && constraint === 'person_request_proposal_once') throw proposedAlready();
  throw error;
}

/** Throws InvalidInput where the outcome and what belongs to it disagree. */
function assertWhole({ outcome, caseId, refusal, reply }: ProposeAnswerDto): void {
  const faults: { pointer: string; detail: string }[] = [];
  if (outcome === 'disclosed') {
    if (caseId === undefined) faults.push({ pointer: '/caseId', detail: 'must name the case that is disclosed' });
    if (refusal !== undefined) faults.push({ pointer: '/refusal', detail: 'belongs to a refusal: leave it out' });
    if (reply === undefined) faults.push({ pointer: '/reply', detail: 'must say what is told with the file' });
  } else {
    if (refusal === undefined)
      faults.push({ pointer: '/refusal', detail: `must be one of ${Object.keys(personRefusals).join(', ')}` });
    if (caseId !== undefined)
      faults.push({
        pointer: '/caseId',
        detail: 'a refusal names no case: leave it out, and say in reasons what was found',
      });
    if (reply !== undefined)
      faults.push({
        pointer: '/reply',
        detail: 'a refusal is told in the words of its ground alone: leave it out, and say in reasons what was found',
      });
  }
  if (faults.length > 0) throw new InvalidInput(faults);
}
