import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ClassConstructor } from 'class-transformer';
import { IsIn, IsOptional } from 'class-validator';
import { personCommands, type PersonCommandType } from '../domain/workflow/vocabulary/person.js';
import type { CommandRegistry } from '../platform/http/command.pipe.js';
import { IsEdtf, IsWords } from '../platform/http/validators.js';

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

export const PERSON_COMMANDS: CommandRegistry = new Map(
  personCommands.map((type) => [type, PersonCommandDto as ClassConstructor<PersonCommandDto>]),
);
