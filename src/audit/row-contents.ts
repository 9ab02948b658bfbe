import { type AfterCorrection, reasonsAfterCorrection } from '../domain/referral/reasons-after-correction.js';
import { canonical, type DataKey, sha256 } from '../platform/database/sealing.js';
import { sourceRefOf } from '../platform/database/source-ref.js';
import { verifyAnalysis } from './analysis-contents.js';
import type { Findings } from './audit-findings.js';
import type { OpenedRow, SealedFile, StoredEvent } from './sealed-file.js';
import { ToldCountries } from './told-countries.js';
import { ToldIndicatorsOf } from './told-indicators.js';
import { ToldQuestionnaires } from './told-questionnaires.js';
import { placeOf } from './audit-findings.js';
import { listOf, same, type Words, wordsOf } from './words.js';

type Holds = (row: OpenedRow) => boolean;

/** Holds the contents of one case's rows against what its events say. A row that did not open was reported already. */
export function heldAgainst(
  file: SealedFile,
  key: DataKey,
  events: readonly StoredEvent[],
  findings: Findings,
  ownBefore?: string,
): void {
  const edits = new Map<string, Words>();
  let person: Words | undefined;
  const countries = new ToldCountries();
  const indicators = new ToldIndicatorsOf();
  const questionnaires = new ToldQuestionnaires();
  for (const event of events) {
    const words = wordsIn(event, key);
    indicators.tell(event, words);
    if (!words) continue; // reported with the events
    for (const [rows, holds] of checks(file, key, event, words, edits)) {
      if (rows.length === 0 || rows.some(holds)) continue;
      for (const row of rows)
        findings.add('rowChanged', `${row.table}/${row.id}`, `it does not say what ${placeOf(event)} tells`);
    }
    if (event.aggregate_kind === 'case' && event.type === 'EDIT_ANALYSIS')
      edits.set(String(words['allegationId']), words);
    countries.tell(event, words);
    questionnaires.tell(event, words);
    if (event.aggregate_kind !== 'person') continue;
    if (event.type === 'REGISTER_PERSON') person = words;
    if (event.type === 'CORRECT_PARTICULARS') person = words['applicant'] as Words;
  }
  verifyAnalysis(file, key, edits, findings);
  for (const row of file.all('person')) {
    const represented = person && person['representative'] !== undefined;
    if (person && !(same(row.content, person) && row.columns['has_representative'] === represented))
      findings.add('rowChanged', `person/${row.id}`, 'the particulars are not those that its chain tells');
  }
  countries.hold(file, findings, ownBefore);
  indicators.hold(file, key, findings);
  questionnaires.hold(file, findings);
}

function wordsIn(event: StoredEvent, key: DataKey): Words | undefined {
  if (event.wordless) return {};
  if (event.payload === null) return undefined;
  try {
    return key.open<Words>(event.payload, `event:${event.aggregate_id}:${event.seq}`);
  } catch {
    return undefined;
  }
}

