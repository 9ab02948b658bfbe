/**
 * What the file of a case holds, as the referral package reads it. The plain fields are columns; `content` is what the row's
 * sealed value opens to, and is carried over as it is, so these types name only what the package itself looks at.
 */

export type ReferralKind = 'exclusion' | 'suspicion' | 'account' | 'correction';
export type Ground = '1F(a)' | '1F(b)' | '1F(c)' | 'seriousCrimeSP';
export type StatusScope = 'refugeeStatus' | 'subsidiaryProtection';

/** Any JSON object. */
export type Content = Readonly<Record<string, unknown>>;

/**
 * Where a sealed value lies: `<table>:<primary key columns joined by colon>`, such as `answer:<id>` or
 * `element_finding:<allegationId>:<element>`. Events lie at `event:<aggregateId>:<seq>`.
 */
export const place = (table: string, ...key: (string | number)[]): string => [table, ...key].join(':');

export interface CaseFile {
  readonly caseId: string;
  readonly reference: string;
  readonly procedureType: string;
  readonly countryOfOrigin: string;
  /** The region `claim` of the case's chart: how the claim for protection stands. */
  readonly claim: string | null;
  readonly person: { readonly id: string; readonly whereabouts: string | null; readonly content: Content };
  readonly allegations: readonly AllegationInFile[];
  readonly interviews: readonly InterviewInFile[];
  readonly documents: readonly StoredObject[];
  readonly notices: readonly NoticeInFile[];
  readonly submissions: readonly SubmissionInFile[];
}

export interface AllegationInFile {
  readonly id: string;
  readonly ground: Ground;
  readonly crime: string;
  readonly scope: StatusScope;
  readonly templateVersion: number;
  readonly content: Content;
  readonly elements: readonly {
    readonly element: string;
    readonly finding: 'met' | 'notMet' | 'unclear';
    readonly content: Content;
  }[];
  readonly evidence: readonly {
    readonly element: string;
    readonly sourceKind: 'interview' | 'document' | 'countryInformation';
    readonly sourceRef: string;
    readonly exculpatory: boolean;
  }[];
}

export interface InterviewInFile {
  readonly id: string;
  readonly purpose: 'screening' | 'exclusion' | 'witness';
  readonly state: unknown;
  readonly heldAt: string;
  readonly sealedAt: string | null;
  readonly content: Content;
  readonly questionnaires: readonly {
    readonly code: string;
    readonly version: number;
    readonly hash: string;
    /** English wording by question id, for the questions of this questionnaire. */
    readonly texts: Readonly<Record<string, string>>;
  }[];
  readonly answers: readonly AnswerInFile[];
  readonly indicators: readonly {
    readonly id: string;
    readonly indicatorId: string;
    readonly item: string;
    readonly severity: 'low' | 'medium' | 'high';
    readonly ground: string;
    readonly raisedAt: string;
    readonly clearedAt: string | null;
    readonly content: Content;
  }[];
  readonly recordings: readonly (StoredObject & {
    readonly marks: readonly { readonly questionId: string; readonly item: string; readonly atMs: number }[];
  })[];
}

export interface AnswerInFile {
  readonly id: string;
  readonly questionId: string;
  readonly item: string;
  readonly revision: number;
  readonly concurrent: boolean;
  readonly recordedAt: string;
  /** `note` is the officer's own remark and travels among the assessments, everything else among the facts. */
  readonly content: Content & { readonly note?: unknown };
}

export interface StoredObject {
  readonly id: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly mediaType: string;
  readonly addedAt: string;
  readonly content: Content;
}

export interface NoticeInFile {
  readonly id: string;
  readonly kind: 'purpose' | 'intention' | 'decision';
  readonly interviewId: string | null;
  readonly servedAt: string;
  readonly replyDueAt: string | null;
  readonly content: Content;
}

export interface SubmissionInFile {
  readonly id: string;
  readonly kind: 'replyToIntention' | 'commentOnRecord' | 'evidence' | 'rectification' | 'other';
  readonly receivedAt: string;
  readonly content: Content;
}
