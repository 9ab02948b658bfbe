import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DeadlinesService } from '../../deadlines/deadlines.service.js';
import { consequencesOf } from '../../domain/referral/feedback.js';
import { place } from '../../domain/referral/file.js';
import { DataKeys } from '../../platform/database/data-keys.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { DomainError, NotFound, StaleVersion } from '../../platform/database/errors.js';
import type { DataKey } from '../../platform/database/sealing.js';
import { Write } from '../../platform/database/write.js';
import type { Actor } from '../../platform/http/actor.js';
import { type Page, pageOf, type PageQuery, readCursor } from '../../platform/http/page.js';
import type { Preconditions } from '../../platform/http/preconditions.js';
import { InvalidInput } from '../../platform/http/problem.js';
import { type FactsOfCommand, ReferralLifecycle } from '../../referrals/referral-lifecycle.js';
import type { ReferralCommandDto } from '../command.dto.js';
import { RecipientCommands } from '../recipient-commands.js';
import { appendEvent, onReferral, type ReferralStep } from '../referral-step.js';
import type { LetterView, RecordLetterDto, WaitingLetterView } from './letter.dto.js';
import { type LetterRow, LetterStore, type Recipient } from './letter.store.js';

/** What is sealed of a letter. */
interface Content {
  readonly command: ReferralCommandDto;
  readonly signedBy: string;
  readonly senderReference: string | null;
}

/** How long a letter waits for its second reader. */
const CLOCK = 'letterConfirmation';

/** The letter is the recipient's act; who recorded or confirmed it is the actor of the event, which names the letter. */
const AS_RECIPIENT: FactsOfCommand = {
  actorRoles: ['prosecutor'],
  actorBelongsToRecipient: true,
  receiptVerified: false,
};

/** What recipients wrote back on paper: recorded by one of ours and, where it weighs, confirmed by another; then it counts as theirs. */
@Injectable()
export class LettersService {
  constructor(
    readonly database: Database,
    readonly keys: DataKeys,
    private readonly store: LetterStore,
    private readonly commands: RecipientCommands,
    private readonly lifecycle: ReferralLifecycle,
    private readonly deadlines: DeadlinesService,
  ) {}

