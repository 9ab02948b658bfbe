/** Words as they are set: each character is one that the fonts can show. */
export interface Words {
  readonly text: string;
  /** Set from right to left. */
  readonly rtl: boolean;
}

/** One line of a cell or an entry, perhaps with what it is before it. */
export interface Line {
  readonly label: string | null;
  readonly words: Words;
}

export interface Column {
  readonly label: string;
  /** Holds sentences: it takes what room there is. */
  readonly wide: boolean;
}

/** What stands on the pages, in this order. */
export type Block =
  | { readonly type: 'heading'; readonly level: number; readonly words: Words }
  /** Short particulars, set side by side. */
  | { readonly type: 'fields'; readonly fields: readonly (Line & { readonly label: string })[] }
  /** Words with a paragraph of their own beneath their label. */
  | { readonly type: 'text'; readonly label: string; readonly words: Words }
  | { readonly type: 'list'; readonly label: string; readonly items: readonly Words[] }
  /** Lines that belong together. */
  | { readonly type: 'lines'; readonly lines: readonly Line[] }
  | {
      readonly type: 'table';
      /** Null where a heading says it. */
      readonly label: string | null;
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly (readonly Line[])[])[];
    }
  /** Small rows for looking something up; `across` of them stand side by side. Every row has a cell for each column. */
  | {
      readonly type: 'index';
      readonly across: number;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  /** Labels under which the package holds nothing, where that must be said. */
  | { readonly type: 'nothing'; readonly labels: readonly string[] };

/** Whether the fonts have a picture for a code point. */
export type Covers = (codePoint: number) => boolean;

/** Line ends and tabs stay; a zero-width (non-)joiner stays, because Persian is spelt with it. */
const KEPT = new Set([0x0a, 0x09, 0x200c, 0x200d]);
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/u;
const STRONG = /\p{L}/u;
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/**
 * What was said as it can be set. What the fonts cannot show, or what would show nothing or turn the direction of what follows, is
 * written as its code point, as in [U+202E].
 */
export function wordsOf(said: string, covers: Covers): Words {
  const text = Array.from(said.replace(/\r\n?/g, '\n').normalize('NFC'), (character) => {
    const code = character.codePointAt(0) as number;
    if (KEPT.has(code)) return character;
    return HIDDEN.test(character) || !covers(code)
      ? `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`
      : character;
  }).join('');
  const first = STRONG.exec(said)?.[0];
  return { text, rtl: first !== undefined && RIGHT_TO_LEFT.test(first) };
}
