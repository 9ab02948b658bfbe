import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { AllowedCommandView, DeadlineView, WorkflowRef } from '../cases/case.view.js';
import { DisputeView, FollowUpView } from './follow-up.dto.js';
import { AnswerView, ClauseView, DraftView, FailedCheckView, RaisedIndicatorView, WhyView } from './answer.view.js';

export class PinnedQuestionnaireView {
  @ApiProperty()
  hash!: string;

  @ApiProperty({ example: 'RW-screening' })
  code!: string;

  @ApiProperty()
  version!: number;

  @ApiProperty({ example: 'RW' })
  pack!: string;
}

export class InterviewSummaryView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  caseId!: string;

  @ApiProperty({ enum: ['screening', 'exclusion', 'witness'] })
  purpose!: string;

  @ApiProperty({ description: 'The ETag; may be sent as If-Match.' })
  version!: number;

  @ApiProperty({ example: 'underway' })
  state!: string;

  @ApiProperty({ example: 'Under way' })
  stage!: string;

  @ApiProperty()
  interviewer!: string;

  @ApiProperty({ type: [PinnedQuestionnaireView] })
  questionnaires!: readonly PinnedQuestionnaireView[];

  @ApiProperty({ description: 'How many indicators stand raised.' })
  raised!: number;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  sealedAt!: string | null;
}

export class InterviewPage {
  @ApiProperty({ type: [InterviewSummaryView] })
  items!: readonly InterviewSummaryView[];

  @ApiProperty({ nullable: true, type: String })
  next!: string | null;
}

export class NoticeTextView {
  @ApiProperty()
  version!: number;

  @ApiProperty()
  language!: string;

  @ApiProperty()
  title!: string;

  @ApiProperty({ type: [String], description: 'What is recorded.' })
  recorded!: readonly string[];

  @ApiProperty({ type: [String], description: 'That facts may be transmitted, to whom and why.' })
  transmitted!: readonly string[];

  @ApiProperty({ type: [String], description: 'What the applicant may do.' })
  rights!: readonly string[];
}

export class NoticeView {
  @ApiProperty({ type: NoticeTextView, description: 'As given; before that, the one to give.' })
  text!: NoticeTextView;

  @ApiProperty({ nullable: true, type: 'object', additionalProperties: true, description: 'How it was given.' })
  given!: object | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  givenAt!: string | null;
}

export class CodeView {
  @ApiProperty()
  code!: string;

  @ApiProperty()
  text!: string;

  @ApiPropertyOptional({ description: 'The code above it.' })
  parent?: string;

  @ApiPropertyOptional({ type: Boolean, description: 'Stands alone.' })
  exclusive?: true;
}

/** A value worked out from other answers; nobody is asked. */
export class CalculatedView {
  @ApiPropertyOptional({
    description:
      'A number, a date, true or false; {"least", "most"} where uncertain dates leave bounds. Absent: not known.',
  })
  value?: unknown;
}

/** A question that is open, or was answered before it closed. */
export class InterviewQuestionView {
  @ApiProperty({ enum: ['question'] })
  kind!: 'question';

  @ApiProperty()
  id!: string;

  @ApiPropertyOptional({ type: [Number] })
  item?: readonly number[];

  @ApiPropertyOptional({ description: 'The question it follows up.' })
  follows?: string;

  @ApiProperty({ example: 'choice' })
  type!: string;

  @ApiProperty({ description: 'As asked.' })
  text!: string;

  @ApiPropertyOptional({ description: 'How to ask it; never read out.' })
  note?: string;

  @ApiProperty()
  open!: boolean;

  @ApiProperty({ type: WhyView })
  why!: WhyView;

  @ApiProperty()
  required!: boolean;

  @ApiProperty({ description: 'Ask with care.' })
  sensitive!: boolean;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Purpose, basis, bounds, vocabulary.' })
  about!: object;

  @ApiPropertyOptional({ type: [CodeView], description: 'For the officer to choose from; never read out.' })
  codes?: readonly CodeView[];

  @ApiPropertyOptional({ type: CalculatedView })
  calculated?: CalculatedView;

  @ApiProperty({ type: [FailedCheckView], description: 'Checks that the answer does not pass.' })
  failed!: readonly FailedCheckView[];

  @ApiProperty({ type: AnswerView, nullable: true, description: 'The answer in force.' })
  answer!: AnswerView | null;

  @ApiProperty({ type: [AnswerView], description: 'All revisions, oldest first.' })
  revisions!: readonly AnswerView[];

  @ApiProperty({ type: [FollowUpView], description: 'What the officer asked beyond the questionnaire, oldest first.' })
  followUps!: readonly FollowUpView[];
}

