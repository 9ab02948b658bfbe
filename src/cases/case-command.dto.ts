import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { type CaseCommandType, prosecutionRoutes, trackClosings } from '../domain/workflow/vocabulary/case.js';
import type { CommandRegistry } from '../platform/http/command.pipe.js';
import { IsWords, LONGEST_TEXT } from '../platform/http/validators.js';
import { DECISION_COMMANDS } from './decision-command.dto.js';
import { SUSPICION_COMMANDS } from './suspicion-command.dto.js';

const PLAIN = [
  'START_INTERVIEWING',
  'PAUSE_FOR_CAUTION',
  'RESUME_AFTER_CAUTION',
  'COMPLETE_INTERVIEWING',
  'SUBMIT_FOR_REVIEW',
  'BECOME_FINAL',
] as const satisfies readonly CaseCommandType[];
const NOTED = [
  'ACCEPT_TRIAGE',
  'RESUBMIT_TRIAGE',
  'RESUME_CLAIM',
  'CONFIRM_SUSPICION',
  'CONFIRM_ACCOUNT',
] as const satisfies readonly CaseCommandType[];
const REASONED = [
  'RETURN_TRIAGE',
  'CLEAR_AT_TRIAGE',
  'SIGN_OFF_LEGALLY',
  'APPROVE_REVIEW',
  'RETURN_REVIEW',
  'FURTHER_INTERVIEW',
  'REJECT_SUSPICION',
  'CLOSE_WITHOUT_DECISION',
  'REOPEN',
  'REOPEN_EXCLUSION',
  'REFUSE_CLAIM',
  'GRANT_CLAIM',
  'DECLARE_INADMISSIBLE',
  'WITHDRAW_CLAIM',
  'TREAT_AS_WITHDRAWN',
  'TRANSFER_CLAIM',
  'STAY_CLAIM',
  'REOPEN_CLAIM',
  'WITHDRAW_APPEAL',
  'REJECT_ACCOUNT',
] as const satisfies readonly CaseCommandType[];
const SERVE_INTENTION = ['SERVE_INTENTION'] as const satisfies readonly CaseCommandType[];
const SERVE_DECISION = ['SERVE_DECISION'] as const satisfies readonly CaseCommandType[];
const TRACKING = ['RECORD_REMOVAL_BAR', 'REVIEW_PROSECUTION_TRACK'] as const satisfies readonly CaseCommandType[];
const CLOSE_TRACK = ['CLOSE_PROSECUTION_TRACK'] as const satisfies readonly CaseCommandType[];
const ABOUT_AGREEMENT = ['REFER_ACCOUNT', 'REVOKE_AGREEMENT'] as const satisfies readonly CaseCommandType[];

/** A step that needs no words. */
export class PlainStep {
  @ApiProperty({ enum: PLAIN })
  @IsIn(PLAIN)
  type!: (typeof PLAIN)[number];
}

/** A step that may say why. */
export class StepWithNote {
  @ApiProperty({ enum: NOTED })
  @IsIn(NOTED)
  type!: (typeof NOTED)[number];

  @ApiPropertyOptional()
  @IsOptional()
  @IsWords(LONGEST_TEXT)
  note?: string;
}

/** A step that must say why. */
export class StepWithReasons {
  @ApiProperty({ enum: REASONED })
  @IsIn(REASONED)
  type!: (typeof REASONED)[number];

  @ApiProperty({ description: 'Why, in words that the file keeps.' })
  @IsWords(LONGEST_TEXT)
  reasons!: string;
}

export class ServeIntention {
  @ApiProperty({ enum: SERVE_INTENTION })
  @IsIn(SERVE_INTENTION)
  type!: (typeof SERVE_INTENTION)[number];

  @ApiProperty({ description: 'The notice as served, stating the facts relied on.' })
  @IsWords(LONGEST_TEXT)
  text!: string;

  @ApiProperty({ example: 'en', description: 'Language in which it was served or interpreted.' })
  @IsWords(35)
  language!: string;
}

export class ServeDecision {
  @ApiProperty({ enum: SERVE_DECISION })
  @IsIn(SERVE_DECISION)
  type!: (typeof SERVE_DECISION)[number];

  @ApiProperty({ description: 'How and on whom the decision was served.' })
  @IsWords(2_000)
  served!: string;
}

/** How an excluded person who cannot be removed may be brought to justice: when that is found, and at each review. */
export class TrackProsecution {
  @ApiProperty({ enum: TRACKING })
  @IsIn(TRACKING)
  type!: (typeof TRACKING)[number];

  @ApiProperty({ enum: prosecutionRoutes, description: 'The way that is open now; `none`: none is yet.' })
  @IsIn(prosecutionRoutes)
  route!: (typeof prosecutionRoutes)[number];

  @ApiProperty({ description: 'Why the person cannot be removed, or what the review found.' })
  @IsWords(LONGEST_TEXT)
  reasons!: string;
}

export class CloseProsecutionTrack {
  @ApiProperty({ enum: CLOSE_TRACK })
  @IsIn(CLOSE_TRACK)
  type!: (typeof CLOSE_TRACK)[number];

  @ApiProperty({ enum: trackClosings })
  @IsIn(trackClosings)
  closing!: (typeof trackClosings)[number];

  @ApiProperty()
  @IsWords(LONGEST_TEXT)
  reasons!: string;
}

/** A victim's or witness's own account moves only with the recorded agreement that is named here. */
export class AboutAgreement {
  @ApiProperty({ enum: ABOUT_AGREEMENT })
  @IsIn(ABOUT_AGREEMENT)
  type!: (typeof ABOUT_AGREEMENT)[number];

  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  agreementId!: string;

  @ApiProperty({ description: 'Why it is to be referred, in words for the recipients; or how it was revoked.' })
  @IsWords(LONGEST_TEXT)
  reasons!: string;
}

const BY_CLASS = [
  [PlainStep, PLAIN],
  [StepWithNote, NOTED],
  [StepWithReasons, REASONED],
  [ServeIntention, SERVE_INTENTION],
  [ServeDecision, SERVE_DECISION],
  ...SUSPICION_COMMANDS,
  [TrackProsecution, TRACKING],
  [CloseProsecutionTrack, CLOSE_TRACK],
  [AboutAgreement, ABOUT_AGREEMENT],
  ...DECISION_COMMANDS,
] as const;

export type CaseCommandDto = InstanceType<(typeof BY_CLASS)[number][0]>;

export const CASE_COMMANDS: CommandRegistry = new Map(
  BY_CLASS.flatMap(([dto, types]) => types.map((type) => [type, dto] as const)),
);

/** Commands of the chart that have an endpoint of their own, and which. */
export const ELSEWHERE: Partial<Record<CaseCommandType, string>> = {
  EDIT_ANALYSIS: 'PUT /api/cases/{id}/allegations/{allegationId}',
  RECORD_REPLY: 'POST /api/cases/{id}/submissions',
  RECORD_SUBMISSION: 'POST /api/cases/{id}/submissions',
  RECORD_DISCLOSURE: 'POST /api/cases/{id}/disclosures',
  RECORD_AGREEMENT: 'POST /api/cases/{id}/agreements',
};
