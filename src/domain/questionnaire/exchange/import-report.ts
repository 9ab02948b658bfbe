import type { PackFile, QuestionnaireFile, Text } from '../format.js';
import type { ReferenceFile } from '../format-reference.js';

/** A part of the source that the draft does not say, where it stands and what to do about it. */
export interface Listed {
  /** XLSForm: the sheet, its row as the spreadsheet numbers it, and the heading of the column. */
  sheet?: string;
  row?: number;
  column?: string;
  /** FHIR: JSON Pointer. */
  pointer?: string;
  expression: string;
  todo: string;
}

/** Something our format demands and the source does not have: a placeholder stands there. */
export interface ToFill {
  pointer: string;
  what: string;
}

export interface ImportReport {
  /** Every filled cell, or every value in the JSON: each is either mapped or listed. */
  total: number;
  mapped: number;
  listed: Listed[];
  toFill: ToFill[];
  /** Names that had to be written differently. */
  renamed: { from: string; to: string }[];
}

export interface Draft {
  pack: PackFile;
  questionnaire: QuestionnaireFile;
  /** File name of the questionnaire in the pack's folder. */
  file: string;
  reference: ReferenceFile;
  report: ImportReport;
}

export interface DraftOptions {
  /** Name of the pack and of its folder. */
  pack: string;
  /** ISO 3166-1 alpha-2. */
  country?: string;
}

/** A value of the source; in the end each one was mapped or is listed. */
export class SourcePart {
  private todo: string | undefined;
  private used = false;

  constructor(
    readonly place: Omit<Listed, 'expression' | 'todo'>,
    readonly text: string,
  ) {}

  /** The text, which the draft now says. */
  take(): string {
    this.used = true;
    return this.text;
  }

  /** The draft does not say it; whoever finishes the draft reads what to do. */
  list(todo: string): void {
    this.todo ??= todo;
  }

  get listed(): Listed | undefined {
    const todo =
      this.todo ?? (this.used ? undefined : 'the importer does not know this; see whether the draft needs it');
    return todo === undefined ? undefined : { ...this.place, expression: this.text, todo };
  }
}

/** Counts all parts of a source. */
export function reportOf(
  parts: readonly SourcePart[],
  toFill: readonly ToFill[],
  renamed: ReadonlyMap<string, string>,
): ImportReport {
  const listed = parts.flatMap((part) => part.listed ?? []);
  return {
    total: parts.length,
    mapped: parts.length - listed.length,
    listed,
    toFill: [...toFill],
    renamed: [...renamed].filter(([from, to]) => from !== to).map(([from, to]) => ({ from, to })),
  };
}

/** Words that stand where the source has none. */
export const PLACEHOLDER_BASIS = 'To be filled: the provision or the country information this question rests on';
export const PLACEHOLDER_PURPOSE = 'inclusion' as const;
export const NO_ANSWER = 'no answer';

/** Puts a questionnaire into a pack of its own, with what every pack has, and says what is still to be filled. */
export function draftOf(
  questionnaire: QuestionnaireFile,
  { pack, country }: DraftOptions,
  toFill: ToFill[],
  report: () => ImportReport,
): Draft {
  if (country === undefined) toFill.push({ pointer: 'pack.json#/countries', what: 'the countries this pack is for' });
  toFill.push({
    pointer: '/purpose',
    what: 'whether this is a screening, an exclusion interview or a witness account',
  });
  const title: Text = questionnaire.title;
  const file = `${questionnaire.purpose}.v${questionnaire.version}.json`;
  return {
    pack: {
      format: 1,
      pack,
      title,
      countries: [country ?? 'stateless'],
      languages: questionnaire.languages,
      questionnaires: [file],
      reference: 'reference.json',
    },
    questionnaire,
    file,
    reference: { format: 1, reference: pack },
    report: report(),
  };
}
