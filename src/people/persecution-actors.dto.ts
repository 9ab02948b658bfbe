import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsUUID, Matches, ValidateIf } from 'class-validator';
import { BlockedRecipientView } from '../cases/blocked-recipients.view.js';
import { IsWords } from '../platform/http/validators.js';

export class RecordPersecutionActorDto {
  @ApiProperty({ description: 'Who is alleged to have persecuted: an authority, a service, an organisation.' })
  @IsWords(500)
  name!: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The authority it is, where referrals could go to it.' })
  @IsOptional()
  @IsUUID()
  authorityId?: string;

  @ApiPropertyOptional({ example: 'RW', description: 'Its country: every authority of or for it is then blocked.' })
  @ValidateIf(
    ({ authorityId, country }: RecordPersecutionActorDto) => authorityId === undefined || country !== undefined,
  )
  @Matches(/^[A-Z]{2}$/, { message: 'must be a country such as RW, or name an authorityId' })
  country?: string;

  @ApiProperty({ description: 'Where the file says so.' })
  @IsWords(5_000)
  reason!: string;
}

export class WithdrawPersecutionActorDto {
  @ApiProperty({ description: 'Why it was recorded by mistake.' })
  @IsWords(5_000)
  reason!: string;
}

export class PersecutionActorView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ format: 'uuid', nullable: true, type: String })
  authorityId!: string | null;

  @ApiProperty({ nullable: true, type: String })
  country!: string | null;

  @ApiProperty({ format: 'date-time' })
  recordedAt!: string;

  @ApiProperty({
    format: 'date-time',
    nullable: true,
    type: String,
    description: 'When one person asked to take it back; it bars until a second one does.',
  })
  withdrawalAskedAt!: string | null;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  withdrawnAt!: string | null;
}

export class PersecutionActors {
  @ApiProperty({ type: [PersecutionActorView] })
  items!: readonly PersecutionActorView[];

  @ApiProperty({
    type: [BlockedRecipientView],
    description:
      'What recipients that the file bars now were referred before: what each holds, owes, and what is to be done.',
  })
  toldBefore!: readonly BlockedRecipientView[];
}
