/**
 * What the file of a case holds, as the referral package reads it. The plain fields are columns; `content` is what the row's
 * sealed value opens to, so these types name only what the package itself looks at.
 */

export type ReferralKind = 'exclusion' | 'suspicion' | 'account' | 'correction';
export type Ground = '1F(a)' | '1F(b)' | '1F(c)' | 'seriousCrimeSP';
export type StatusScope = 'refugeeStatus' | 'subsidiaryProtection';

/** What the decision (exclusion, suspicion) or agreement (account) says; its rows are written in the same transaction. */
export interface DecisionToTell {
  readonly reasons: string;
  /** For a suspicion: the allegations it is about, each standing. */
  readonly findings: readonly {
    readonly allegationId: string;
    readonly ground: Ground;
    readonly scope: StatusScope;
    readonly stands: boolean;
    readonly reasons?: string;
  }[];
}

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
  readonly externalReference: string | null;
  readonly legacyIds: readonly string[];
  readonly procedureType: string;
  readonly countryOfOrigin: string;
  /** The region `claim` of the case's chart: how the claim for protection stands. */
  readonly claim: string | null;
  readonly analysisRevision: number;
  /** The officer whose decision this is, as the contact; null for a file that is only looked at by nobody. */
  readonly contact: { readonly name: string; readonly unit: string | null } | null;
  /** Countries of nationality, former residence and origin: nothing may ever reach them. */
  readonly closedTo: readonly string[];
  readonly person: PersonInFile;
  readonly thirdPersons: readonly ThirdPersonInFile[];
  /** Of third persons whose whereabouts nobody approved, those withdrawn too. */
  readonly whereaboutsWithheld: readonly WhereaboutsWithheld[];
  readonly allegations: readonly AllegationInFile[];
  readonly interviews: readonly InterviewInFile[];
  readonly documents: readonly StoredObject[];
  readonly notices: readonly NoticeInFile[];
  readonly disclosures: readonly DisclosureInFile[];
  readonly submissions: readonly SubmissionInFile[];
  readonly reviews: readonly {
    readonly kind: string;
    readonly outcome: string;
    readonly analysisRevision: number;
    readonly at: string;
  }[];
  readonly decisions: readonly {
    readonly id: string;
    readonly outcome: string;
    readonly decidedAt: string;
    readonly quashedAt: string | null;
  }[];
  readonly appeals: readonly {
    readonly decisionId: string;
    readonly lodgedAt: string;
    readonly outcome: string | null;
    readonly final: boolean | null;
    readonly decidedAt: string | null;
  }[];
  /** A source that speaks for the person refused to have its information sent. */
  readonly undisclosedExculpatory: boolean;
  readonly timeline: { readonly entries: readonly Content[]; readonly questions: readonly Content[] };
  /** For an own account, and where one was agreed to be transmitted: what it covers. */
  readonly account: AccountAgreed | null;
}

/** A victim's or witness's agreement to have the own words transmitted. */
export interface AccountAgreed {
  readonly category: 'victim' | 'witness';
  readonly interviewId: string;
  readonly questionIds: readonly string[];
}

export interface PersonInFile {
  readonly id: string;
  readonly whereabouts: string | null;
  readonly identity: string | null;
  /** The particulars: names, aliases, birth date, sex, countries, representative. */
  readonly content: Content;
  /** What officers recorded of whereabouts and identity, oldest first. */
  readonly history: readonly { readonly type: string; readonly at: string; readonly content: Content }[];
}

export type PersonCategory = 'suspected' | 'convicted' | 'victim' | 'witness' | 'other';
export type Relation =
  'none' | 'spouse' | 'formerSpouse' | 'partner' | 'parent' | 'child' | 'sibling' | 'otherRelative';

export interface ThirdPersonInFile {
  readonly id: string;
  readonly category: PersonCategory;
  readonly relation: Relation;
  readonly recordedAt: string;
  readonly whereaboutsApprovedAt: string | null;
  /** Of nationality and former residence; empty when nobody knows any. */
  readonly countries: readonly string[];
  /** `name`, and where it is known `about` and `whereabouts`. */
  readonly content: Content;
}

/** Words that tell where a third person is, and that may not leave. */
export interface WhereaboutsWithheld {
  readonly personId: string;
  readonly passages: readonly string[];
  /** The statements that somebody looked through for them; null when the person was withdrawn, and nobody need look any more. */
  readonly lookedThrough: readonly string[] | null;
}

export interface AllegationInFile {
  readonly id: string;
  readonly ground: Ground;
  readonly crime: string;
  readonly scope: StatusScope;
  readonly templateVersion: number;
  readonly complete: boolean;
  readonly minorAtAct: boolean;
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
  /** null: what it was held for is not told. */
  readonly purpose: 'screening' | 'exclusion' | 'witness' | null;
  readonly state: unknown;
  readonly heldAt: string;
  readonly startedAt: string | null;
  readonly sealedAt: string | null;
  readonly content: Content;
  readonly questionnaires: readonly { readonly code: string; readonly version: number; readonly hash: string }[];
  readonly answers: readonly AnswerInFile[];
  readonly indicators: readonly {
    readonly id: string;
    readonly indicatorId: string;
    readonly item: string;
    readonly severity: 'low' | 'medium' | 'high';
    readonly ground: string;
    readonly raisedAt: string;
    readonly clearedAt: string | null;
    /** The questions its rule looks at. */
    readonly questions: readonly string[];
    readonly content: Content;
  }[];
  readonly recordings: readonly (StoredObject & {
    readonly marks: readonly { readonly questionId: string; readonly item: string; readonly atMs: number }[];
  })[];
  readonly translations: readonly TranslationInFile[];
}

export interface AnswerInFile {
  readonly id: string;
  readonly questionId: string;
  readonly item: string;
  readonly revision: number;
  readonly concurrent: boolean;
  readonly recordedAt: string;
  /** The question as it was asked, in English; null when the questionnaire no longer tells. */
  readonly question: string | null;
  /** The answer as one would quote it; empty for a status. */
  readonly inWords: string;
  /** What each code of the answer stands for. */
  readonly labels: readonly { readonly code: string; readonly text: string }[];
  /** `note` is the officer's own remark and travels among the assessments, everything else among the facts. */
  readonly content: Content & { readonly note?: unknown };
}

export interface TranslationInFile {
  /** Of an answer or a follow-up of this interview. */
  readonly statementId: string;
  readonly addedAt: string;
  /** `language`, `text`, and the `translator` by number. */
  readonly content: Content;
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

export interface DisclosureInFile {
  readonly id: string;
  readonly sourceKind: string;
  readonly disclosedAt: string;
  readonly content: Content;
}

export interface SubmissionInFile {
  readonly id: string;
  readonly kind: 'replyToIntention' | 'commentOnRecord' | 'evidence' | 'rectification' | 'other';
  readonly receivedAt: string;
  readonly content: Content;
}
