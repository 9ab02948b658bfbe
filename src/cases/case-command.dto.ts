import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type, type ClassConstructor } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsUUID,
  ValidateNested,
} from 'class-validator';
import { type CaseCommandType, prosecutionRoutes, trackClosings } from '../domain/workflow/vocabulary/case.js';
import type { CommandRegistry } from '../platform/http/command.pipe.js';
import { IsWords } from '../platform/http/validators.js';

const TEXT = 50_000;

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
const PROPOSE_SUSPICION = ['PROPOSE_SUSPICION'] as const satisfies readonly CaseCommandType[];
const AFTER_CORRECTION = ['PROPOSE_AFTER_CORRECTION'] as const satisfies readonly CaseCommandType[];
const ERRORS_TOLD = ['CORRECT_FACTUAL_ERROR', 'REPORT_MISTAKEN_IDENTITY'] as const satisfies readonly CaseCommandType[];
const UNLAWFUL = ['REPORT_UNLAWFUL_TRANSMISSION'] as const satisfies readonly CaseCommandType[];
const TRACKING = ['RECORD_REMOVAL_BAR', 'REVIEW_PROSECUTION_TRACK'] as const satisfies readonly CaseCommandType[];
const CLOSE_TRACK = ['CLOSE_PROSECUTION_TRACK'] as const satisfies readonly CaseCommandType[];
const ABOUT_AGREEMENT = ['REFER_ACCOUNT', 'REVOKE_AGREEMENT'] as const satisfies readonly CaseCommandType[];
const DECISIONS = ['DECIDE_EXCLUSION', 'DECIDE_NOT_EXCLUDED'] as const satisfies readonly CaseCommandType[];
const APPEAL = ['APPEAL'] as const satisfies readonly CaseCommandType[];
const JUDGMENTS = ['UPHOLD_DECISION', 'QUASH', 'REMIT'] as const satisfies readonly CaseCommandType[];
const JUDGMENTS_BY_ALLEGATION = ['UPHOLD_PARTLY', 'REINSTATE'] as const satisfies readonly CaseCommandType[];

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
  @IsWords(TEXT)
  note?: string;
}

/** A step that must say why. */
export class StepWithReasons {
  @ApiProperty({ enum: REASONED })
  @IsIn(REASONED)
  type!: (typeof REASONED)[number];

  @ApiProperty({ description: 'Why, in words that the file keeps.' })
  @IsWords(TEXT)
  reasons!: string;
}

export class ServeIntention {
  @ApiProperty({ enum: SERVE_INTENTION })
  @IsIn(SERVE_INTENTION)
  type!: (typeof SERVE_INTENTION)[number];

  @ApiProperty({ description: 'The notice as served, stating the facts relied on.' })
  @IsWords(TEXT)
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

export class ProposeSuspicion {
  @ApiProperty({ enum: PROPOSE_SUSPICION })
  @IsIn(PROPOSE_SUSPICION)
  type!: (typeof PROPOSE_SUSPICION)[number];

  @ApiProperty({ description: 'Do the facts give rise to suspicion of a core international crime?' })
  @IsBoolean()
  suspicion!: boolean;

  @ApiProperty()
  @IsWords(TEXT)
  reasons!: string;

