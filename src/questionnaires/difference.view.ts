import { ApiProperty } from '@nestjs/swagger';

export class FileChangeView {
  @ApiProperty({ example: 'RW/screening.v2.json' })
  file!: string;

  @ApiProperty({ enum: ['added', 'removed', 'changed'] })
  change!: string;
}

export class DifferenceView {
  @ApiProperty({ description: 'What an approval names, so that everybody knows what was looked at.' })
  hash!: string;

  @ApiProperty({ description: 'Hash of the published questionnaire it is compared with: the newest version in use.' })
  against!: string;

  @ApiProperty({ example: 'RW-screening' })
  code!: string;

  @ApiProperty({ description: 'Version of that one.' })
  number!: number;

  @ApiProperty({ type: [FileChangeView] })
  files!: readonly FileChangeView[];
}
