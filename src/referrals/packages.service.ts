import { Injectable } from '@nestjs/common';
import type { CaseFile, Content, DecisionToTell, InterviewInFile, ReferralKind } from '../domain/referral/file.js';
import { type CompletenessToTell, type Hash, type Recipient, referralPackage } from '../domain/referral/package.js';
import { type Gap, gapsOf } from '../domain/referral/completeness.js';
import { accountOf } from '../domain/referral/package-account.js';
import { packageProblems } from '../domain/referral/package-check.js';
import { TimelineService } from '../interviews/timeline.service.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/database.js';
import type { Call } from '../platform/database/prepared.js';
import { DomainError } from '../platform/database/errors.js';
import { canonical, type DataKey, sha256 } from '../platform/database/sealing.js';
import { QuestionnairesService } from '../questionnaires/questionnaires.service.js';
import { type PinnedPlan, purposeOf, questionsBehind, wordingOf } from './package-wording.js';
import { type FileOpened, type InterviewOpened, PackageStore } from './package.store.js';

type Kind = Exclude<ReferralKind, 'correction'>;

export interface FileToSend {
  readonly file: CaseFile;
  readonly completeness: CompletenessToTell;
}

/** What is told, and to whom it may be opened. */
export interface ToComplete {
  readonly caseId: string;
  readonly key: DataKey;
  readonly kind: Kind;
  readonly decision: DecisionToTell;
}

/** What a package of this kind would lack today. */
export interface PackageCheck {
  readonly analysisRevision: number;
  readonly missing: readonly Gap[];
  readonly noted: readonly Gap[];
  /** Of what is missing: an override is for this list and no other. */
  readonly gapsHash: string;
}

/** What is told: the file as it stands, in the words of its questionnaires, made into a package and held against the schema. */
@Injectable()
export class PackagesService {
  constructor(
    private readonly config: Config,
    private readonly store: PackageStore,
    private readonly questionnaires: QuestionnairesService,
    private readonly timeline: TimelineService,
  ) {}

  /**
   * The file as this decision tells it. Throws DomainError `packageIncomplete` naming every gap and its cure, unless two people
   * let it go with exactly these gaps at this revision of the analysis.
   */
  async completeInTx(tx: Tx, about: ToComplete): Promise<FileToSend> {
    const [rows] = await tx.all([this.reading(about)]);
    return this.completedInTx(tx, about, rows);
  }

  /** What `completeInTx` reads first, for whoever reads more in the same round trip. */
  reading({ caseId, kind }: Pick<ToComplete, 'caseId' | 'kind'>): Call {
    return this.store.reading(caseId, kind);
  }

  /** `completeInTx` on what `reading` was answered with. */
  async completedInTx(
    tx: Tx,
    { caseId, key, kind, decision }: ToComplete,
    rows: readonly object[],
  ): Promise<FileToSend> {
    const opened = this.store.opened(rows, caseId, key);
    const file = await this.wordedInTx(tx, opened, kind);
    const { missing, noted, gapsHash } = checkOf(
      file,
      kind,
      decision.findings.map((one) => one.allegationId),
    );
    const sentences = (gaps: readonly Gap[]): string[] => gaps.map(({ sentence }) => sentence);
    if (missing.length === 0) return { file, completeness: { noted: sentences(noted), override: null } };
    const approved = opened.overrides.findLast((one) => one.gapsHash === gapsHash);
    if (!approved) throw packageIncomplete(missing);
    const { gapsHash: _, ...said } = approved;
    const override = { missing: sentences(missing), ...said };
    return { file, completeness: { noted: sentences(noted), override } };
  }

  /**
   * What a package of this kind would lack now. A suspicion is about the allegations that its waiting proposal names; without
   * a proposal, about all.
   */
  async checkInTx(tx: Tx, caseId: string, key: DataKey, kind: Kind): Promise<PackageCheck> {
    const opened = await this.store.getInTx(tx, caseId, key, kind);
    const file = await this.wordedInTx(tx, opened, kind);
    const named = kind === 'suspicion' ? opened.proposed : null;
    return checkOf(file, kind, named ?? file.allegations.map(({ id }) => id));
  }

  /** What has been said in a case and may be sent of it: for its analysis, and as an own account where one was agreed. */
  async filesInTx(tx: Tx, caseId: string, key: DataKey): Promise<readonly CaseFile[]> {
    const whole = await this.wordedInTx(tx, await this.store.getInTx(tx, caseId, key, 'exclusion'), 'exclusion');
    const own = await this.wordedInTx(tx, await this.store.getInTx(tx, caseId, key, 'account'), 'account');
    return [whole, own];
  }

  /** The words of the questionnaires are read once for each; without new ones the file is one statement. */
  private async wordedInTx(tx: Tx, opened: FileOpened, kind: Kind): Promise<CaseFile> {
    const interviews: InterviewInFile[] = [];
    for (const interview of opened.interviews) interviews.push(await this.interviewInTx(tx, interview));
    if (kind === 'account') return accountOf({ ...opened, interviews, timeline: NO_TIMELINE });
    return { ...opened, interviews, timeline: await this.timelineInTx(tx, opened) };
  }