  /** Oldest first. Throws NotFound for a referral of a case that this person does not see. */
  async list(actor: Actor, referralId: string): Promise<LetterView[]> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const known = await tx.one<{ case_id: string }>(
        'SELECT case_id FROM referral r WHERE id = $1 AND EXISTS (SELECT FROM case_file c WHERE c.id = r.case_id)',
        [referralId],
        'letters_referral',
      );
      if (!known) throw new NotFound('referral');
      const key = await this.keys.getInTx(tx, known.case_id);
      return (await this.store.ofReferralInTx(tx, referralId)).map((row) => viewOf(row, key));
    });
  }

  /** What waits for a second person, of the cases this person sees. */
  async waiting(actor: Actor, query: PageQuery): Promise<Page<WaitingLetterView>> {
    const after = readCursor(query.cursor, ['at', 'id']);
    const rows = await this.database.inActorTx(actor.id, (tx) => this.store.waitingInTx(tx, after, query.limit + 1));
    return pageOf(rows, query.limit, waitingOf, (row) => ({ at: row.recorded_at.toISOString(), id: row.id }));
  }

  /** Records a letter. What weighs waits for a second person; anything else counts at once. */
  async record(actor: Actor, referralId: string, given: RecordLetterDto, asked: Preconditions): Promise<void> {
    await this.learnChart(actor, referralId);
    const id = randomUUID();
    const { letter, ...rest } = given;
    const command = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    await onReferral(this, actor, referralId, asked, { id: referralId }, async (step) => {
      const { tx, write, referral, key } = step;
      if (asked.version !== undefined && asked.version !== referral.version)
        throw new StaleVersion(asked.version, referral.version);
      const recipient = await this.recipientInTx(tx, referralId, { says: given.type, ...letter });
      assertRecordable(recipient, referralId);
      assertSameFile(given, referral.body_sha256);
      const waits = weighs(given, recipient);
      const content: Content = {
        command: command as unknown as ReferralCommandDto,
        signedBy: letter.signedBy,
        senderReference: letter.senderReference ?? null,
      };
      const told = { letter: id, onBehalfOf: recipient.authority, writtenOn: letter.writtenOn };
      const about = { ...told, says: given.type, scanSha256: recipient.scan, waits };
      const head = appendEvent(step, 'RECORD_LETTER', about, { ...content, documentId: letter.documentId });
      write.insert('recipient_letter', {
        id,
        referral_id: referralId,
        case_id: referral.case_id,
        says: given.type,
        written_on: letter.writtenOn,
        document_id: letter.documentId,
        sealed: key.seal(content, place('recipient_letter', id)).bytes,
        file_sha256: given.type === 'ACKNOWLEDGE' ? (given.packageSha256 ?? null) : null,
        recorded_by: actor.id,
        recorded_at: tx.now,
        outcome: waits ? null : 'recorded',
      });
      if (waits) await this.deadlines.startInTx(tx, write, { caseId: referral.case_id, subjectId: id }, CLOCK);
      // What waits is tried and not written: nobody is asked to confirm what the chart refuses.
      const following = new Write();
      await this.follow({ ...step, write: following, referral: { ...referral, ...head } }, id, given, told);
      return waits ? [] : [following];
    });
  }

  /** A second person has read the letter too, and it counts. Throws `fourEyes` for whoever recorded it. */
  async confirm(actor: Actor, referralId: string, id: string, asked: Preconditions): Promise<void> {
    await this.learnChart(actor, referralId);
    await onReferral(this, actor, referralId, asked, { id: referralId }, async (step) => {
      const row = await this.waitingInTx(step, id);
      const { command } = step.key.open<Content>(row.sealed, place('recipient_letter', id));
      const letter = { says: row.says, writtenOn: row.written_on, documentId: row.document_id };
      const recipient = await this.recipientInTx(step.tx, referralId, letter);
      assertSilent(recipient, referralId);
      if (recipient.advice) throw new DomainError('conflict', `The scan of this letter ${IS_ADVICE} Refuse this one.`);
      this.decide(step, id, { outcome: 'confirmed' });
      const told = { letter: id, onBehalfOf: row.authority, writtenOn: row.written_on, confirmed: true };
      const following = new Write();
      await this.follow({ ...step, write: following }, id, command, told);
      return [following];
    });
  }

  /** A second person finds that the letter does not say it: it counts for nothing, and stays to be read. */
  async refuse(actor: Actor, referralId: string, id: string, reason: string, asked: Preconditions): Promise<void> {
    await onReferral(this, actor, referralId, asked, { id: referralId }, async (step) => {
      await this.waitingInTx(step, id);
      const sealed = step.key.seal({ reason }, place('recipient_letter', `${id}:refusal`)).bytes;
      this.decide(step, id, { outcome: 'refused', sealed_refusal: sealed });
      appendEvent(step, 'REFUSE_LETTER', { letter: id }, { reason });
    });
  }

  private decide(
    { tx, write, actor }: ReferralStep,
    id: string,
    how: { outcome: string; sealed_refusal?: Buffer },
  ): void {
    write.update('recipient_letter', { id, outcome: null }, { ...how, decided_by: actor.id, decided_at: tx.now });
    this.deadlines.meet(tx, write, id, CLOCK);
  }

  private follow(
    { tx, write, referral, key, actor }: ReferralStep,
    letterId: string,
    command: ReferralCommandDto,
    facets: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const step = { tx, write, referral, key, actorId: actor.id, rowId: randomUUID(), letterId };
    return this.commands.applyInTx(step, command, { facts: AS_RECIPIENT, facets }).catch((error: unknown) => {
      throw withCure(error, referral, command.type);
    });
  }

  private async recipientInTx(
    tx: Tx,
    referralId: string,
    letter: { says: string; writtenOn: string; documentId: string },
  ): Promise<Recipient> {
    const recipient = await this.store.recipientInTx(tx, referralId, letter);
    if (!recipient) throw new NotFound('referral');
    return recipient;
  }

  private async waitingInTx({ tx, referral, actor }: ReferralStep, id: string): Promise<LetterRow> {
    const row = await this.store.findInTx(tx, referral.id, id);
    if (!row) throw new NotFound('letter on this referral');
    if (row.outcome !== null)
      throw new DomainError(
        'conflict',
        row.outcome === 'recorded'
          ? 'This letter counts already and needs no second person.'
          : `This letter was ${row.outcome} already: read it with GET /api/referrals/${referral.id}/letters.`,
      );
    if (row.recorded_by === actor.id)
      throw new DomainError('fourEyes', 'You recorded this letter: somebody else must confirm or refuse it.');
    return row;
  }

  private async learnChart(actor: Actor, id: string): Promise<void> {
    const row = await this.database.inActorTx(actor.id, (tx) =>
      tx.one<{ workflow_hash: string }>('SELECT workflow_hash FROM referral WHERE id = $1', [id], 'letter_chart'),
    );
    if (!row) throw new NotFound('referral');
    await this.lifecycle.learn(row.workflow_hash);
  }
}

/**
 * What clears a person, ends the matter, or says that a file is no more, is read by two, and so is what acknowledges a file without
 * naming its hash, which nothing can compare; and who recorded the post does not alone say that it was read.
 */
