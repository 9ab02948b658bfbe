import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn } from 'class-validator';
import { type HoldEnding, type HoldKind, holdKinds, type HoldState } from '../../domain/referral/hold.js';
import { IsWords } from '../../platform/http/validators.js';

const KINDS = Object.keys(holdKinds) as HoldKind[];

export class AskHoldDto {
  @ApiProperty({
    enum: KINDS,
    description: KINDS.map((kind) => `${kind}: ${holdKinds[kind].says}`).join(' '),
  })
  @IsIn(KINDS)
  kind!: HoldKind;

  @ApiProperty({ maxLength: 1000, description: 'The law under which it is asked for.' })
  @IsWords(1000)
  legalBasis!: string;

  @ApiProperty({ maxLength: 4000 })
  @IsWords(4000)
  reasons!: string;
}

export class DecideHoldDto {
  @ApiProperty()
  @IsBoolean()
  granted!: boolean;

  @ApiProperty({ maxLength: 4000 })
  @IsWords(4000)
  reasons!: string;
}

export class EndHoldDto {
  @ApiProperty({ maxLength: 4000 })
  @IsWords(4000)
  reasons!: string;
}

export class HoldView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  referralId!: string;

  @ApiProperty({ enum: KINDS })
  kind!: HoldKind;

  @ApiProperty()
  says!: string;

  @ApiProperty({ enum: ['asked', 'refused', 'live', 'over', 'withdrawn'] })
  state!: HoldState;

  @ApiProperty()
  legalBasis!: string;

  @ApiProperty()
  reasons!: string;

  @ApiProperty({ format: 'date-time' })
  askedAt!: string;

  @ApiProperty({ format: 'date-time', description: 'When it must be decided.' })
  dueAt!: string;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  decidedAt!: string | null;

  @ApiProperty({ nullable: true, type: String })
  decisionReasons!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  until!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  endedAt!: string | null;

  @ApiProperty({
    enum: ['withdrawn', 'recalled'],
    nullable: true,
    type: String,
    description: 'What ended it but the authority itself: whoever asked took it back, or the referral was recalled.',
  })
  endedBecause!: HoldEnding | null;

  @ApiProperty({
    format: 'date-time',
    nullable: true,
    type: String,
    description:
      'Of a stay of removal: when it was recorded that the person was removed or transferred in spite of it.',
  })
  brokenAt!: string | null;
}

export class HoldList {
  @ApiProperty({ type: [HoldView] })
  items!: readonly HoldView[];
}
