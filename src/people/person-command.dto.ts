import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type ClassConstructor, Type } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsDefined, IsIn, IsOptional, ValidateNested } from 'class-validator';
import { ApplicantDto } from '../cases/register-case.dto.js';
import { personCommands, type PersonCommandType } from '../domain/workflow/vocabulary/person.js';
import type { CommandRegistry } from '../platform/http/command.pipe.js';
import { IsCountry, IsEdtf, IsWords } from '../platform/http/validators.js';

/** Where somebody is or who they are, as somebody found it: never a command that touches a duty. */
export class PersonCommandDto {
  @ApiProperty({ enum: personCommands })
  @IsIn(personCommands)
  type!: PersonCommandType;

  @ApiProperty({ description: 'The document, record or authority this rests on.' })
  @IsWords(2_000)
  source!: string;

  @ApiPropertyOptional({ description: 'Since when, in EDTF.' })
  @IsOptional()
  @IsEdtf()
  since?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsWords(10_000)
  note?: string;
}

export class CorrectParticularsDto {
  @ApiProperty({ type: ApplicantDto, description: 'The particulars as they are from now on, all of them.' })
  @IsDefined({ message: 'send the particulars, all of them' })
  @ValidateNested()
  @Type(() => ApplicantDto)
  applicant!: ApplicantDto;

  @ApiProperty({ description: 'Why, and what it rests on.' })
  @IsWords(10_000)
  reason!: string;

  @ApiPropertyOptional({
    type: [String],
    example: ['CD'],
    description:
      'The second word on countries that somebody else corrected away (stillBlocked of the person): they bar their recipients no longer.',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(70)
  @ArrayUnique()
  @IsCountry({ each: true })
  unblocks: string[] = [];
}

export const PERSON_COMMANDS: CommandRegistry = new Map(
  personCommands.map((type) => [type, PersonCommandDto as ClassConstructor<PersonCommandDto>]),
);
