import type { CaseCommandDto } from './case-command.dto.js';
import type { AllegationRow } from './case-file-reads.js';

export interface EditAnalysis {
  readonly type: 'EDIT_ANALYSIS';
  readonly allegationId: string;
  /** What the event keeps: the new content of the allegation. */
  readonly content: object;
}

export interface RecordSubmission {
  readonly type: 'RECORD_REPLY' | 'RECORD_SUBMISSION';
  readonly id: string;
  readonly kind: 'replyToIntention' | 'commentOnRecord' | 'evidence' | 'rectification' | 'other';
  readonly text: string;
  readonly from: string;
}

export interface RecordDisclosure {
  readonly type: 'RECORD_DISCLOSURE';
  readonly id: string;
  readonly sourceKind: 'interview' | 'document' | 'countryInformation';
  readonly sourceRef: string;
  readonly substance: string;
  readonly how: string;
}

export interface RecordAgreement {
  readonly type: 'RECORD_AGREEMENT';
  readonly id: string;
  readonly category: 'victim' | 'witness';
  readonly interviewId: string;
  readonly questionIds: readonly string[];
  /** What was agreed to, as it was read out, its version and language. */
  readonly text: string;
  readonly textVersion: string;
  readonly language: string;
  readonly readBy: string;
  /** ISO instant. */
  readonly givenAt: string;
  readonly representative?: string;
}

/** Every command a case can be given, whichever endpoint it came through. */
export type CaseInstruction = CaseCommandDto | EditAnalysis | RecordSubmission | RecordDisclosure | RecordAgreement;

/** Why, in the words the file keeps; empty where the command has no words. */
export function reasonsOf(instruction: CaseInstruction): string {
  if ('reasons' in instruction) return instruction.reasons;
  if ('note' in instruction) return instruction.note ?? '';
  return '';
}

/** Everything the command says, but its type. */
export function wordsOf(instruction: CaseInstruction): object {
  const { type: _type, ...words } = instruction;
  return words;
}

export interface Finding {
  readonly allegationId: string;
  readonly ground: AllegationRow['ground'];
  readonly scope: AllegationRow['scope'];
  /** After a correction: suspicion remains. */
  readonly stands: boolean;
  readonly reasons: string;
}

/** What a decision, a judgment or a decision after a correction says about each allegation of the file; empty for other commands. */
export function findingsOf(instruction: CaseInstruction, allegations: readonly AllegationRow[]): Finding[] {
  if (!('allegations' in instruction)) return [];
  return instruction.allegations.flatMap((said) => {
    const { allegationId, reasons } = said;
    const allegation = allegations.find(({ id }) => id === allegationId);
    const stands = 'remains' in said ? said.remains : said.stands;
    return allegation ? [{ allegationId, ground: allegation.ground, scope: allegation.scope, stands, reasons }] : [];
  });
}
