import { ApiProperty } from '@nestjs/swagger';

export class ClosingView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ description: 'A name.' })
  askedBy!: string;

  @ApiProperty({ format: 'date-time' })
  askedAt!: string;

  @ApiProperty()
  reason!: string;

  @ApiProperty({ nullable: true, type: String, description: 'A name; null: it waits for a second person.' })
  confirmedBy!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  confirmedAt!: string | null;
}

/** One referral to a recipient that the file bars. */
export class BlockedRecipientView {
  @ApiProperty({ description: 'Code of the authority.' })
  authority!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ format: 'uuid' })
  referralId!: string;

  @ApiProperty({ enum: ['exclusion', 'suspicion', 'account', 'correction'] })
  kind!: 'exclusion' | 'suspicion' | 'account' | 'correction';

  @ApiProperty({ description: 'What it received before, in words.' })
  says!: string;

  @ApiProperty({ format: 'date-time' })
  madeAt!: string;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  receivedAt!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  acknowledgedAt!: string | null;

  @ApiProperty({ type: [String], description: 'Clocks that run: what is still awaited of it, or for it.' })
  owed!: readonly string[];

  @ApiProperty({ type: ClosingView, nullable: true, description: 'That nothing more is awaited, by two persons.' })
  closing!: ClosingView | null;

  @ApiProperty({ type: [String], description: 'What you may do about it, and where.' })
  next!: readonly string[];
}
