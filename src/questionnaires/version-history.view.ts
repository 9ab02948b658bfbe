import { ApiProperty } from '@nestjs/swagger';

export class VersionEventView {
  @ApiProperty()
  seq!: number;

  @ApiProperty()
  type!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty({
    nullable: true,
    type: String,
    description: 'null: the system, with a release or as a deadline comes near.',
  })
  by!: string | null;

  @ApiProperty({ description: 'The state after it.' })
  state!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What the command said, and of which files.',
  })
  content!: object;

  @ApiProperty({ description: 'Its link of the event chain, hex.' })
  hash!: string;
}

export class VersionHistoryPage {
  @ApiProperty({ type: [VersionEventView] })
  items!: readonly VersionEventView[];

  @ApiProperty({ nullable: true, type: String })
  next!: string | null;
}
