import type { Status } from '../scope.js';
import type { FindingCode } from './codes.js';

export type Severity = 'error' | 'warning' | 'advice';

/** An answer of an example, as an interview takes it. */
export interface WitnessAnswer {
  questionId: string;
  item?: number | readonly number[];
  value?: unknown;
  status?: Status;
}

/** An interview that shows a finding: as few answers as possible; everything else is left unanswered. */
export interface Witness {
  /** Only where it matters that the applicant is a child. */
  child?: true;
  answers: WitnessAnswer[];
}

/** Something an author should look at before a questionnaire is used. */
export interface Finding {
  code: FindingCode;
  severity: Severity;
  file: string;
  /** JSON Pointer into the file. */
  pointer: string;
  /** What is the matter, in a sentence. */
  reason: string;
  /** What to write instead. */
  fix: string;
  /** The smallest set of answers that shows it, where answers can. */
  witness?: Witness;
}
