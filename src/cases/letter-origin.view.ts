import { ApiProperty } from '@nestjs/swagger';

/** On what paper something stands that a recipient said. */
export class LetterOriginView {
  @ApiProperty({ format: 'uuid', description: 'Read it with GET /api/referrals/{id}/letters.' })
  id!: string;

  @ApiProperty({ format: 'date' })
  writtenOn!: string;

  @ApiProperty({ description: 'A name.' })
  recordedBy!: string;

  @ApiProperty({ nullable: true, type: String, description: 'A name; null: it needed no second person.' })
  confirmedBy!: string | null;
}

/** That view as JSON, of the letter with this id: null where there is none. */
export const letterOrigin = (id: string): string => `(SELECT jsonb_build_object('id', l.id, 'writtenOn', l.written_on,
    'recordedBy', recorder.display_name, 'confirmedBy', decider.display_name)
  FROM recipient_letter l JOIN app_user recorder ON recorder.id = l.recorded_by LEFT JOIN app_user decider ON decider.id = l.decided_by
  WHERE l.id = ${id})`;
