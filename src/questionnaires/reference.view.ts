import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import type { ReferenceItem } from '../domain/questionnaire/reference.js';
import { REFERENCE_KINDS, type ReferenceKind, type ReferenceWanted } from '../domain/questionnaire/reference-search.js';
import { type Page, pageOf, PageQuery, readCursor } from '../platform/http/page.js';

export class ReferenceQuery extends PageQuery {
  @ApiPropertyOptional({ enum: REFERENCE_KINDS, description: 'A post is a command or office with its holder.' })
  @IsOptional()
  @IsIn(REFERENCE_KINDS)
  kind?: ReferenceKind;

  @ApiPropertyOptional({
    example: 'gisenyi',
    description: 'Some of a name, in any spelling; not sent: all of that kind.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  q?: string;

  @ApiPropertyOptional({
    description: 'A question of that kind: what it offers comes before what matches equally well.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  question?: string;
}

export class ReferenceEntryView {
  @ApiProperty({ example: 'gisenyiSector', description: 'What an answer names as its "ref".' })
  id!: string;

  @ApiProperty({ enum: REFERENCE_KINDS })
  kind!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ type: [String], description: 'Other spellings and names.' })
  aliases!: readonly string[];

  @ApiPropertyOptional({ example: 'prefecture', description: 'What the pack calls entries like this.' })
  what?: string;

  @ApiProperty({ type: [String], description: 'Ids directly above it: its parent, its organisation.' })
  above!: readonly string[];

  @ApiPropertyOptional({ example: '1990-10/1994-07', description: 'EDTF: when it happened, existed or was held.' })
  date?: string;

  @ApiPropertyOptional({ description: 'Of a post: who held it.' })
  holder?: string;

  @ApiProperty({ description: 'Somebody has seen it in the sources that the pack names.' })
  verified!: boolean;
}

export class ReferencePage {
  @ApiProperty({ type: [ReferenceEntryView] })
  items!: readonly ReferenceEntryView[];

  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page.' })
  next!: string | null;
}

export const wantedOf = ({ kind, q, question }: ReferenceQuery): ReferenceWanted => ({
  ...(kind !== undefined && { kind }),
  ...(q !== undefined && { q }),
  ...(question !== undefined && { question }),
});

/** One page of what was found; the order of the same plan and words is always the same. */
export function referencePage(
  found: readonly ReferenceItem[],
  { cursor, limit }: ReferenceQuery,
): Page<ReferenceEntryView> {
  const from = Number(readCursor(cursor, ['seq'])?.['seq'] ?? 0);
  const rows = found.slice(from, from + limit + 1);
  return pageOf(rows, limit, entryView, () => ({ seq: from + limit }));
}

function entryView({ id, type, entry, above }: ReferenceItem): ReferenceEntryView {
  const { date, active, holder } = entry as { date?: string; active?: string; holder?: string };
  const when = date ?? active;
  return {
    id,
    kind: type,
    name: entry.name,
    aliases: entry.aliases ?? [],
    ...(entry.kind !== undefined && { what: entry.kind }),
    above,
    ...(when !== undefined && { date: when }),
    ...(holder !== undefined && { holder }),
    verified: entry.verified,
  };
}
