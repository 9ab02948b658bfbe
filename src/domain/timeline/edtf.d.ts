/** The part of npm edtf's parser we use: it ships no types. */
declare module 'edtf' {
  export interface ParsedDate {
    type: 'Date';
    /** Year, month from 0, day; more when a time of day was written. */
    values: number[];
    /** Bits YYYYMMDD, lowest bit the first digit of the year; true means all. */
    unspecified?: number | boolean;
    uncertain?: number | boolean;
    approximate?: number | boolean;
  }
  export interface ParsedSeason {
    type: 'Season';
    values: number[];
    uncertain?: number | boolean;
    approximate?: number | boolean;
  }
  export interface ParsedSpan {
    type: 'Year' | 'Decade' | 'Century';
    values: number[];
    uncertain?: number | boolean;
    approximate?: number | boolean;
  }
  export type ParsedPoint = ParsedDate | ParsedSeason | ParsedSpan;
  export interface ParsedInterval {
    type: 'Interval';
    values: (ParsedPoint | null)[];
  }
  export interface ParsedSet {
    type: 'Set' | 'List';
    values: (ParsedPoint | ParsedPoint[])[];
    earlier?: boolean;
    later?: boolean;
  }
  export function parse(
    input: string,
    constraints?: { level?: number; types?: string[] },
  ): ParsedPoint | ParsedInterval | ParsedSet;
}
