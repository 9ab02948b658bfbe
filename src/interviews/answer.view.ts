import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { AnswerValue, Status } from '../domain/questionnaire/scope.js';
import type { IndicatorView } from '../domain/questionnaire/indicator-view.js';
import type { QuestionView, SectionView, RepeatView, SessionView } from '../domain/questionnaire/view.js';

export class ClauseView {
  @ApiProperty()
  sentence!: string;

  @ApiProperty({ enum: ['yes', 'no', 'unclear'] })
  outcome!: string;
}

export class WhyView {
  @ApiProperty()
  sentence!: string;

  @ApiProperty({ type: [ClauseView], description: 'The fewest clauses that decided.' })
  clauses!: readonly ClauseView[];
}

export class AnswerView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  questionId!: string;

  @ApiPropertyOptional({ type: [Number], description: 'Inside repeats: the item of each, outermost first.' })
  item?: readonly number[];

  @ApiProperty()
  revision!: number;

  @ApiProperty({ description: 'Recorded without having seen the revision before it.' })
  concurrent!: boolean;

  @ApiProperty({ format: 'uuid', nullable: true, type: String })
  basedOn!: string | null;

  @ApiPropertyOptional({ description: 'As its question’s type has it.' })
  value?: AnswerValue;

  @ApiPropertyOptional({ enum: ['unknown', 'refused', 'notAsked'] })
  status?: Status;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  verbatim?: object;

  @ApiPropertyOptional()
  note?: string;

  @ApiProperty()
  recordedBy!: string;

  @ApiProperty({ format: 'date-time' })
  recordedAt!: string;
}

export class AddressView {
  @ApiProperty()
  questionId!: string;

  @ApiPropertyOptional({ type: [Number] })
  item?: readonly number[];

  @ApiProperty()
  text!: string;

  @ApiProperty({ type: WhyView })
  why!: WhyView;
}

export class NextQuestionView {
  @ApiProperty()
  questionId!: string;

  @ApiProperty()
  text!: string;
}

export class RaisedIndicatorView {
  @ApiProperty({ example: 'ownActs' })
  id!: string;

  @ApiProperty({ enum: ['yes', 'unclear'] })
  certainty!: string;

  @ApiProperty({ enum: ['low', 'medium', 'high'] })
  severity!: string;

  @ApiProperty({ example: '1F(a)' })
  ground!: string;

  @ApiProperty()
  reason!: string;

  @ApiProperty({ type: [ClauseView], description: 'The answers it follows from.' })
  because!: readonly ClauseView[];

  @ApiProperty({ type: [String], description: 'What would explain it innocently.' })
  innocent!: readonly string[];

  @ApiProperty({ type: [NextQuestionView], description: 'What to ask next.' })
  next!: readonly NextQuestionView[];
}

/** A check that does not pass: an error is a slip to be put right, a warning something to ask about. */
export class FailedCheckView {
  @ApiProperty({ description: 'The question or repeat it stands on.' })
  of!: string;

  @ApiProperty()
  id!: string;

  @ApiProperty({ enum: ['error', 'warning'] })
  severity!: 'error' | 'warning';

  @ApiProperty({ description: 'What is wrong and what to do.' })
  message!: string;
}

export class RecordedAnswerView {
  @ApiProperty({ type: AnswerView })
  answer!: AnswerView;

  @ApiProperty({ type: [AddressView] })
  opened!: readonly AddressView[];

  @ApiProperty({ type: [AddressView] })
  closed!: readonly AddressView[];

  @ApiProperty({ type: [RaisedIndicatorView] })
  raised!: readonly RaisedIndicatorView[];

  @ApiProperty({ type: [String], description: 'Ids of the indicators that the answer cleared.' })
  cleared!: readonly string[];

  @ApiProperty({
    type: [FailedCheckView],
    description: 'Warnings: checks the answer does not pass, taken all the same.',
  })
  failed!: readonly FailedCheckView[];

  @ApiProperty({ description: 'Version of the interview after it.' })
  version!: number;
}

export class DraftView {
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'As it was sent.' })
  draft!: object;

  @ApiProperty({ format: 'date-time' })
  savedAt!: string;
}

/** What an indicator says, with the wording of the questions it leads to. */
export function raisedIndicator(indicator: IndicatorView, textOf: (questionId: string) => string): RaisedIndicatorView {
  const { id, certainty, severity, ground, reason, because, innocent, next } = indicator;
  return {
    id,
    certainty,
    severity,
    ground,
    reason,
    because,
    innocent,
    next: next.map((questionId) => ({ questionId, text: textOf(questionId) })),
  };
}

/** Every question of an interview as shown now, wherever it stands; also in the next item of each repeat. */
export function questionsIn({ sections }: SessionView): QuestionView[] {
  const below = (items: SectionView['items']): QuestionView[] =>
    items.flatMap((one) => (one.kind === 'question' ? [one] : inRepeat(one)));
  const inRepeat = ({ items, next }: RepeatView): QuestionView[] =>
    [...items, ...(next ? [next] : [])].flatMap(({ questions }) => below(questions));
  return sections.flatMap(({ items }) => below(items));
}
