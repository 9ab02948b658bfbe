import { ApiProperty } from '@nestjs/swagger';
import { correctionCauses } from '../domain/workflow/vocabulary/case.js';
import { LetterOriginView } from './letter-origin.view.js';
import type { CorrectionRow, ToldRow } from './corrections.store.js';

const ANSWERS = ['erased', 'restricted', 'retainedAsEvidence'] as const;

export class CorrectionRecipientView {
  @ApiProperty({ description: 'Code of the authority.' })
  authority!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ format: 'uuid', description: 'The referral that carries the correction.' })
  referralId!: string;

  @ApiProperty({ format: 'date-time' })
  sentAt!: string;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  receivedAt!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  acknowledgedAt!: string | null;

  @ApiProperty({ type: LetterOriginView, nullable: true, description: 'By which letter; null: not by one.' })
  acknowledgementLetter!: LetterOriginView | null;

  @ApiProperty({
    enum: ANSWERS,
    nullable: true,
    type: String,
    description: 'What the recipient did with what it holds.',
  })
  answer!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  answeredAt!: string | null;

  @ApiProperty({ type: LetterOriginView, nullable: true, description: 'By which letter; null: not by one.' })
  answerLetter!: LetterOriginView | null;

  @ApiProperty({ description: 'A deadline of this recipient has passed.' })
  overdue!: boolean;
}

export class CorrectionView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: [...correctionCauses, 'agreementRevoked'] })
  cause!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty({
    enum: ['notAsked', 'owed', 'decided', 'reinstated'],
    description:
      'Whether it was decided, after this correction, if suspicion remains; `notAsked` where it is itself that answer, `reinstated` where a court put the exclusion back before.',
  })
  suspicion!: 'notAsked' | 'owed' | 'decided' | 'reinstated';

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  suspicionDecidedAt!: string | null;

  @ApiProperty({
    type: [String],
    format: 'uuid',
    nullable: true,
    description: 'The allegations for which suspicion remains, once that is decided for each of them.',
  })
  suspicionRemainsFor!: readonly string[] | null;

  @ApiProperty({ type: [CorrectionRecipientView] })
  recipients!: CorrectionRecipientView[];
}

export class CorrectionsView {
  @ApiProperty({ type: [CorrectionView] })
  items!: CorrectionView[];

  @ApiProperty({ description: 'Recipients told, over all corrections.' })
  told!: number;

  @ApiProperty()
  received!: number;

  @ApiProperty()
  answered!: number;

  @ApiProperty()
  overdue!: number;
}

const JUDGMENTS: readonly string[] = ['quashedNotFinal', 'quashedFinal', 'partlyUpheld', 'remitted'];
/** After these nobody has to decide anew whether suspicion remains. */
const NOT_ASKING: readonly string[] = ['reinstated', 'suspicionRemains', 'noSuspicionRemains', 'agreementRevoked'];

export function correctionsView(corrections: readonly CorrectionRow[], told: readonly ToldRow[]): CorrectionsView {
  const items = corrections.map((row) => correctionView(row, corrections, told));
  const recipients = items.flatMap((item) => item.recipients);
  return {
    items,
    told: recipients.length,
    received: recipients.filter(({ receivedAt }) => receivedAt !== null).length,
    answered: recipients.filter(({ answer }) => answer !== null).length,
    overdue: recipients.filter(({ overdue }) => overdue).length,
  };
}

function correctionView(row: CorrectionRow, all: readonly CorrectionRow[], told: readonly ToldRow[]): CorrectionView {
  const asks = !NOT_ASKING.includes(row.reason);
  const reinstated =
    JUDGMENTS.includes(row.reason) && all.some(({ reason, at }) => reason === 'reinstated' && at > row.at);
  return {
    id: row.id,
    cause: row.reason,
    at: row.at.toISOString(),
    suspicion: !asks ? 'notAsked' : row.answer_at ? 'decided' : reinstated ? 'reinstated' : 'owed',
    suspicionDecidedAt: asks ? (row.answer_at?.toISOString() ?? null) : null,
    suspicionRemainsFor: asks ? row.remaining_ids : null,
    recipients: told.filter(({ correction_id: of }) => of === row.id).map(recipientView),
  };
}

const recipientView = (row: ToldRow): CorrectionRecipientView => ({
  authority: row.authority,
  name: row.authority_name,
  referralId: row.referral_id,
  sentAt: row.sent_at.toISOString(),
  receivedAt: row.received_at?.toISOString() ?? null,
  acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
  acknowledgementLetter: row.acknowledgement_letter,
  answer: row.answer,
  answeredAt: row.answered_at?.toISOString() ?? null,
  answerLetter: row.answer_letter,
  overdue: row.overdue,
});
