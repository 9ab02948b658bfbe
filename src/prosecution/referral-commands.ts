import { consequencesOf, feedbackFaults } from '../domain/referral/feedback.js';
import { type Content, place } from '../domain/referral/file.js';
import type { Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import type { DataKey } from '../platform/database/sealing.js';
import type { Write } from '../platform/database/write.js';
import { InvalidInput } from '../platform/http/problem.js';
import type { FactsOfCommand } from '../referrals/referral-lifecycle.js';
import type { ReferralRow } from '../referrals/referral.store.js';
import type { AcknowledgeDto, AnswerCorrectionDto, GiveFeedbackDto, ReferralCommandDto } from './command.dto.js';

export interface CommandStep {
  readonly tx: Tx;
  readonly write: Write;
  readonly referral: ReferralRow;
  readonly key: DataKey;
  readonly actorId: string;
  /** Of the row that the command makes. */
  readonly rowId: string;
  /** What it follows from, where its recipient wrote on paper. */
  readonly letterId?: string;
}

/** What one command means before its chart is asked: facts of its own, what is told without personal data, what was written. */
export interface Meaning {
  readonly facts: Partial<FactsOfCommand>;
  readonly facets?: Content;
  readonly said: Content;
}

/** Throws when the command contradicts itself, or names another file than the one that was sent. */
export function meaningOf(command: ReferralCommandDto, referral: ReferralRow, rowId: string): Meaning {
  switch (command.type) {
    case 'ACKNOWLEDGE':
      assertSameFile(command, referral);
      return { facts: { fileHashNamed: command.packageSha256 !== undefined }, said: wordsOf(command) };
    case 'CONCLUDE_REFERRAL':
      return { facts: {}, said: wordsOf(command) };
    case 'GIVE_FEEDBACK': {
      const faults = feedbackFaults({ ...command, kind: command.feedback });
      if (faults.length > 0) throw new InvalidInput(faults);
      const { ends, clears } = consequencesOf({ ...command, kind: command.feedback });
      const { feedback, outcome = null } = command;
      return {
        facts: { feedbackEndsMatter: ends },
        facets: { id: rowId, feedback, outcome, ends, clears },
        said: wordsOf(command),
      };
    }
    case 'ANSWER_CORRECTION':
      return {
        facts: { contentErased: command.answer === 'erased' },
        facets: { id: rowId, answer: command.answer },
        said: wordsOf(command),
      };
  }
}

/** Adds the row that the command stands for; its clocks and state are the chart's. */
export function recordRow(step: CommandStep, command: ReferralCommandDto): void {
  if (command.type === 'ACKNOWLEDGE') recordAcknowledgement(step, command);
  if (command.type === 'GIVE_FEEDBACK') recordFeedback(step, command);
  if (command.type === 'ANSWER_CORRECTION') recordAnswer(step, command);
}

const letterOf = ({ letterId }: CommandStep) => (letterId === undefined ? {} : { letter_id: letterId });

function recordAcknowledgement(step: CommandStep, command: AcknowledgeDto): void {
  const { tx, write, referral, key, actorId } = step;
  const said = wordsOf(command);
  write.insert('acknowledgement', {
    ...letterOf(step),
    referral_id: referral.id,
    case_id: referral.case_id,
    acknowledged_by: actorId,
    acknowledged_at: tx.now,
    sealed: command.note === undefined ? null : key.seal(said, place('acknowledgement', referral.id)).bytes,
  });
}

function recordFeedback(step: CommandStep, command: GiveFeedbackDto): void {
  const { tx, write, referral, key, actorId, rowId } = step;
  write.insert('feedback', {
    ...letterOf(step),
    id: rowId,
    referral_id: referral.id,
    case_id: referral.case_id,
    kind: command.feedback,
    outcome: command.outcome ?? null,
    ...consequencesOf({ ...command, kind: command.feedback }),
    question_ids: command.questionIds,
    sealed: key.seal(wordsOf(command), place('feedback', rowId)).bytes,
    given_by: actorId,
    given_at: tx.now,
  });
}

function recordAnswer(step: CommandStep, command: AnswerCorrectionDto): void {
  const { tx, write, referral, key, actorId, rowId } = step;
  write.insert('correction_answer', {
    ...letterOf(step),
    id: rowId,
    referral_id: referral.id,
    case_id: referral.case_id,
    answer: command.answer,
    sealed: key.seal(wordsOf(command), place('correction_answer', rowId)).bytes,
    answered_by: actorId,
    answered_at: tx.now,
  });
}

/** What the person wrote, as it is sealed in the row and in the event alike. */
function wordsOf(command: ReferralCommandDto): Content {
  switch (command.type) {
    case 'ACKNOWLEDGE':
    case 'CONCLUDE_REFERRAL':
      return command.note === undefined ? {} : { note: command.note };
    case 'GIVE_FEEDBACK':
      return { text: command.text, missing: command.missing, questionIds: command.questionIds };
    case 'ANSWER_CORRECTION':
      return { law: command.law, note: command.note ?? null };
  }
}

function assertSameFile({ packageSha256: seen }: AcknowledgeDto, { body_sha256: sent, id }: ReferralRow): void {
  if (seen === undefined || seen === sent) return;
  throw new DomainError(
    'fileDiffers',
    `You acknowledge a file with the SHA-256 ${seen}, but the one that was sent has ${sent}. Read it again ` +
      `(GET /api/referrals/${id}/package) and acknowledge what you read; if they still differ, tell the sending authority.`,
    { seen, sent },
  );
}
