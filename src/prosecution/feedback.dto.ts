import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { LetterOriginView } from '../cases/letter-origin.view.js';
import {
  type FeedbackKind,
  feedbackKinds,
  type FeedbackOutcome,
  feedbackOutcomes,
} from '../domain/referral/feedback.js';

const KINDS = Object.keys(feedbackKinds);
const OUTCOMES = Object.keys(feedbackOutcomes);

export class FeedbackView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  referralId!: string;

  @ApiProperty({ format: 'uuid' })
  caseId!: string;

  @ApiProperty({ description: 'Code of the authority that gave it.' })
  authority!: string;

  @ApiProperty({ enum: KINDS })
  feedback!: FeedbackKind;

  @ApiProperty({ enum: OUTCOMES, nullable: true, type: String })
  outcome!: FeedbackOutcome | null;

  @ApiProperty({ description: 'What the two words mean.' })
  says!: string;

  @ApiProperty({ description: 'Nothing more is awaited after it.' })
  endsMatter!: boolean;

  @ApiProperty({ description: 'It clears the person, which opens a reconsideration.' })
  clearsPerson!: boolean;

  @ApiProperty()
  text!: string;

  @ApiProperty({ type: [String] })
  missing!: readonly string[];

  @ApiProperty({ type: [String] })
  questionIds!: readonly string[];

  @ApiProperty({ format: 'date-time' })
  givenAt!: string;

  @ApiPropertyOptional({
    type: LetterOriginView,
    nullable: true,
    description: 'The letter by which it came; null: not by one. For the side that sent the referral only.',
  })
  letter?: LetterOriginView | null;
}

export class FeedbackList {
  @ApiProperty({ type: [FeedbackView] })
  items!: readonly FeedbackView[];
}

export class QuestionFeedbackView {
  @ApiProperty({ enum: KINDS })
  feedback!: FeedbackKind;

  @ApiProperty({ enum: OUTCOMES, nullable: true, type: String })
  outcome!: FeedbackOutcome | null;

  @ApiProperty({ type: [String], description: 'Questions it names; none: the file as a whole.' })
  questionIds!: readonly string[];

  @ApiProperty({ format: 'date' })
  on!: string;
}

export class QuestionFeedbackList {
  @ApiProperty({ description: 'Hash of the questionnaire version that the answers were given to.' })
  questionnaire!: string;

  @ApiProperty({ type: [QuestionFeedbackView] })
  items!: readonly QuestionFeedbackView[];
}
