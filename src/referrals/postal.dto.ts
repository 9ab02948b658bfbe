import { ApiProperty } from '@nestjs/swagger';
import { IsISO8601, IsUUID } from 'class-validator';
import { IsWords } from '../platform/http/validators.js';

export class RecordPostDto {
  @ApiProperty({ example: 'RR123456785BE', description: 'Number of the registered item.' })
  @IsWords(100)
  number!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When it was handed over to the authority, as the advice of receipt says.',
  })
  @IsISO8601({ strict: true, strictSeparator: true })
  handedOverAt!: string;

  @ApiProperty({ description: 'Who signed for it, and in which office.' })
  @IsWords(300)
  signedBy!: string;

  @ApiProperty({
    format: 'uuid',
    description: 'The scan of the signed advice of receipt, a document of the same case.',
  })
  @IsUUID()
  documentId!: string;
}

export class ReferralToPost {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  caseId!: string;

  @ApiProperty()
  caseReference!: string;

  @ApiProperty()
  kind!: string;

  @ApiProperty({ description: 'Code of the authority.' })
  authority!: string;

  @ApiProperty({ format: 'date-time' })
  dueAt!: string;
}

export class ReferralToPostPage {
  @ApiProperty({ type: [ReferralToPost] })
  items!: readonly ReferralToPost[];

  @ApiProperty({ nullable: true, type: String })
  next!: string | null;
}

export class PostRecorded {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'date-time' })
  receivedAt!: string;

  @ApiProperty({ description: 'Signed statement (JWS, EdDSA) over referral, hash, time, scan and what was recorded.' })
  receipt!: string;
}
