import { Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { grounds, type Ground } from '../domain/exclusion/templates.js';
import type { CertificateName } from '../identity/certificates.service.js';
import { type Role, ROLES } from '../platform/http/actor.js';
import { IsCountry, IsWords } from '../platform/http/validators.js';
import { type Channel, CHANNELS } from '../referrals/delivery-channel.js';
import {
  IsCalendar,
  AUTHORITY_KINDS,
  HasReceiptKey,
  IsEndpoint,
  IsPublicKey,
  speaksForACountry,
  WHEREABOUTS,
} from './authority-rules.js';
import { IsWithinBounds } from './deadline-bounds.js';

const CODE = /^[a-z0-9][a-z0-9-]{1,60}$/;
const Day = () =>
  IsISO8601({ strict: true, strictSeparator: true }, { message: 'must be a calendar date such as 2026-07-01' });

export class KeySetting {
  @IsIn(['encryption', 'receipt'])
  purpose!: 'encryption' | 'receipt';

  /** SPKI DER in base64: X25519 or P-256 to encrypt to, Ed25519 to verify receipts with. */
  @IsPublicKey()
  publicKey!: string;

  @Day()
  validFrom!: string;

  /** The day (UTC) from which it is not used any more. */
  @IsOptional()
  @Day()
  validUntil?: string;

  /** A key that was lost or stolen: nothing is encrypted to it and no receipt of it counts any more. */
  @IsOptional()
  @IsBoolean()
  revoked?: boolean;
}

export class ContactSetting {
  @IsWords(200)
  office!: string;

  @IsOptional()
  @IsWords(500)
  address?: string;

  @IsOptional()
  @IsWords(60)
  phone?: string;

  /** ISO 639-1 codes. */
  @IsOptional()
  @IsArray()
  @Matches(/^[a-z]{2}$/, { each: true, message: 'must be languages such as fr' })
  languages?: string[];
}

export class AuthoritySetting {
  @Matches(CODE, { message: 'must be a short name in small letters, such as federal-prosecution' })
  code!: string;

  @IsWords(200)
  name!: string;

  @IsOptional()
  @IsIn(AUTHORITY_KINDS)
  kind?: (typeof AUTHORITY_KINDS)[number];

  @IsCountry()
  country!: string;

  /** The country it speaks for, where that is not the one it sits in: required of an embassy and of an INTERPOL bureau. */
  @ValidateIf(({ kind, represents }: AuthoritySetting) => speaksForACountry(kind) || represents !== undefined)
  @Matches(/^[A-Z]{2}$/, { message: 'must be the country it speaks for, such as RW' })
  represents?: string;

  @IsIn(CHANNELS)
  @HasReceiptKey()
  channel!: Channel;

  /** Of a webhook its URL, of a drop folder `file:///...`. */
  @ValidateIf(({ channel }: AuthoritySetting) => channel === 'webhook' || channel === 'file')
  @IsEndpoint()
  endpoint?: string;

  /** Ed25519 public key (SPKI DER, base64) that verifies its receipts while `keys` names none for receipts. */
  @IsOptional()
  @IsString()
  receiptPublicKey?: string;

  @IsOptional()
  @IsArray()
  @IsObject({ each: true, message: 'must be a list of objects' })
  @ValidateNested({ each: true })
  @Type(() => KeySetting)
  keys?: KeySetting[];

  /** Whose public holidays its clocks leave out: a country such as BE or a part of one such as DE-BY. */
  @IsOptional()
  @IsCalendar()
  calendar?: string;

  /** Is told by e-mail that something waits in its inbox, and nothing else. */
  @IsOptional()
  @IsEmail()
  alertEmail?: string;

  /** Where it gives a signed list of what it received. */
  @IsOptional()
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  statementUrl?: string;

  @IsOptional()
  @IsArray()
  @IsObject({ each: true, message: 'must be a list of objects' })
  @ValidateNested({ each: true })
  @Type(() => ContactSetting)
  contacts?: ContactSetting[];

  /** True: it is told nothing until it says false; not said: as it is. */
  @IsOptional()
  @IsBoolean()
  disabled?: boolean;
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

  /** Only for acts done in one of these countries. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @Matches(/^[A-Z]{2}$/, { each: true, message: 'must be countries such as CD' })
  actCountries?: string[];

  /** Only for a person who is there, by the states of the person's chart: present, detained, left, ... */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @IsIn(WHEREABOUTS, { each: true })
  whereabouts?: string[];

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
  @IsWithinBounds()
  amount!: number;

  @IsIn(['hours', 'days', 'workingDays'])
  unit!: 'hours' | 'days' | 'workingDays';

  @IsWords(500)
  source!: string;
}

/** A figure of law that is no deadline; in force from its day on until a later one follows. */
export class LegalSetting {
  @IsIn(['ageOfCriminalResponsibility'])
  name!: 'ageOfCriminalResponsibility';

  @Day()
  validFrom!: string;

  /** Years. No law known to us sets it beyond these. */
  @IsInt()
  @Min(7)
  @Max(18)
  value!: number;

  /** The provision that says so. */
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
  @Type(() => LegalSetting)
  legal: LegalSetting[] = [];

  @IsOptional()
  @IsArray()
  @IsObject({ each: true, message: 'must be a list of objects' })
  @ValidateNested({ each: true })
  @Type(() => UnitSetting)
  units: UnitSetting[] = [];
}