export class InterviewItemView {
  @ApiProperty()
  index!: number;

  @ApiProperty()
  title!: string;

  @ApiProperty({ type: [FailedCheckView], description: 'Checks that the item does not pass.' })
  failed!: readonly FailedCheckView[];

  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } })
  questions!: readonly (InterviewQuestionView | InterviewRepeatView)[];
}

/** Questions asked once per item. */
export class InterviewRepeatView {
  @ApiProperty({ enum: ['repeat'] })
  kind!: 'repeat';

  @ApiProperty()
  id!: string;

  @ApiPropertyOptional({ type: [Number] })
  item?: readonly number[];

  @ApiProperty()
  title!: string;

  @ApiProperty()
  open!: boolean;

  @ApiProperty({ type: WhyView })
  why!: WhyView;

  @ApiProperty()
  min!: number;

  @ApiProperty()
  max!: number;

  @ApiProperty({ type: [InterviewItemView] })
  items!: readonly InterviewItemView[];

  @ApiPropertyOptional({ type: InterviewItemView, description: 'The next item as it would be asked.' })
  next?: InterviewItemView;
}

export class InterviewSectionView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  title!: string;

  @ApiPropertyOptional()
  note?: string;

  @ApiProperty({ example: 'freeAccount' })
  phase!: string;

  @ApiProperty()
  open!: boolean;

  @ApiProperty({ type: WhyView })
  why!: WhyView;

  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } })
  items!: readonly (InterviewQuestionView | InterviewRepeatView)[];
}

export class StandingIndicatorView extends RaisedIndicatorView {
  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  raisedAt!: string | null;

  @ApiProperty({ type: [DisputeView], description: 'Why officers hold that it says nothing of this person.' })
  disputed!: readonly DisputeView[];
}

export class NoteView {
  @ApiProperty({ enum: ['mayBeVictim'] })
  kind!: 'mayBeVictim';

  @ApiProperty()
  sentence!: string;

  @ApiProperty({ type: [ClauseView], description: 'What was told.' })
  because!: readonly ClauseView[];
}

export class ClearedIndicatorView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  severity!: string;

  @ApiProperty()
  ground!: string;

  @ApiProperty({ description: 'Why it was raised.' })
  reason!: string;

  @ApiProperty({ format: 'date-time' })
  raisedAt!: string;

  @ApiProperty({ format: 'date-time' })
  clearedAt!: string;
}

export class CommentView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  text!: string;

  @ApiProperty({ enum: ['applicant', 'counsel', 'representative'] })
  from!: string;

  @ApiProperty({ format: 'date-time' })
  receivedAt!: string;
}

export class MissingView {
  @ApiProperty()
  questionId!: string;

  @ApiPropertyOptional({ type: [Number] })
  item?: readonly number[];
}

export class ProgressView {
  @ApiProperty({ description: 'Open questions.' })
  open!: number;

  @ApiProperty({ description: 'Those of them with a value or a status.' })
  answered!: number;

  @ApiProperty({ type: [MissingView], description: 'Required ones with neither.' })
  missing!: readonly MissingView[];
}

export class InterviewView extends InterviewSummaryView {
  @ApiProperty({ type: WorkflowRef })
  workflow!: WorkflowRef;

  @ApiProperty({ type: [AllowedCommandView] })
  allowedCommands!: AllowedCommandView[];

  @ApiProperty({ type: [DeadlineView] })
  deadlines!: DeadlineView[];

  @ApiProperty({ type: NoticeView })
  notice!: NoticeView;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'How the sitting was held: circumstances, cautions, confirmation, hash of the record.',
  })
  sitting!: object;

  @ApiProperty({ type: [CommentView], description: 'What the applicant’s side said about the record.' })
  comments!: readonly CommentView[];

  @ApiProperty({ type: ProgressView })
  progress!: ProgressView;

  @ApiProperty({ type: [InterviewSectionView] })
  sections!: readonly InterviewSectionView[];

  @ApiProperty({ type: [StandingIndicatorView] })
  indicators!: readonly StandingIndicatorView[];

  @ApiProperty({
    type: [NoteView],
    description: 'What was told of a time below the age of criminal responsibility: no indicator, perhaps a victim.',
  })
  notes!: readonly NoteView[];

  @ApiProperty({ type: [ClearedIndicatorView] })
  clearedIndicators!: readonly ClearedIndicatorView[];

  @ApiProperty({ type: DraftView, nullable: true, description: 'Your own unfinished answer.' })
  draft!: DraftView | null;
}
