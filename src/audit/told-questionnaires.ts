import type { Findings } from './audit-findings.js';
import type { SealedFile, StoredEvent } from './sealed-file.js';
import type { Words } from './words.js';

/** Which questionnaires the interviews of one case are pinned to: those that they were opened with, or were moved to since. */
export class ToldQuestionnaires {
  private readonly pinned = new Map<string, string[]>();

  /** In the order of each chain. */
  tell({ aggregate_kind: kind, aggregate_id: id, type, facets }: StoredEvent, words: Words): void {
    if (kind !== 'interview') return;
    const chosen = words['questionnaires'];
    if (type === 'OPEN_INTERVIEW' && Array.isArray(chosen))
      this.pinned.set(
        id,
        (chosen as Words[]).map(({ hash }) => String(hash)),
      );
    if (type !== 'MIGRATE') return;
    const moved = this.pinned.get(id)?.map((hash) => (hash === facets['from'] ? String(facets['to']) : hash));
    if (moved) this.pinned.set(id, moved);
  }

  hold(file: SealedFile, findings: Findings): void {
    for (const [interview, told] of this.pinned) {
      const rows = file
        .all('interview_questionnaire')
        .filter(({ of, columns }) => of === interview && columns['replaced_at'] === null);
      const same =
        rows.length === told.length &&
        rows.every(({ columns }) => told[Number(columns['position'])] === columns['questionnaire_hash']);
      if (!same)
        findings.add(
          'rowChanged',
          `interview_questionnaire/${interview}`,
          'it is pinned to other questionnaires than it was opened with or moved to',
        );
    }
  }
}
