import { ApiProperty } from '@nestjs/swagger';
import { prosecutionRoutes } from '../domain/workflow/vocabulary/case.js';
import type { OpenTrack } from './prosecution-track.store.js';

/** The duty to extradite or prosecute an excluded person who cannot be removed, as long as it is open. */
export class ProsecutionTrackView {
  @ApiProperty({ enum: prosecutionRoutes, description: 'The way that is open now; `none`: none is yet.' })
  route!: string;

  @ApiProperty({ format: 'date-time' })
  openedAt!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was last looked at.' })
  reviewedAt!: string;

  @ApiProperty({ format: 'date-time' })
  reviewDueAt!: string;

  @ApiProperty()
  overdue!: boolean;
}

export class ProsecutionTrackEntry extends ProsecutionTrackView {
  @ApiProperty({ format: 'uuid' })
  caseId!: string;

  @ApiProperty({ description: 'Reference of the case.' })
  reference!: string;
}

export class ProsecutionTrackPage {
  @ApiProperty({ type: [ProsecutionTrackEntry] })
  items!: readonly ProsecutionTrackEntry[];

  @ApiProperty({ nullable: true, type: String })
  next!: string | null;
}

export const trackView = (track: OpenTrack): ProsecutionTrackView => ({
  route: track.route,
  openedAt: track.opened_at.toISOString(),
  reviewedAt: track.at.toISOString(),
  reviewDueAt: track.review_due_at.toISOString(),
  overdue: track.overdue,
});

export const trackEntry = (track: OpenTrack): ProsecutionTrackEntry => ({
  caseId: track.case_id,
  reference: track.reference,
  ...trackView(track),
});