/** Which rows an event wrote, and what one of them must hold. */
function checks(
  file: SealedFile,
  key: DataKey,
  event: StoredEvent,
  words: Words,
  edits: ReadonlyMap<string, Words>,
): [readonly OpenedRow[], Holds][] {
  const here = (table: string) => file.writtenBy(table, event);
  const reasons = words['reasons'] ?? words['note'] ?? '';
  const reasoned: Holds = ({ content }) => (wordsOf(content)['reasons'] ?? '') === reasons;
  const said: Holds = ({ content }) => same(content, without(words, ['id']));
  const verbatim: Holds = ({ content }) => same(content, words);
  switch (event.type) {
    case 'ASSIGN':
      return [
        [
          here('assignment'),
          ({ id, columns }) =>
            id === words['assignmentId'] && columns['user_id'] === words['userId'] && columns['role'] === words['role'],
        ],
      ];
    case 'END_ASSIGNMENT':
      return [
        [
          file.withId('assignment', words['assignmentId']),
          ({ columns }) => new Date(String(columns['ended_at'])).getTime() === event.at.getTime(),
        ],
      ];
    case 'RECORD_ANSWER':
      return answerChecks(file, wordsOf(words['answer']));
    case 'RECORD_REPLY':
    case 'RECORD_SUBMISSION':
      return [
        [file.withId('submission', words['id']), (row) => verbatim(row) && row.columns['kind'] === words['kind']],
      ];
    case 'ADD_COMMENT':
      return [
        [
          file.writtenBy('submission', { aggregate_id: event.case_id, at: event.at }),
          ({ content }) => wordsOf(content)['text'] === words['text'],
        ],
      ];
    case 'RECORD_DISCLOSURE':
      return [
        [
          file.withId('disclosure', words['id']),
          (row) =>
            verbatim(row) &&
            row.columns['source_kind'] === words['sourceKind'] &&
            row.columns['source_ref'] === sourceRefOf(key, String(words['sourceKind']), String(words['sourceRef'])),
        ],
      ];
    case 'SERVE_INTENTION':
    case 'SERVE_DECISION':
      return [[here('notice'), verbatim]];
    case 'GIVE_NOTICE':
      return [[here('notice'), ({ content }) => same({ ...wordsOf(content), text: null }, { ...words, text: null })]];
    case 'SIGN_OFF_LEGALLY':
    case 'APPROVE_REVIEW':
    case 'RETURN_REVIEW':
      return [[here('review'), reasoned]];
    case 'PROPOSE_SUSPICION':
      return [
        [
          here('suspicion_decision').filter(({ id }) => !id.endsWith(':outcome')),
          (row) =>
            reasoned(row) &&
            row.columns['suspicion'] === words['suspicion'] &&
            same(row.columns['allegation_ids'], words['allegationIds'] ?? []),
        ],
      ];
    case 'PROPOSE_AFTER_CORRECTION':
      return [
        [
          here('suspicion_decision').filter(({ id }) => !id.endsWith(':outcome')),
          (row) =>
            wordsOf(row.content)['reasons'] === reasonsAfterCorrection(words as unknown as AfterCorrection) &&
            row.columns['suspicion'] === words['suspicion'] &&
            same(wordsOf(row.content)['allegations'], words['allegations']) &&
            same([...(row.columns['remaining_ids'] as string[])].sort(), remainingIn(words)),
        ],
      ];
    case 'CONFIRM_SUSPICION':
    case 'REJECT_SUSPICION':
      return [[here('suspicion_decision').filter(({ id }) => id.endsWith(':outcome')), reasoned]];
    case 'DECIDE_EXCLUSION':
    case 'DECIDE_NOT_EXCLUDED':
      return [[here('decision'), (row) => reasoned(row) && decides(file, row, words, edits)]];
    case 'REINSTATE':
      return [
        [here('decision'), (row) => reasoned(row) && decides(file, row, words, edits)],
        [judgedBy(file, event), isFinalAs(event, words)],
      ];
    case 'WITHDRAW_APPEAL':
    case 'UPHOLD_DECISION':
    case 'UPHOLD_PARTLY':
    case 'QUASH':
    case 'REMIT':
    case 'BECOME_FINAL':
      return [[judgedBy(file, event), isFinalAs(event, words)]];
    case 'RECORD_REMOVAL_BAR':
    case 'REVIEW_PROSECUTION_TRACK':
    case 'CLOSE_PROSECUTION_TRACK':
      return [
        [
          here('prosecution_track'),
          (row) =>
            verbatim(row) &&
            row.columns['route'] === (words['route'] ?? null) &&
            row.columns['closing'] === (words['closing'] ?? null),
        ],
      ];
    case 'RECORD_AGREEMENT':
      return [
        [
          file.withId('account_agreement', words['id']),
          (row) =>
            verbatim(row) &&
            row.columns['category'] === words['category'] &&
            row.columns['interview_id'] === words['interviewId'] &&
            same(row.columns['question_ids'], words['questionIds']),
        ],
      ];
    case 'REFER_ACCOUNT':
    case 'REVOKE_AGREEMENT':
      return [[here('account_step'), (row) => verbatim(row) && row.columns['agreement_id'] === words['agreementId']]];
    case 'CONFIRM_ACCOUNT':
    case 'REJECT_ACCOUNT':
      return [[here('account_step'), verbatim]];
    case 'APPEAL':
      return [[here('appeal'), verbatim]];
    case 'ADD_DOCUMENT':
    case 'ADD_RECORDING':
      return [
        [
          file.withId(event.type === 'ADD_DOCUMENT' ? 'document' : 'recording', event.facets['id']),
          ({ columns, content }) => columns['sha256'] === words['sha256'] && same(content, without(words, FILED)),
        ],
      ];
    case 'RECORD_THIRD_PERSON':
      return [
        [
          file.withId('third_person', words['id']),
          ({ columns, content }) =>
            same(content, without(words, ['id', 'countries'])) && same(columns['countries'], words['countries'] ?? []),
        ],
      ];
    case 'RECORD_PERSECUTION_ACTOR':
      return [
        [
          file.withId('persecution_actor', words['id']),
          (row) =>
            verbatim(row) &&
            row.columns['authority_id'] === words['authorityId'] &&
            row.columns['country'] === words['country'],
        ],
      ];
    case 'RECORD_RECEIPT':
      return [
        [
          here('postal_delivery'),
          ({ columns, content }) =>
            same(content, { number: words['number'], signedBy: words['signedBy'] }) &&
            columns['document_id'] === words['documentId'] &&
            Date.parse(String(columns['handed_over_at'])) === Date.parse(String(words['handedOverAt'])),
        ],
      ];
    case 'RECORD_UNDISCLOSED_EXCULPATORY':
      return [[file.withId('undisclosed_exculpatory', words['id']), said]];
    case 'ADD_TRANSLATION':
      return [
        [
          file.withId('translation', words['id']),
          ({ columns, content }) =>
            columns['interview_id'] === words['interviewId'] &&
            columns['statement_id'] === words['statementId'] &&
            same(content, without(words, ['id', 'interviewId', 'statementId'])),
        ],
      ];
    case 'ASK_PACKAGE_OVERRIDE':
      return [[file.withId('package_override', words['id']), (row) => said(row) && hashesOwnGaps(row)]];
    case 'DECIDE_PACKAGE_OVERRIDE':
      return [[file.withId('package_override', `${String(words['id'])}:outcome`), said]];
    case 'ACKNOWLEDGE':
      return [[here('acknowledgement'), ({ content }) => wordsOf(content)['note'] === words['note']]];
    case 'RECORD_LETTER':
      return [
        [
          file.withId('recipient_letter', event.facets['letter']),
          ({ columns, content }) =>
            same(content, without(words, ['documentId'])) &&
            columns['document_id'] === words['documentId'] &&
            (columns['file_sha256'] === null || columns['file_sha256'] === wordsOf(words['command'])['packageSha256']),
        ],
      ];
    case 'REFUSE_LETTER':
      return [[file.withId('recipient_letter', `${String(event.facets['letter'])}:refusal`), verbatim]];
    case 'OPEN_FILE':
    case 'GRANT_ACCESS':
      return [[file.withId('access_grant', event.facets['grant']), verbatim]];
    case 'REVOKE_GRANT':
      return [[file.withId('access_grant', `${String(event.facets['grant'])}:revocation`), verbatim]];
    case 'GIVE_FEEDBACK':
      return [
        [
          file.withId('feedback', event.facets['id']),
          (row) => verbatim(row) && same(row.columns['question_ids'], words['questionIds']),
        ],
      ];
    case 'DECIDE_RECONSIDERATION':
      return [[file.withId('reconsideration', event.facets['reconsideration']), verbatim]];
    case 'ASK_HOLD':
      return [[file.withId('hold', event.facets['hold']), verbatim]];
    case 'GRANT_HOLD':
    case 'REFUSE_HOLD':
      return [[file.withId('hold', `${String(event.facets['hold'])}:decision`), verbatim]];
    case 'END_HOLD':
    case 'WITHDRAW_HOLD':
      if (event.facets['because'] === 'recalled') return []; // nobody said anything
      return [[file.withId('hold', `${String(event.facets['hold'])}:end`), verbatim]];
    case 'REQUEST_MORE':
      return [[file.withId('referral_request', event.facets['request']), verbatim]];
    case 'ANSWER_REQUEST':
    case 'REFUSE_REQUEST':
    case 'WITHDRAW_REQUEST':
      return [[file.withId('referral_request', `${String(event.facets['request'])}:answer`), verbatim]];
    case 'ANSWER_CORRECTION':
      return [[file.withId('correction_answer', event.facets['id']), verbatim]];
    default:
      return [];
  }
}

