import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsUUID, Matches } from 'class-validator';
import { PageQuery } from '../platform/http/page.js';
import type { InclusionProof } from './inclusion-proof.js';

export class AccessQueryDto extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Only what this person did.' })
  @IsOptional()
  @IsUUID()
  actor?: string;

  @ApiPropertyOptional({
    example: '/api/cases/0b0c0000-0000-4000-8000-000000000001',
    description: 'Only what begins with this path.',
  })
  @IsOptional()
  @Matches(/^\/?[a-z0-9/?-]{1,200}$/, { message: 'resource must be a path such as /api/cases/<id>' })
  resource?: string;
}

export class AccessRecordDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Nobody while signing in was refused.' })
  actorId!: string | null;

  @ApiProperty({ example: 'read Case' })
  action!: string;

  @ApiProperty({ example: '/api/cases/0b0c0000-0000-4000-8000-000000000001' })
  resource!: string;

  @ApiProperty({ enum: ['read', 'refused', 'signedIn', 'signInRefused', 'signedOut', 'done'] })
  outcome!: string;

  @ApiProperty({ type: Object, additionalProperties: true, description: 'Ids, codes and counts.' })
  detail!: Record<string, unknown>;
}

export class AccessPageDto {
  @ApiProperty({ type: [AccessRecordDto] })
  items!: readonly AccessRecordDto[];

  @ApiProperty({ type: String, nullable: true, description: 'The cursor of the next page; null on the last.' })
  next!: string | null;
}

export class AuditFindingDto {
  @ApiProperty({ example: 'eventChanged' })
  kind!: string;

  @ApiProperty({ example: 'case/0b0c0000-0000-4000-8000-000000000001#4' })
  where!: string;

  @ApiProperty()
  what!: string;
}

export class LostByRestoreDto {
  @ApiProperty({ description: 'The first leaf of the log that is lost.' })
  fromLeaf!: number;

  @ApiProperty({
    description: 'The last one that the witness knows of; smaller than the first where it knows of none.',
  })
  toLeaf!: number;

  @ApiProperty({ description: 'Signed heads that are lost.' })
  heads!: number;

  @ApiProperty({ description: 'Signed checkpoints that are lost.' })
  checkpoints!: number;

  @ApiProperty({ description: 'The number of the last of these heads; 0: none is lost.' })
  lastHead!: number;

  @ApiProperty({ format: 'date-time', description: 'When the last of them was signed.' })
  lastSeenAt!: string;

  @ApiProperty({ type: String, nullable: true, description: 'The last of these checkpoints: a signed note.' })
  lastCheckpoint!: string | null;
}

export class RestoreDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'date-time' })
  restoredAt!: string;

  @ApiProperty({ format: 'date-time' })
  backupTakenAt!: string;

  @ApiProperty({ enum: ['none', 'read'], description: 'Whether a witness file was there to say what is lost.' })
  witness!: 'none' | 'read';

  @ApiProperty({ type: LostByRestoreDto, nullable: true })
  lostByRestore!: LostByRestoreDto | null;
}

export class AuditVerificationDto {
  @ApiProperty({ description: 'Nothing was changed, added or removed.' })
  ok!: boolean;

  @ApiProperty()
  cases!: number;

  @ApiProperty()
  events!: number;

  @ApiProperty()
  accesses!: number;

  @ApiProperty({ description: 'Signed heads of the ledger.' })
  heads!: number;

  @ApiProperty({ description: 'Signed checkpoints of the transparency log.' })
  checkpoints!: number;

  @ApiProperty({ description: 'Committed in the last moments and not yet covered by a signed head.' })
  unsequenced!: number;

  @ApiProperty({
    enum: ['none', 'checked'],
    description: 'Whether the signed heads were compared with the witness file outside the database.',
  })
  witness!: 'none' | 'checked';

  @ApiProperty({ type: [RestoreDto], description: 'Each restore of a backup, on record and signed: no finding.' })
  restores!: readonly RestoreDto[];

  @ApiProperty({ type: [AuditFindingDto] })
  findings!: readonly AuditFindingDto[];

  @ApiProperty({ description: 'Findings beyond those listed.' })
  notListed!: number;
}

export class InclusionProofDto {
  @ApiProperty({ enum: ['article-1f inclusion proof 1'] })
  format!: 'article-1f inclusion proof 1';

  @ApiProperty({ type: Object, additionalProperties: true, description: 'What happened, without its sealed content.' })
  event!: InclusionProof['event'];

  @ApiProperty({ type: Object, additionalProperties: true, description: 'What the log recorded of it.' })
  record!: InclusionProof['record'];

  @ApiProperty({ description: 'Which leaf of the tree, from 0.' })
  index!: number;

  @ApiProperty({ description: 'How many leaves the tree of the checkpoint has.' })
  size!: number;

  @ApiProperty({ type: [String], description: 'Hashes (hex) from the leaf up: RFC 6962, section 2.1.1.' })
  path!: readonly string[];

  @ApiProperty({ description: 'Signed note with the root that the path leads to.' })
  checkpoint!: string;
}
