import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';

export class DifferenceQuery {
  @ApiPropertyOptional({
    description:
      'Id or hash of the published version to compare with. Not sent: for a draft the newest version in use, else the one before.',
  })
  @IsOptional()
  @Matches(/^([0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/, {
    message: 'must be the id or the hash of a published questionnaire',
  })
  against?: string;
}

export class ChangeView {
  @ApiProperty({ example: 'conditionChanged' })
  kind!: string;

  @ApiProperty({ example: 'question' })
  subject!: string;

  @ApiProperty()
  id!: string;

  @ApiProperty({ description: 'Answers of running interviews would be lost or refused: moving them needs a mapping.' })
  breaking!: boolean;

  @ApiProperty()
  sentence!: string;

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'object' },
    description: 'Answers for which a changed condition comes out differently.',
  })
  examples?: readonly object[];
}

export class DifferenceView {
  @ApiProperty({ description: 'What an approval names, so that everybody knows what was looked at.' })
  hash!: string;

  @ApiProperty({ description: 'Hash of the published questionnaire it is compared with.' })
  against!: string;

  @ApiProperty({ example: 'RW-screening' })
  code!: string;

  @ApiProperty({ description: 'Version of that one.' })
  number!: number;

  @ApiProperty({
    type: [ChangeView],
    description: 'By what they mean; more keys than these, as f1 questionnaires diff shows.',
  })
  changes!: readonly ChangeView[];
}
