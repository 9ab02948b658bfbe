import { ApiProperty } from '@nestjs/swagger';
import type { AllegationAssessment } from '../domain/exclusion/completeness.js';
import { templateFor } from '../domain/exclusion/templates.js';
import type { DataKey } from '../platform/database/sealing.js';
import { ActDto, AllegationDto, ElementFindingDto, ExculpatoryDto } from './allegation.dto.js';
import type { AllegationRow, EvidenceRow, StoredAllegation } from './allegation.store.js';

class MissingView {
  @ApiProperty()
  element!: string;

  @ApiProperty()
  because!: string;
}

export class AllegationView extends AllegationDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  position!: number;

  @ApiProperty({ description: 'Every element of the template is found, with reasons and evidence.' })
  complete!: boolean;

  @ApiProperty({ type: [MissingView] })
  missing!: readonly MissingView[];

  @ApiProperty({ description: 'Why age matters here, if it does.', nullable: true, type: String })
  age!: string | null;
}

export function allegationView(
  row: AllegationRow,
  key: DataKey,
  assess: (content: StoredAllegation) => AllegationAssessment,
): AllegationView {
  const { act, exculpatory } = key.open<{ act: ActDto; exculpatory: ExculpatoryDto | null }>(
    row.sealed,
    `allegation:${row.id}`,
  );
  const elements: ElementFindingDto[] = row.elements.map(({ element, finding, sealed, evidence }) => ({
    element,
    finding,
    reasons: key.open<{ reasons: string }>(Buffer.from(sealed, 'hex'), `element_finding:${row.id}:${element}`).reasons,
    evidence: evidence.map((piece) => ({
      kind: piece.kind,
      ref: citedRef(piece, key),
      exculpatory: piece.exculpatory,
    })),
  }));
  const order = orderOf(row);
  elements.sort((a, b) => order(a.element) - order(b.element));
  const content: StoredAllegation = {
    ground: row.ground,
    crime: row.crime,
    scope: row.scope,
    templateVersion: row.template_version,
    act,
    elements,
    ...(exculpatory ? { exculpatory } : {}),
    intendedToStand: row.intended_to_stand,
  };
  const { complete, missing, ageBecause } = assess(content);
  return { ...content, id: row.id, position: row.position, complete, missing, age: ageBecause ?? null };
}

/** A publication is named by a token, and its citation lies sealed beside it. */
const citedRef = ({ id, ref, sealed }: EvidenceRow, key: DataKey): string =>
  sealed === null ? ref : key.open<{ ref: string }>(Buffer.from(sealed, 'hex'), `evidence:${id}`).ref;

function orderOf({ ground, crime, template_version }: AllegationRow): (element: string) => number {
  const found = templateFor(ground, crime, template_version);
  const ids = found.ok ? found.template.elements.map(({ id }) => id) : [];
  return (element) => ids.indexOf(element as string);
}
