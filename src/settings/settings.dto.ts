import { Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { grounds, type Ground } from '../domain/exclusion/templates.js';
import type { CertificateName } from '../identity/certificates.service.js';
import { type Role, ROLES } from '../platform/http/actor.js';
import { IsCountry, IsWords } from '../platform/http/validators.js';

const CODE = /^[a-z0-9][a-z0-9-]{1,60}$/;
const Day = () =>
  IsISO8601({ strict: true, strictSeparator: true }, { message: 'must be a calendar date such as 2026-07-01' });

export class AuthoritySetting {
  @Matches(CODE, { message: 'must be a short name in small letters, such as federal-prosecution' })
  code!: string;

  @IsWords(200)
  name!: string;

  @IsCountry()
  country!: string;

  @IsIn(['inbox', 'webhook'])
  channel!: 'inbox' | 'webhook';

  @ValidateIf(({ channel }: AuthoritySetting) => channel === 'webhook')
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  endpoint?: string;

  /** Ed25519 public key (SPKI DER, base64) that verifies the receipts it signs. */
  @ValidateIf(({ channel }: AuthoritySetting) => channel === 'webhook')
  @IsString()
  receiptPublicKey?: string;
}

export class CompetenceSetting {
  @Matches(CODE, { message: 'must be a short name in small letters' })
  code!: string;

  @IsInt()
  @Min(1)
  version!: number;

  /** Code of the authority. */
  @IsString()
  authority!: string;

  @IsArray()
  @ArrayNotEmpty()
  @IsIn(['exclusion', 'suspicion', 'account'], { each: true })
  kinds!: ('exclusion' | 'suspicion' | 'account')[];

  @IsArray()
  @ArrayNotEmpty()
  @IsIn(grounds, { each: true })
  grounds!: Ground[];

  @IsOptional()
  @IsArray()
  @IsCountry({ each: true })
  countries?: string[];

  @IsWords(1_000)
  legalBasis!: string;

  @Day()
  validFrom!: string;

  @IsOptional()
  @Day()
  validUntil?: string;
}

export class CertificateSetting {
  @IsIn(['interview1F', 'review1F', 'decide1F'])
  name!: CertificateName;

  @IsWords(100)
  number!: string;

  @IsWords(200)
  issuer!: string;

  @Day()
  validFrom!: string;

  @Day()
  validUntil!: string;
}

export class AccountSetting {
  @Matches(/^[a-z0-9][a-z0-9._-]{1,60}$/, { message: 'must be small letters, digits, dots, dashes' })
  username!: string;

  @IsWords(200)
  displayName!: string;

  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(ROLES, { each: true })
  roles!: Role[];

  @IsOptional()
  @IsWords(100)
  unit?: string;

  /** Code of the authority, for prosecutors. */
  @IsOptional()
  @IsString()
  authority?: string;

  @IsOptional()
  @IsArray()
  @IsObject({ each: true, message: 'must be a list of objects' })
  @ValidateNested({ each: true })
  @Type(() => CertificateSetting)
  certificates: CertificateSetting[] = [];
}

export class DeadlineSetting {
  @IsString()
  kind!: string;

  @Day()
  validFrom!: string;

  @IsInt()
  @Min(1)
  amount!: number;

  @IsIn(['hours', 'days', 'workingDays'])
  unit!: 'hours' | 'days' | 'workingDays';

  @IsWords(500)
  source!: string;
}

export class UnitSetting {
  @IsWords(100)
  unit!: string;

  /** Username of the person on whose list of tasks it comes when nobody is assigned, and when a time has passed. */
  @IsString()
  lead!: string;
}

/** What one installation is told about itself: who is told what by which law, who works here, how long deadlines run. */
export class Settings {
  @IsOptional()
  @IsArray()
  @IsObject({ each: true, message: 'must be a list of objects' })
  @ValidateNested({ each: true })
  @Type(() => AuthoritySetting)
  authorities: AuthoritySetting[] = [];

  @IsOptional()
  @IsArray()
  @IsObject({ each: true, message: 'must be a list of objects' })
  @ValidateNested({ each: true })
  @Type(() => CompetenceSetting)
  competences: CompetenceSetting[] = [];

  @IsOptional()
  @IsArray()
  @IsObject({ each: true, message: 'must be a list of objects' })
  @ValidateNested({ each: true })
  @Type(() => AccountSetting)
  accounts: AccountSetting[] = [];

  @IsOptional()
  @IsArray()
  @IsObject({ each: true, message: 'must be a list of objects' })
  @ValidateNested({ each: true })
  @Type(() => DeadlineSetting)
  deadlines: DeadlineSetting[] = [];

  @IsOptional()
  @IsArray()
  @IsObject({ each: true, message: 'must be a list of objects' })
  @ValidateNested({ each: true })
  @Type(() => UnitSetting)
  units: UnitSetting[] = [];
}
