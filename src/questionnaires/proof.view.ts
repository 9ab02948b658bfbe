import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Proof } from './proof.js';

export class ProblemInFileView {
  @ApiProperty({ example: 'XX/screening.v1.json' })
  file!: string;

  @ApiProperty({ description: 'JSON Pointer into the file.' })
  pointer!: string;

  @ApiProperty({ description: 'What is wrong, and what to write instead.' })
  message!: string;
}

export class FindingView {
  @ApiProperty({ example: 'unreachableQuestion', description: 'docs/guides/lint.md says what each means.' })
  code!: string;

  @ApiProperty({ enum: ['error', 'warning', 'advice'], description: 'Only advice leaves it fit for use.' })
  severity!: string;

  @ApiProperty()
  file!: string;

  @ApiProperty({ description: 'JSON Pointer into the file.' })
  pointer!: string;

  @ApiProperty()
  reason!: string;

  @ApiProperty({ description: 'What to write instead.' })
  fix!: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'The smallest set of answers that shows it.',
  })
  witness?: object;
}

export class FailureView {
  @ApiProperty({ description: 'JSON Pointer into the scenario file.' })
  pointer!: string;

  @ApiProperty()
  message!: string;
}

export class ScenarioResultView {
  @ApiProperty()
  file!: string;

  @ApiProperty()
  id!: string;

  @ApiProperty()
  title!: string;

  @ApiProperty()
  role!: string;

  @ApiProperty()
  passed!: boolean;

  @ApiProperty({ type: [FailureView] })
  failures!: readonly FailureView[];
}

export class ProofView {
  @ApiProperty({ description: 'Clean, and every scenario ends as it says: nothing keeps it from being approved.' })
  ok!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What interviews would be pinned to; null: it does not compile.',
  })
  hash!: string | null;

  @ApiProperty({ description: 'Questions, modules included.' })
  questions!: number;

  @ApiProperty({ type: [ProblemInFileView], description: 'What must be changed before it can be used or tested.' })
  problems!: readonly ProblemInFileView[];

  @ApiProperty({ type: [FindingView], description: 'Worst first.' })
  findings!: readonly FindingView[];

  @ApiProperty({ type: [ScenarioResultView] })
  scenarios!: readonly ScenarioResultView[];
}

export const proofView = ({ compiled, problems, findings, scenarios, clean, scenariosPass }: Proof): ProofView => ({
  ok: clean && scenariosPass,
  hash: compiled?.hash ?? null,
  questions: compiled?.questions ?? 0,
  problems,
  findings,
  scenarios,
});