  @ApiPropertyOptional({
    type: [String],
    format: 'uuid',
    description: 'The allegations it is about, where the file has any.',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  allegationIds: string[] = [];
}

export class RemainingSuspicion {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  allegationId!: string;

  @ApiProperty({ description: 'After the correction, does suspicion remain?' })
  @IsBoolean()
  remains!: boolean;

  @ApiProperty()
  @IsWords(TEXT)
  reasons!: string;
}

/** Whether, after a correction, suspicion remains: proposed for every allegation, and told to the recipients once confirmed. */
export class ProposeAfterCorrection {
  @ApiProperty({ enum: AFTER_CORRECTION })
  @IsIn(AFTER_CORRECTION)
  type!: (typeof AFTER_CORRECTION)[number];

  @ApiProperty({ description: 'Do the facts still give rise to suspicion of a core international crime?' })
  @IsBoolean()
  suspicion!: boolean;

  @ApiProperty({ description: 'Why, in words for the recipients too.' })
  @IsWords(TEXT)
  reasons!: string;

  @ApiProperty({ type: [RemainingSuspicion], description: 'Every allegation of the file; none where it has none.' })
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique((finding: RemainingSuspicion) => finding.allegationId)
  @IsObject({ each: true, message: 'must be a list of objects' })
  @ValidateNested({ each: true })
  @Type(() => RemainingSuspicion)
  allegations!: RemainingSuspicion[];
}

/** What was told must be corrected: every recipient of the case hears of it at once. */
export class CorrectWhatWasTold {
  @ApiProperty({ enum: ERRORS_TOLD })
  @IsIn(ERRORS_TOLD)
  type!: (typeof ERRORS_TOLD)[number];

  @ApiProperty({ description: 'What was wrong and what is right, in words for the recipients.' })
  @IsWords(TEXT)
  reasons!: string;
}

export class ReportUnlawfulTransmission {
  @ApiProperty({ enum: UNLAWFUL })
  @IsIn(UNLAWFUL)
  type!: (typeof UNLAWFUL)[number];

  @ApiProperty({ description: 'Why it was unlawful, in words for its recipients.' })
  @IsWords(TEXT)
  reasons!: string;

  @ApiProperty({
    type: [String],
    format: 'uuid',
    description:
      'The referrals that must not have been transmitted; access to them is suspended, and only their recipients are told.',
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  referralIds!: string[];
}

export class AllegationOutcome {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  allegationId!: string;

  @ApiProperty({ description: 'Does it stand?' })
  @IsBoolean()
  stands!: boolean;

  @ApiProperty()
  @IsWords(TEXT)
  reasons!: string;
}

export class Decide {
  @ApiProperty({ enum: DECISIONS })
  @IsIn(DECISIONS)
  type!: (typeof DECISIONS)[number];

  @ApiProperty()
  @IsWords(TEXT)
  reasons!: string;

  @ApiProperty({
    type: [AllegationOutcome],
    description: 'Every allegation of the file, each on its ground and status.',
  })
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique((outcome: AllegationOutcome) => outcome.allegationId)
  @IsObject({ each: true, message: 'must be a list of objects' })
  @ValidateNested({ each: true })
  @Type(() => AllegationOutcome)
  allegations!: AllegationOutcome[];
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
  @IsWords(TEXT)
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
  @IsWords(TEXT)
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
  @IsWords(TEXT)
  reasons!: string;
}

export class Appeal {
  @ApiProperty({ enum: APPEAL })
  @IsIn(APPEAL)
  type!: (typeof APPEAL)[number];

  @ApiProperty({ example: 'Administrative Court' })
  @IsWords(300)
  court!: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsWords(TEXT)
  grounds?: string;
}

export class Judgment {
  @ApiProperty({ enum: JUDGMENTS })
  @IsIn(JUDGMENTS)
  type!: (typeof JUDGMENTS)[number];

  @ApiProperty({ example: 'Administrative Court' })
  @IsWords(300)
  court!: string;

  @ApiProperty()
  @IsWords(TEXT)
  reasons!: string;

  @ApiProperty({ description: 'The judgment cannot be appealed further.' })
  @IsBoolean()
  final!: boolean;
}

/** A judgment after which not every allegation stands as it did: each is stated anew. */
export class JudgmentByAllegation {
  @ApiProperty({ enum: JUDGMENTS_BY_ALLEGATION })
  @IsIn(JUDGMENTS_BY_ALLEGATION)
  type!: (typeof JUDGMENTS_BY_ALLEGATION)[number];

  @ApiProperty()
  @IsWords(300)
  court!: string;

  @ApiProperty()
  @IsWords(TEXT)
  reasons!: string;

  @ApiProperty()
  @IsBoolean()
  final!: boolean;

  @ApiProperty({ type: [AllegationOutcome] })
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique((outcome: AllegationOutcome) => outcome.allegationId)
  @IsObject({ each: true, message: 'must be a list of objects' })
  @ValidateNested({ each: true })
  @Type(() => AllegationOutcome)
  allegations!: AllegationOutcome[];
}

export type CaseCommandDto =
  | PlainStep
  | StepWithNote
  | StepWithReasons
  | ServeIntention
  | ServeDecision
  | ProposeSuspicion
  | ProposeAfterCorrection
  | CorrectWhatWasTold
  | ReportUnlawfulTransmission
  | TrackProsecution
  | CloseProsecutionTrack
  | AboutAgreement
  | Decide
  | Appeal
  | Judgment
  | JudgmentByAllegation;

const BY_CLASS: readonly (readonly [ClassConstructor<CaseCommandDto>, readonly CaseCommandType[]])[] = [
  [PlainStep, PLAIN],
  [StepWithNote, NOTED],
  [StepWithReasons, REASONED],
  [ServeIntention, SERVE_INTENTION],
  [ServeDecision, SERVE_DECISION],
  [ProposeSuspicion, PROPOSE_SUSPICION],
  [ProposeAfterCorrection, AFTER_CORRECTION],
  [CorrectWhatWasTold, ERRORS_TOLD],
  [ReportUnlawfulTransmission, UNLAWFUL],
  [TrackProsecution, TRACKING],
  [CloseProsecutionTrack, CLOSE_TRACK],
  [AboutAgreement, ABOUT_AGREEMENT],
  [Decide, DECISIONS],
  [Appeal, APPEAL],
  [Judgment, JUDGMENTS],
  [JudgmentByAllegation, JUDGMENTS_BY_ALLEGATION],
];

/** Classes in the order in which OpenAPI shows them. */
export const CASE_COMMAND_DTOS = BY_CLASS.map(([dto]) => dto);

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
