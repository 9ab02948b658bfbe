import { tokenOfIndicator, tokenOfWords, type ToldIndicators } from '../interviews/told-indicator.js';
import type { DataKey } from '../platform/database/sealing.js';
import type { Findings } from './audit-findings.js';
import type { OpenedRow, SealedFile, StoredEvent } from './sealed-file.js';
import { placeOf } from './audit-findings.js';
import type { Words } from './words.js';

interface Told {
  readonly event: StoredEvent;
  readonly words: Words | undefined;
  /** By row; an earlier release did not say it. */
  readonly indicators: ToldIndicators | undefined;
}

const TELLING = ['RECORD_ANSWER', 'DISPUTE_INDICATOR', 'MIGRATE'];

/**
 * Which indicators the events of one case raised, worded anew and cleared. The answers of an earlier release say which they raised and
 * cleared, and nothing of the words; its moves to another version say nothing.
 */
export class ToldIndicatorsOf {
  private readonly told: Told[] = [];
  private readonly is = new Map<string, string>();
  private readonly says = new Map<string, string>();
  private readonly rows = new Set<string>();

  /** In the order of each chain; `words` are undefined where they do not open. */
  tell(event: StoredEvent, words: Words | undefined): void {
    if (event.aggregate_kind !== 'interview' || !TELLING.includes(event.type)) return;
    const indicators = event.facets['indicators'] as ToldIndicators | undefined;
    this.told.push({ event, words, indicators });
    for (const [row, said] of Object.entries(indicators ?? {})) {
      this.rows.add(row);
      if (said?.is !== undefined) this.is.set(row, said.is);
      if (said) this.says.set(row, said.says);
    }
  }

  hold(file: SealedFile, key: DataKey, findings: Findings): void {
    const held = file.all('raised_indicator');
    const broken = file.brokenIn('raised_indicator');
    const there = new Set([...held.map(({ id }) => id), ...broken]);
    for (const id of this.rows)
      if (!there.has(id)) findings.add('rowMissing', `raised_indicator/${id}`, 'its chain tells of it');
    // Which one does not open is said already; it may be the one that is looked for.
    if (broken.size === 0) for (const one of this.told) this.holdEarlier(one, held, findings);
    for (const row of held) this.holdRow(row, key, findings);
  }

  private holdRow(row: OpenedRow, key: DataKey, findings: Findings): void {
    const { id, columns, content } = row;
    const place = `raised_indicator/${id}`;
    if (!this.in(row, row.at).some((told) => raises(told, row)))
      return findings.add('rowInserted', place, 'no event tells that it was raised at this time');
    const cleared = columns['cleared_at'] === null ? null : new Date(String(columns['cleared_at']));
    const clearing = this.told.some(({ indicators }) => indicators?.[id] === null);
    if (cleared ? !this.in(row, cleared).some((told) => clears(told, row)) : clearing)
      findings.add('rowChanged', place, 'it was not cleared as its chain tells');
    const [is, says] = [this.is.get(id), this.says.get(id)];
    if (
      (is !== undefined && is !== tokenOfIndicator(key, indicatorOf(columns))) ||
      (says !== undefined && content !== null && says !== tokenOfWords(key, content as object)) ||
      columns['item'] !== ''
    )
      findings.add('rowChanged', place, 'it does not say what its chain tells');
  }

  /** What an answer of an earlier release raised and cleared is there. */
  private holdEarlier({ event, words, indicators }: Told, held: readonly OpenedRow[], findings: Findings): void {
    if (indicators || !words || event.type !== 'RECORD_ANSWER') return;
    const rows = held.filter((row) => row.of === event.aggregate_id);
    const at = (column: 'raised_at' | 'cleared_at', id: unknown): boolean =>
      rows.some(
        ({ columns }) =>
          columns['indicator_id'] === id && new Date(String(columns[column])).getTime() === event.at.getTime(),
      );
    if (listOf(words['raised']).some(({ id }) => !at('raised_at', id)))
      findings.add('rowMissing', placeOf(event), 'an indicator that it raised is not there');
    if (idsOf(words['cleared']).some((id) => !at('cleared_at', id)))
      findings.add('rowMissing', placeOf(event), 'an indicator that it cleared is not there, or was not cleared then');
  }

  private in({ of }: OpenedRow, at: Date | null): readonly Told[] {
    return this.told.filter(({ event }) => event.aggregate_id === of && event.at.getTime() === at?.getTime());
  }
}

/** An answer that does not open, and a move of an earlier release, may have raised and cleared anything. */
const silent = ({ event, words, indicators }: Told): boolean =>
  indicators === undefined && (event.type === 'MIGRATE' || (event.type === 'RECORD_ANSWER' && words === undefined));

function raises(told: Told, { id, columns }: OpenedRow): boolean {
  if (silent(told)) return true;
  if (told.indicators) return told.indicators[id]?.is !== undefined;
  return listOf(told.words?.['raised']).some(
    (one) =>
      one['id'] === columns['indicator_id'] &&
      one['severity'] === columns['severity'] &&
      one['ground'] === columns['ground'],
  );
}

function clears(told: Told, { id, columns }: OpenedRow): boolean {
  if (silent(told)) return true;
  if (told.indicators) return told.indicators[id] === null;
  return idsOf(told.words?.['cleared']).includes(columns['indicator_id']);
}

const indicatorOf = (columns: Words) => ({
  id: String(columns['indicator_id']),
  severity: String(columns['severity']),
  ground: String(columns['ground']),
});
const listOf = (value: unknown): readonly Words[] => (Array.isArray(value) ? (value as Words[]) : []);
const idsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
