import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { grounds, scopes, type Ground, type Scope } from '../domain/exclusion/templates.js';
import { IsEdtf, IsWords, LONGEST_TEXT } from '../platform/http/validators.js';

export class ActDto {
  @ApiProperty({ description: 'What is alleged to have been done; membership or a workplace is not an act.' })
  @IsWords(LONGEST_TEXT)
  summary!: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsWords(500)
  place?: string;

  @ApiPropertyOptional({
    example: 'CD',
    description: 'Country where it was done: rules on who must be told may ask it.',
  })
  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'must be a country such as CD (ISO 3166-1 alpha-2)' })
  country?: string;

  @ApiPropertyOptional({ example: '1994-04', description: 'EDTF' })
  @IsOptional()
  @IsEdtf()
  when?: string;
}

export class EvidenceDto {
  @ApiProperty({ enum: ['interview', 'document', 'countryInformation'] })
  @IsIn(['interview', 'document', 'countryInformation'])
  kind!: 'interview' | 'document' | 'countryInformation';

  @ApiProperty({ description: 'Interview id with `#question`, document id, or a citation of country information.' })
  @IsString()
  @IsWords(500)
  ref!: string;

  @ApiPropertyOptional({ type: Boolean, default: false })
  @IsOptional()
  @IsBoolean()
  exculpatory = false;
}

export class ElementFindingDto {
  @ApiProperty({ example: 'act', description: "An element of that ground's template." })
  @Matches(/^[a-zA-Z][a-zA-Z0-9]{0,60}$/, { message: "must be the name of an element of that ground's template" })
  element!: string;

  @ApiProperty({ enum: ['met', 'notMet', 'unclear'] })
  @IsIn(['met', 'notMet', 'unclear'])
  finding!: 'met' | 'notMet' | 'unclear';

  @ApiProperty()
  @IsWords(LONGEST_TEXT)
  reasons!: string;

  @ApiProperty({ type: [EvidenceDto] })
  @IsArray()
  @ArrayMaxSize(100)
  @IsObject({ each: true, message: 'must be a list of objects' })
  @ValidateNested({ each: true })
  @Type(() => EvidenceDto)
  evidence!: EvidenceDto[];
}

export class ExculpatoryDto {
  @ApiProperty({ description: 'What speaks for the applicant, assessed; that nothing was found is an assessment too.' })
  @IsWords(LONGEST_TEXT)
  assessment!: string;
}

export class AllegationDto {
  @ApiProperty({ enum: grounds })
  @IsIn(grounds)
  ground!: Ground;

  @ApiProperty({ example: 'genocide' })
  @IsString()
  @MaxLength(60)
  crime!: string;

  @ApiProperty({ enum: scopes, description: 'The status it bars.' })
  @IsIn(scopes)
  scope!: Scope;

  @ApiPropertyOptional({ description: 'Version of the element template; the newest when left out.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  templateVersion?: number;

  @ApiProperty({ type: ActDto })
  @IsObject()
  @ValidateNested()
  @Type(() => ActDto)
  act!: ActDto;

  @ApiProperty({ type: [ElementFindingDto], description: 'The element matrix, as far as it is done.' })
  @IsArray()
  @ArrayMaxSize(60)
  @ArrayUnique((finding: ElementFindingDto) => finding.element)
  @IsObject({ each: true, message: 'must be a list of objects' })
  @ValidateNested({ each: true })
  @Type(() => ElementFindingDto)
  elements!: ElementFindingDto[];

  @ApiPropertyOptional({ type: ExculpatoryDto })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ExculpatoryDto)
  exculpatory?: ExculpatoryDto;

  @ApiProperty({ description: 'The analysis concludes that it is to stand.' })
  @IsBoolean()
  intendedToStand!: boolean;
}
