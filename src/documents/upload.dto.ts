import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsWords } from '../platform/http/validators.js';

const HASH = 'SHA-256 of the content, hex; when it is sent and differs from what arrived, the upload is refused.';

/** What is said of any file handed over. */
class AboutFile {
  @ApiProperty({ description: 'Where it comes from: who handed it over, or who made it.', maxLength: 2000 })
  @IsWords(2000)
  source!: string;

  @ApiProperty({ description: 'In whose hands it was, and how it came here.', maxLength: 2000 })
  @IsWords(2000)
  custody!: string;

  @ApiPropertyOptional({ description: HASH, pattern: '^[0-9a-f]{64}$' })
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/, { message: 'must be a SHA-256 as 64 lower-case hexadecimal digits' })
  sha256?: string;

  @ApiPropertyOptional({ description: 'Without it, the name of the uploaded file.', maxLength: 255 })
  @IsOptional()
  @IsWords(255)
  name?: string;
}

export class AboutDocument extends AboutFile {}

export class MarkDto {
  @ApiProperty({ description: 'A question that has an answer in this interview.', maxLength: 200 })
  @IsWords(200)
  questionId!: string;

  @ApiPropertyOptional({ description: 'The item, where the question repeats.', maxLength: 200 })
  @IsOptional()
  @IsWords(200)
  item?: string;

  @ApiProperty({ description: 'Milliseconds from the start of the recording.', minimum: 0 })
  @IsInt()
  @Min(0)
  @Max(2 ** 31 - 1)
  atMs!: number;
}

export class AboutRecording extends AboutFile {
  @ApiPropertyOptional({ type: [MarkDto], description: 'Where in the recording each answer is given.' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(2000)
  @IsObject({ each: true, message: 'must be a list of objects' })
  @ValidateNested({ each: true })
  @Type(() => MarkDto)
  marks?: MarkDto[];
}

export class AddMarksDto {
  @ApiProperty({ type: [MarkDto] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(2000)
  @IsObject({ each: true, message: 'must be a list of objects' })
  @ValidateNested({ each: true })
  @Type(() => MarkDto)
  marks!: MarkDto[];
}

class FileView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty()
  source!: string;

  @ApiProperty()
  custody!: string;

  @ApiProperty({ description: 'Of the content as it was sent, hex.' })
  sha256!: string;

  @ApiProperty()
  bytes!: number;

  @ApiProperty({ example: 'application/pdf' })
  mediaType!: string;

  @ApiProperty({ description: 'The display name of the person who added it.' })
  addedBy!: string;

  @ApiProperty({ format: 'date-time' })
  addedAt!: string;
}

export class DocumentView extends FileView {
  @ApiProperty({ format: 'uuid' })
  caseId!: string;
}

export class DocumentPage {
  @ApiProperty({ type: [DocumentView] })
  items!: readonly DocumentView[];

  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}

export class MarkView {
  @ApiProperty()
  questionId!: string;

  @ApiProperty({ description: 'Empty where the question does not repeat.' })
  item!: string;

  @ApiProperty()
  atMs!: number;
}

export class RecordingView extends FileView {
  @ApiProperty({ format: 'uuid' })
  interviewId!: string;

  @ApiProperty({ type: [MarkView], description: 'In the order of the recording.' })
  marks!: readonly MarkView[];
}

export class RecordingPage {
  @ApiProperty({ type: [RecordingView] })
  items!: readonly RecordingView[];

  @ApiProperty({ type: String, nullable: true })
  next!: string | null;
}
