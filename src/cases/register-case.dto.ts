import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  ValidateNested,
} from 'class-validator';
import { IsCountry, IsEdtf, IsWords } from '../platform/http/validators.js';

export class RepresentativeDto {
  @ApiProperty({ example: 'Guardian Example' })
  @IsWords(200)
  name!: string;

  @ApiProperty({ enum: ['guardian', 'counsel', 'representative'] })
  @IsIn(['guardian', 'counsel', 'representative'])
  capacity!: 'guardian' | 'counsel' | 'representative';
}

export class ApplicantDto {
  @ApiProperty({ example: 'Exemplaris' })
  @IsWords(200)
  familyName!: string;

  @ApiProperty({ example: 'Inventus' })
  @IsWords(200)
  givenNames!: string;

  @ApiPropertyOptional({ type: [String], description: 'Other names, noms de guerre, other spellings.' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsWords(200, { each: true })
  aliases: string[] = [];

  @ApiProperty({ example: '1971~', description: 'EDTF, as precise as it is known.' })
  @IsEdtf()
  birthDate!: string;

  @ApiProperty({ enum: ['female', 'male', 'other', 'unknown'] })
  @IsIn(['female', 'male', 'other', 'unknown'])
  sex!: 'female' | 'male' | 'other' | 'unknown';

  @ApiProperty({ type: [String], example: ['RW'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsCountry({ each: true })
  nationalities!: string[];

  @ApiPropertyOptional({ type: [String], example: ['CD'], description: 'Countries of former habitual residence.' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsCountry({ each: true })
  residences: string[] = [];

  @ApiPropertyOptional({ type: RepresentativeDto })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RepresentativeDto)
  representative?: RepresentativeDto;
}

export class RegisterCaseDto {
  @ApiProperty({ type: ApplicantDto })
  @IsObject()
  @ValidateNested()
  @Type(() => ApplicantDto)
  applicant!: ApplicantDto;

  @ApiProperty({ example: 'RW' })
  @IsCountry()
  countryOfOrigin!: string;

  @ApiPropertyOptional({ enum: ['first', 'subsequent', 'transfer', 'cancellation', 'revocation'], default: 'first' })
  @IsOptional()
  @IsIn(['first', 'subsequent', 'transfer', 'cancellation', 'revocation'])
  procedureType: 'first' | 'subsequent' | 'transfer' | 'cancellation' | 'revocation' = 'first';

  @ApiPropertyOptional({ description: 'Reference in the asylum system; the same reference is the same case.' })
  @IsOptional()
  @IsString()
  @Matches(/^[\x21-\x7e]{1,100}$/, { message: 'must be 1 to 100 visible ASCII characters without spaces' })
  externalReference?: string;

  @ApiPropertyOptional({ type: [String], description: 'Identifiers of this file in older systems.' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsWords(100, { each: true })
  legacyIds: string[] = [];
}
