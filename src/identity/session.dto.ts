import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';

export class SignInDto {
  @ApiProperty({ example: 'officer', minLength: 1, maxLength: 100 })
  @IsString()
  @Length(1, 100)
  username!: string;

  @ApiProperty({ format: 'password', minLength: 1, maxLength: 200 })
  @IsString()
  @Length(1, 200)
  password!: string;
}

export class TokenDto {
  @ApiProperty({ description: 'Send it as "Authorization: Bearer <token>"; it is shown once and stored nowhere.' })
  token!: string;

  @ApiProperty({ format: 'date-time' })
  expiresAt!: string;
}

export class SessionDto {
  @ApiProperty({ format: 'date-time' })
  expiresAt!: string;
}

export class CertificateDto {
  @ApiProperty({ enum: ['interview1F', 'review1F', 'decide1F'] })
  name!: string;

  @ApiProperty()
  number!: string;

  @ApiProperty()
  issuer!: string;

  @ApiProperty({ format: 'date' })
  validFrom!: string;

  @ApiProperty({ format: 'date', description: 'The last day on which it entitles.' })
  validUntil!: string;

  @ApiProperty({ description: 'Whether it entitles today.' })
  valid!: boolean;
}

export class AccountDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  username!: string;

  @ApiProperty()
  displayName!: string;

  @ApiProperty({ type: [String] })
  roles!: readonly string[];

  @ApiProperty({ type: String, nullable: true, description: 'The unit whose cases this person sees.' })
  unit!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The authority a prosecutor belongs to.' })
  authorityId!: string | null;

  @ApiProperty({ type: [CertificateDto] })
  certificates!: CertificateDto[];
}
