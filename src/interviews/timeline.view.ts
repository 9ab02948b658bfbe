import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { AnswerCited, Mention, TimelineEntry } from '../domain/timeline/entry.js';
import { ENTRY_KINDS } from '../domain/timeline/format.js';
import type { ReferenceCited } from '../domain/timeline/knowledge.js';
import { CHECK_CODES, type OpenQuestion } from '../domain/timeline/open-question.js';
import { certainDays } from '../domain/timeline/spans.js';
import type { Timeline } from '../domain/timeline/timeline.js';

export class DaysView {
  @ApiProperty({ format: 'date' })
  from!: string;

  @ApiProperty({ format: 'date' })
  to!: string;
}

export class MentionView {
  @ApiPropertyOptional({ description: 'The entry of the reference data; absent when only words were said.' })
  ref?: string;

  @ApiProperty()
  said!: string;
}

export class AnswerCitedView {
  @ApiProperty({ format: 'uuid' })
  interviewId!: string;

  @ApiProperty()
  questionId!: string;

  @ApiPropertyOptional({ type: [Number], description: 'Inside repeats: the item of each, outermost first.' })
  item?: readonly number[];

  @ApiProperty({ description: 'The answer in words.' })
  said!: string;
}

export class TimelineEntryView {
  @ApiProperty({ description: 'Stable: interview, kind of entry, item.' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  interviewId!: string;

  @ApiProperty({ enum: ENTRY_KINDS })
  kind!: string;

  @ApiProperty({ enum: ['statement', 'document'], description: 'Whether the applicant says so, or a paper.' })
  basis!: string;

  @ApiProperty({ type: DaysView, nullable: true, description: 'The days it may cover; null when no time is known.' })
  possible!: DaysView | null;

  @ApiProperty({ type: DaysView, nullable: true, description: 'The days it certainly covers.' })
  certain!: DaysView | null;

  @ApiPropertyOptional({ type: MentionView })
  place?: MentionView;

  @ApiPropertyOptional({ type: MentionView })
  unit?: MentionView;

  @ApiProperty({ type: [MentionView], description: 'More than one: any of them.' })
  organisations!: readonly MentionView[];

  @ApiPropertyOptional({ type: MentionView })
  rank?: MentionView;

  @ApiPropertyOptional({ type: MentionView })
  event?: MentionView;

  @ApiPropertyOptional()
  superior?: string;

  @ApiPropertyOptional({ description: 'How old the applicant says to have been.' })
  age?: number;

  @ApiProperty({ description: 'An act of the applicant’s own was told.' })
  act!: boolean;

  @ApiProperty({
    enum: ['yes', 'no', 'unclear'],
    description: 'Whether the applicant was a child then; unclear: as a child.',
  })
  child!: string;

  @ApiProperty({ type: [AnswerCitedView] })
  answers!: readonly AnswerCitedView[];
}

export class SourceView {
  @ApiProperty()
  source!: string;

  @ApiPropertyOptional()
  url?: string;

  @ApiProperty({ description: 'Published by or close to a state or party: it does not count.' })
  stateAligned!: boolean;
}

export class ReferenceCitedView {
  @ApiProperty({ example: 'kibeho1995' })
  id!: string;

  @ApiProperty({ example: 'event' })
  type!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ type: [SourceView] })
  sources!: readonly SourceView[];
}

export class OpenQuestionView {
  @ApiProperty({ example: 'nearEvent:kibeho1995', description: 'Stable: the check and what it is about.' })
  id!: string;

  @ApiProperty({ enum: CHECK_CODES })
  code!: string;

  @ApiProperty({ description: 'To be put to the applicant. It is no finding and raises no indicator.' })
  question!: string;

  @ApiProperty({ description: 'What was said and what the sources say; for the officer.' })
  why!: string;

  @ApiProperty({ type: [String], description: 'What would explain it innocently.' })
  innocent!: readonly string[];

  @ApiProperty({ type: [AnswerCitedView], description: 'The answers it rests on.' })
  answers!: readonly AnswerCitedView[];

  @ApiProperty({ type: [ReferenceCitedView], description: 'The reference entries it rests on, with their sources.' })
  references!: readonly ReferenceCitedView[];

  @ApiPropertyOptional({ type: DaysView })
  days?: DaysView;

  @ApiProperty({ description: 'The applicant was or may have been a child then.' })
  mayHaveBeenChild!: boolean;
}

export class TimelineView {
  @ApiProperty({ type: [TimelineEntryView], description: 'In the order of time; what has no time at the end.' })
  entries!: readonly TimelineEntryView[];

  @ApiProperty({ type: [OpenQuestionView] })
  questions!: readonly OpenQuestionView[];
}

export const timelineView = ({ entries, questions }: Timeline): TimelineView => ({
  entries: entries.map(entryView),
  questions: questions.map(questionView),
});

function entryView(entry: TimelineEntry): TimelineEntryView {
  const { when, organisations, answers, place, unit, rank, event, superior, age } = entry;
  const { id, interviewId, kind, basis, act, child } = entry;
  const known = { place, unit, rank, event, superior, age };
  return {
    id,
    interviewId,
    kind,
    basis,
    possible: when ? { from: when.earliest, to: when.latest } : null,
    certain: (when && certainDays(when)) ?? null,
    ...known,
    organisations: organisations.filter((one): one is Mention => one !== undefined),
    act,
    child,
    answers: answers.map(answerView),
  };
}

const answerView = ({ interviewId, questionId, item, said }: AnswerCited): AnswerCitedView => ({
  interviewId,
  questionId,
  ...(item && { item }),
  said,
});

function questionView({ answers, references, ...question }: OpenQuestion): OpenQuestionView {
  return { ...question, answers: answers.map(answerView), references: references.map(referenceView) };
}

const referenceView = ({ id, type, name, sources }: ReferenceCited): ReferenceCitedView => ({
  id,
  type,
  name,
  sources: sources.map(({ source, url, stateAligned = false }) => ({
    source,
    ...(url !== undefined && { url }),
    stateAligned,
  })),
});