  /**
   * The answered questions of an interview that a witness's or victim's own account can consist of: all of an interview held for
   * one, elsewhere those that its questionnaires ask for that purpose. Undefined: the case has no such interview.
   */
  async accountQuestionsInTx(tx: Tx, caseId: string, interviewId: string): Promise<readonly string[] | undefined> {
    const found = await tx.one<Answered>(ANSWERED, [interviewId, caseId], 'account_questions');
    if (!found || found.purpose === 'witness') return found?.questions;
    const pins: PinnedPlan[] = [];
    for (const { code, position, hash } of found.pins) {
      pins.push({ code, position, plan: await this.questionnaires.planInTx(tx, [hash]) });
    }
    return found.questions.filter((id) => purposeOf(pins, id) === 'witness');
  }

  /** The package for one recipient. */
  make(about: {
    readonly referralId: string;
    readonly kind: Kind;
    readonly causeId: string;
    readonly at: string;
    readonly recipient: Recipient;
    readonly decision: DecisionToTell;
    readonly completeness: CompletenessToTell;
    readonly file: CaseFile;
  }): Content {
    return referralPackage({ ...about, country: this.config.country }, hashOf);
  }

  private async interviewInTx(tx: Tx, interview: InterviewOpened): Promise<InterviewInFile> {
    const pins: PinnedPlan[] = [];
    for (const { code, position, hash } of interview.questionnaires) {
      pins.push({ code, position, plan: await this.questionnaires.planInTx(tx, [hash]) });
    }
    return {
      ...interview,
      questionnaires: interview.questionnaires.map(({ code, version, hash }) => ({ code, version, hash })),
      answers: interview.answers.map((answer) => ({
        ...answer,
        ...wordingOf(pins, answer.questionId, answer.content['value']),
      })),
      indicators: interview.indicators.map((indicator) => ({
        ...indicator,
        questions: questionsBehind(pins, indicator.indicatorId),
      })),
    };
  }

  private async timelineInTx(tx: Tx, { person, interviews }: FileOpened): Promise<CaseFile['timeline']> {
    const told = interviews
      .map(({ id, heldAt, questionnaires, answers }) => ({
        id,
        openedAt: new Date(heldAt),
        questionnaires: questionnaires.filter(({ replaced }) => !replaced).map(({ hash }) => hash),
        answers: answers.map(({ questionId, item, content }) => ({ questionId, item, ...content })),
      }))
      .filter(({ questionnaires }) => questionnaires.length > 0);
    const view = await this.timeline.toldInTx(tx, String(person.content['birthDate'] ?? ''), told);
    // As JSON has it: what is absent is left out.
    return JSON.parse(JSON.stringify(view)) as CaseFile['timeline'];
  }
}

interface Answered {
  readonly purpose: string;
  readonly pins: readonly { readonly code: string; readonly position: number; readonly hash: string }[];
  readonly questions: readonly string[];
}

const ANSWERED = `
  SELECT i.purpose, ARRAY(SELECT DISTINCT question_id FROM answer WHERE interview_id = i.id ORDER BY question_id) AS questions,
    (SELECT coalesce(json_agg(json_build_object('code', q.code, 'position', p.position, 'hash', q.hash) ORDER BY p.position), '[]')
      FROM interview_questionnaire p JOIN questionnaire q ON q.hash = p.questionnaire_hash
      WHERE p.interview_id = i.id AND p.replaced_at IS NULL) AS pins
  FROM interview i WHERE i.id = $1 AND i.case_id = $2`;

const NO_TIMELINE: CaseFile['timeline'] = { entries: [], questions: [] };

export const hashOf: Hash = (value) => sha256(canonical(value)).toString('hex');

/** The package itself; throws when the schema that recipients are given does not describe it, which is a mistake of ours. */
export function fitting(body: Content): Content {
  const problems = packageProblems(body);
  if (problems.length > 0) throw new Error(`the package does not fit its schema: ${problems.slice(0, 5).join('; ')}`);
  return body;
}

function checkOf(file: CaseFile, kind: Kind, allegationIds: readonly string[]): PackageCheck {
  const gaps = gapsOf(file, { kind, allegationIds });
  const missing = gaps.filter(({ hinders }) => hinders);
  return {
    analysisRevision: file.analysisRevision,
    missing,
    noted: gaps.filter(({ hinders }) => !hinders),
    gapsHash: hashOf(missing.map(({ code, subject, sentence }) => ({ code, subject, sentence }))),
  };
}

function packageIncomplete(missing: readonly Gap[]): DomainError {
  const list = missing.map(({ sentence, cure }) => `${sentence} ${cure}`).join(' ');
  return new DomainError(
    'packageIncomplete',
    `This decision obliges us to tell, and the package is not complete, so it cannot be made yet. ${list} Or have somebody ask ` +
      'for an override with a reason (POST /api/cases/{id}/package-overrides) and a second person approve it.',
    { gaps: missing.map(({ code, subject, sentence, cure }) => ({ code, subject, sentence, cure })) },
  );
}
