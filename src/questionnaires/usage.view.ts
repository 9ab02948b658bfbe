import { ApiProperty } from '@nestjs/swagger';

export class UsageInStateView {
  @ApiProperty({ example: 'underway' })
  state!: string;

  @ApiProperty()
  label!: string;

  @ApiProperty({ description: 'The interview is over: nothing moves it to another version.' })
  closed!: boolean;

  @ApiProperty()
  interviews!: number;
}

export class CaseUsingView {
  @ApiProperty({ format: 'uuid' })
  caseId!: string;

  @ApiProperty()
  reference!: string;

  @ApiProperty({ format: 'uuid' })
  interviewId!: string;
}

export class UsageView {
  @ApiProperty({ description: 'Interviews pinned to it, whosever they are.' })
  interviews!: number;

  @ApiProperty({ type: [UsageInStateView] })
  byState!: readonly UsageInStateView[];

  @ApiProperty({ type: [CaseUsingView], description: 'Of those cases only that you may see.' })
  cases!: readonly CaseUsingView[];

  @ApiProperty({ description: 'There are more cases than are listed.' })
  more!: boolean;
}