function weighs(command: ReferralCommandDto, { posted_by_actor: postedByActor }: Recipient): boolean {
  if (command.type === 'ACKNOWLEDGE') return postedByActor || command.packageSha256 === undefined;
  if (command.type === 'ANSWER_CORRECTION') return command.answer === 'erased';
  if (command.type !== 'GIVE_FEEDBACK') return false;
  const { ends, clears } = consequencesOf({ ...command, kind: command.feedback });
  return ends || clears;
}

/** What the letter names is compared for whoever records it; the right hash is not theirs to copy. */
function assertSameFile(command: ReferralCommandDto, sent: string): void {
  if (command.type !== 'ACKNOWLEDGE' || command.packageSha256 === undefined || command.packageSha256 === sent) return;
  throw new DomainError(
    'fileDiffers',
    'The SHA-256 that you entered is not that of the package that was sent. Compare it with the letter once more. Where the letter names this one, its ' +
      'sender read another file: ask the sender which, and record no acknowledgement. Where it names none, leave packageSha256 out: a second person then confirms the letter.',
    { seen: command.packageSha256 },
  );
}

/** What the chart refuses of a letter, with what to record before it. */
function withCure(error: unknown, { snapshot, id }: ReferralStep['referral'], type: string): unknown {
  if (!(error instanceof DomainError) || error.code !== 'commandRefused') return error;
  const { delivery } = snapshot as Readonly<Record<string, unknown>>;
  const cure =
    delivery === 'due'
      ? `It has not arrived yet. Where it went by post, record its hand-over first: POST /api/postal-referrals/${id}/receipt.`
      : delivery === 'receipted' && type !== 'ACKNOWLEDGE'
        ? `Nobody has acknowledged it yet. A letter that is about the referral also says that it was read: record it first as ACKNOWLEDGE (without packageSha256 where it names none), then this; the same scan serves for both, and not the advice of receipt of the post. Where that was done, it waits for a second person: see GET /api/referrals/${id}/letters.`
        : undefined;
  return cure === undefined ? error : new DomainError(error.code, `${error.message} ${cure}`, { ...error.data, cure });
}

const IS_ADVICE =
  'is the advice of receipt of the post, which proves that it arrived and not what the recipient says: add the scan of the letter itself.';

/** Throws what stands in the way, with what to do instead. */
function assertRecordable(recipient: Recipient, referralId: string): void {
  const { authority, by_letter: byLetter, waits, in_time: inTime, scan, advice } = recipient;
  if (!byLetter)
    throw new DomainError(
      'conflict',
      `${authority} is reached by its inbox and has people with an account: they say it themselves, there. Ask them to.`,
      { authority },
    );
  assertSilent(recipient, referralId);
  if (waits)
    throw new DomainError(
      'conflict',
      `A letter that says such a thing waits for a second person already: see GET /api/referrals/${referralId}/letters.`,
    );
  const errors = [
    ...(inTime
      ? []
      : [{ pointer: '/letter/writtenOn', detail: 'must lie between the arrival of the referral and today' }]),
    ...(scan === null
      ? [{ pointer: '/letter/documentId', detail: 'is no document of this case: add the scan first' }]
      : []),
    ...(advice ? [{ pointer: '/letter/documentId', detail: IS_ADVICE }] : []),
  ];
  if (errors.length > 0) throw new InvalidInput(errors);
}

/** What the recipient's own people said here is not overwritten from paper. */
function assertSilent({ authority, said_itself: saidItself }: Recipient, referralId: string): void {
  if (!saidItself) return;
  throw new DomainError(
    'conflict',
    `Somebody of ${authority} has said so here already (GET /api/referrals/${referralId}): whatever changes, they say it here too.`,
    { authority },
  );
}

const waitingOf = (row: LetterRow): WaitingLetterView => ({
  id: row.id,
  referralId: row.referral_id,
  caseId: row.case_id,
  caseReference: row.case_reference,
  onBehalfOf: row.authority,
  says: row.says,
  writtenOn: row.written_on,
  recordedBy: row.recorder,
  recordedAt: row.recorded_at.toISOString(),
});

function viewOf(row: LetterRow, key: DataKey): LetterView {
  const { command, signedBy, senderReference } = key.open<Content>(row.sealed, place('recipient_letter', row.id));
  const refusal =
    row.sealed_refusal &&
    key.open<{ reason: string }>(row.sealed_refusal, place('recipient_letter', `${row.id}:refusal`));
  return {
    ...waitingOf(row),
    ...{ command: { ...command }, signedBy, senderReference },
    documentId: row.document_id,
    outcome: row.outcome,
    decidedBy: row.decider,
    decidedAt: row.decided_at?.toISOString() ?? null,
    refusedBecause: refusal ? refusal.reason : null,
  };
}