const remainingIn = ({ allegations = [] }: Words): string[] =>
  (allegations as { allegationId: string; remains: boolean }[])
    .filter(({ remains }) => remains)
    .map(({ allegationId }) => allegationId)
    .sort();

/** The hash that its event tells is of the list that its row shows. */
const hashesOwnGaps = ({ columns }: OpenedRow): boolean =>
  sha256(canonical(columns['gaps'])).toString('hex') === columns['gaps_hash'];

const FILED = ['sha256', 'marks'];
const ABOUT_ANSWER = [
  'id',
  'questionId',
  'item',
  'revision',
  'concurrent',
  'basedOn',
  'recordedBy',
  'recordedAt',
] as const;

function answerChecks(file: SealedFile, said: Words): [readonly OpenedRow[], Holds][] {
  const holds: Holds = ({ columns, content }) =>
    columns['question_id'] === said['questionId'] &&
    columns['item'] === ((said['item'] as number[] | undefined) ?? []).join('.') &&
    columns['revision'] === said['revision'] &&
    columns['concurrent'] === said['concurrent'] &&
    columns['based_on'] === said['basedOn'] &&
    same(content, without(said, ABOUT_ANSWER));
  return [[file.withId('answer', said['id']), holds]];
}

/** What stands and what does not, allegation by allegation, each on the ground and scope that its last edit before gave it. */
function decides(file: SealedFile, { id }: OpenedRow, words: Words, edits: ReadonlyMap<string, Words>): boolean {
  const rows = file.all('decision_allegation').filter(({ columns }) => columns['decision_id'] === id);
  const said = listOf(words['allegations']).map(
    ({ allegationId, stands }) => `${String(allegationId)} ${String(stands)}`,
  );
  const held = rows.map(({ columns }) => `${String(columns['allegation_id'])} ${String(columns['stands'])}`);
  return same(said.sort(), held.sort()) && rows.every((row) => isAsEdited(row, edits));
}

function isAsEdited({ columns }: OpenedRow, edits: ReadonlyMap<string, Words>): boolean {
  const edit = edits.get(String(columns['allegation_id']));
  if (!edit) return true; // reported with the allegation, or with the events
  const { ground, scope } = wordsOf(edit['content']);
  return columns['ground'] === ground && columns['scope'] === scope;
}

const judgedBy = (file: SealedFile, { at }: StoredEvent): readonly OpenedRow[] =>
  file.all('appeal').filter(({ columns }) => Date.parse(String(columns['decided_at'])) === at.getTime());

/** A judgment says whether it is final; what ends an appeal for good does not say so. */
const isFinalAs =
  ({ type }: StoredEvent, words: Words): Holds =>
  ({ columns }) =>
    columns['final'] === (words['final'] ?? ['WITHDRAW_APPEAL', 'BECOME_FINAL'].includes(type));

const without = (words: Words, names: readonly string[]): Words =>
  Object.fromEntries(Object.entries(words).filter(([name]) => !names.includes(name)));
