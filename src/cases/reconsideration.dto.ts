import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { IsWords } from '../platform/http/validators.js';

const OUTCOMES = ['maintained', 'toReopen'] as const;
export type ReconsiderationOutcome = (typeof OUTCOMES)[number];

export class DecideReconsiderationDto {
  @ApiProperty({
    enum: OUTCOMES,
    description:
      'maintained: what was decided stands beside what the recipient found. toReopen: it is to be decided anew, by the commands of the case: REOPEN_EXCLUSION where an exclusion stands (a decision-maker other than the one who took it), REOPEN where the examination ended otherwise.',
  })
  @IsIn(OUTCOMES)
  outcome!: ReconsiderationOutcome;

  @ApiProperty({ maxLength: 20000 })
  @IsWords(20_000)
  reasons!: string;
}

export class ReconsiderationView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({
    format: 'uuid',
    nullable: true,
    type: String,
    description:
      'The feedback that cleared the person; GET /api/cases/:id/feedback has its words. null: one of us reported a mistaken identity.',
  })
  feedbackId!: string | null;

  @ApiProperty({ enum: ['acquitted', 'noOffence', 'mistakenIdentity'] })
  because!: string;

  @ApiProperty({ format: 'date-time' })
  openedAt!: string;

  @ApiProperty({ format: 'date-time', nullable: true, type: String, description: 'Until when it is to be decided.' })
  dueAt!: string | null;

  @ApiProperty({
    format: 'uuid',
    nullable: true,
    type: String,
    description: 'The correction that recalled every referral.',
  })
  recalledBy!: string | null;

  @ApiProperty({ enum: OUTCOMES, nullable: true, type: String, description: 'null: not decided yet.' })
  outcome!: ReconsiderationOutcome | null;

  @ApiProperty({ nullable: true, type: String })
  reasons!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  decidedAt!: string | null;
}

export class ReconsiderationList {
  @ApiProperty({ type: [ReconsiderationView] })
  items!: readonly ReconsiderationView[];
}
