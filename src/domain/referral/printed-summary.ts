import type { Content } from './file.js';
import type { Block, Line } from './printed-blocks.js';
import type { Reading } from './printed-reading.js';
import { clipped, sourceInWords } from './printed-records.js';
import { isNothing, isObject } from './printed-values.js';

/** So many of each, and so much of each text, that the summary stays on two pages; what is more is counted, and stands below. */
const MOST = { allegations: 4, speaksFor: 9, missing: 4, persons: 2, appeals: 2 };
const LONGEST = { reasons: 350, act: 150, matrix: 340, item: 150, name: 110, law: 200 };

const list = (value: unknown): Content[] => (Array.isArray(value) ? value.filter(isObject) : []);
const inside = (value: unknown): Content => (isObject(value) ? value : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * The package on at most two pages, by rule and from nothing but the package: who, why it is sent, what was decided, what is alleged
 * and what speaks for the person, side by side in weight, what is missing and what must never happen with it. A correction is
 * shorter than its summary would be, and has none.
 */
export function summaryOf(content: Content, reading: Reading): Block[] {
  if (!isObject(content['persons']) || !isObject(content['decision'])) return [];
  const section = (heading: string, lines: readonly Line[]): Block[] => [
    { type: 'heading', level: 2, words: reading.words(heading) },
    { type: 'lines', lines },
  ];
  return [
    { type: 'heading', level: 1, words: reading.words('Summary') },
    { type: 'lines', lines: who(content, reading) },
    ...section('Decision', decision(content, reading)),
    ...section('What is alleged', alleged(content, reading)),
    ...section('What speaks for the person', speaksFor(inside(content['exculpatory']), content, reading)),
    ...section('Whereabouts and deadlines', deadlines(content, reading)),
    ...section('What is missing', missing(inside(content['completeness']), reading)),
    ...section('Limits of handling', limits(inside(content['handling']), reading)),
  ];
}

const CATEGORIES = ['underSuspicion', 'victims', 'witnesses'];

function applicantsIn(content: Content): Content[] {
  const persons = inside(content['persons']);
  return CATEGORIES.flatMap((category) => list(persons[category])).filter((one) => one['isApplicant'] === true);
}

function who(content: Content, reading: Reading): Line[] {
  const said = (key: string, value: unknown): string => clipped(reading.inline(key, value), LONGEST.name);
  const persons = applicantsIn(content).slice(0, MOST.persons);
  const lines = persons.flatMap(({ identity }) => {
    const { familyName, givenNames, aliases, birthDate, sex, nationalities, residences, standing } = inside(identity);
    const name = [givenNames, familyName].filter((one) => !isNothing(one)).join(' ');
    return [
      reading.line('Person', clipped(name === '' ? 'no name recorded' : name, LONGEST.name)),
      ...told(reading, [
        ['Also known as', said('aliases', aliases)],
        ['Born', said('birthDate', birthDate)],
        ['Sex', said('sex', sex)],
        ['Nationality', said('nationalities', nationalities)],
        ['Former residence', said('residences', residences)],
        ['Identity', said('standing', standing)],
      ]),
    ];
  });
  const recipient = inside(content['recipient']);
  return [
    ...lines,
    reading.line('Kind of referral', reading.inline('kind', content['kind'])),
    reading.line('Legal basis', clipped(reading.inline('legalBasis', content['legalBasis']), LONGEST.law)),
    reading.line('To', said('name', recipient['name'])),
  ];
}

/** Labelled particulars in one line, without those that are empty. */
const told = (reading: Reading, particulars: readonly (readonly [string, string])[]): Line[] => {
  const said = particulars.filter(([, one]) => one !== '').map(([label, one]) => `${label}: ${one}`);
  return said.length === 0 ? [] : [reading.line(null, said.join(' · '))];
};

function decision(content: Content, reading: Reading): Line[] {
  const { at, reasons, notice } = inside(content['decision']);
  const { officer, unit, country } = inside(content['sender']);
  const { claim, countryOfOrigin, procedureType, earlierDecisions } = inside(content['status']);
  const by = [reading.inline('officer', officer), reading.inline('unit', unit), reading.inline('country', country)];
  return [
    ...told(reading, [
      ['Decided', reading.inline('at', at)],
      ['By', by.filter((one) => one !== '').join(', ')],
    ]),
    ...told(reading, [
      ['Claim', reading.inline('claim', claim)],
      ['Procedure', reading.inline('procedureType', procedureType)],
      ['Country of origin', reading.inline('countryOfOrigin', countryOfOrigin)],
      ['Earlier decisions', isNothing(earlierDecisions) ? '' : String(list(earlierDecisions).length)],
    ]),
    ...(isNothing(reasons) ? [] : [reading.line('Reasons', clipped(text(reasons), LONGEST.reasons))]),
    ...(isNothing(notice) ? [] : [reading.line(null, text(notice))]),
  ];
}

function alleged(content: Content, reading: Reading): Line[] {
  const findings = list(inside(content['decision'])['findings']);
  const all = list(content['allegations']);
  if (all.length === 0) return [reading.line(null, 'Nothing is alleged in this package.')];
  const lines = all.slice(0, MOST.allegations).flatMap((one) => {
    const finding = findings.find(({ allegationId }) => allegationId === one['id']);
    const stands = finding === undefined ? 'not decided' : finding['stands'] === true ? 'stands' : 'does not stand';
    const { summary, when, place } = inside(one['act']);
    const crime = clipped(text(one['crimeInWords']), LONGEST.name);
    const minor = one['minorAtAct'] === true ? ', may have been a child at the act' : '';
    const bars = `${text(one['ground'])}, ${reading.inline('scope', one['scope'])}`;
    const act = clipped(text(summary), LONGEST.act);
    return [
      reading.line(nameOf(one['id'], reading), `${crime} (${bars}): ${stands}${minor}`),
      ...told(reading, [
        ['When', reading.inline('when', when)],
        ['Where', clipped(reading.inline('place', place), LONGEST.name)],
      ]),
      ...(act === '' ? [] : [reading.line('Act', act)]),
      reading.line('Elements', clipped(matrix(list(one['elements'])), LONGEST.matrix)),
    ];
  });
  return [...lines, ...more(all.length - MOST.allegations, 'allegation', reading)];
}

const nameOf = (id: unknown, reading: Reading): string => reading.references.nameOf(text(id)) ?? text(id);

/** The element matrix in one line: what is met, what is not, what is unclear. */
function matrix(elements: readonly Content[]): string {
  const found = (finding: string): string =>
    elements
      .filter((one) => one['finding'] === finding)
      .map(({ label }) => text(label))
      .join(', ');
  const each = [
    ['not met', found('notMet')],
    ['unclear', found('unclear')],
    ['met', found('met')],
  ];
  const said = each.filter(([, labels]) => labels !== '').map(([finding, labels]) => `${finding}: ${labels}`);
  return said.length === 0 ? 'nothing was found on any element' : said.join('; ');
}

const more = (count: number, thing: string, reading: Reading): Line[] =>
  count > 0 ? [reading.line(null, `And ${count} more ${thing}${count === 1 ? '' : 's'}: see below.`)] : [];

/** As much room as what is alleged has; that there is nothing is said in words. */
function speaksFor(part: Content, content: Content, reading: Reading): Line[] {
  const labels = elementLabels(content);
  const about = (one: Content): string => nameOf(one['allegationId'], reading);
  const element = (one: Content): string => labels.get(`${text(one['allegationId'])} ${text(one['element'])}`) ?? '';
  const indicators = (key: string): string =>
    list(part[key])
      .map(({ id }) => nameOf(id, reading))
      .join(', ');
  const submissions = list(inside(content['facts'])['submissions']);
  const items: [string, string][] = [
    ...list(part['assessed']).map((one): [string, string] => [
      `Assessed, ${about(one)}`,
      said(one['assessment'], reading),
    ]),
    ...list(part['allegationsNotStanding']).map((one): [string, string] => ['Does not stand', about(one)]),
    ...list(part['elementsNotMet']).map((one): [string, string] => [
      about(one),
      `${element(one) || text(one['element'])}: ${reading.inline('finding', one['finding'])}`,
    ]),
    ...list(part['evidence']).map((one): [string, string] => {
      const { allegationId: _, element: __, ...source } = one;
      return [`Evidence, ${about(one)}, ${element(one) || text(one['element'])}`, sourceInWords(source, reading)];
    }),
    ...list(part['submissions']).map((one): [string, string] => {
      const submission = submissions.find(({ id }) => id === one['submissionId']) ?? {};
      const of = [reading.inline('kind', one['kind']), reading.inline('from', submission['from'])];
      const name = `${nameOf(one['submissionId'], reading)} (${of.filter((it) => it !== '').join(', ')})`;
      return [name, text(submission['text']) || 'see below'];
    }),
    ['Indicators that later answers cleared', indicators('clearedIndicators')],
    ['Indicators that officers dispute', indicators('disputedIndicators')],
  ];
  const filled = items.filter(([, one]) => one !== '');
  const undisclosed = text(inside(part['undisclosed'])['statement']);
  return [
    ...(isNothing(part['statement']) ? [] : [reading.line(null, text(part['statement']))]),
    ...(undisclosed === '' ? [] : [reading.line(null, undisclosed)]),
    ...filled
      .slice(0, MOST.speaksFor)
      .map(([label, one]) => reading.line(clipped(label, LONGEST.name), clipped(one, LONGEST.item))),
    ...more(filled.length - MOST.speaksFor, 'point', reading),
  ];
}

const said = (value: unknown, reading: Reading): string => reading.inline('assessment', value);

/** Labels of elements by allegation and code. */
function elementLabels(content: Content): ReadonlyMap<string, string> {
  return new Map(
    list(content['allegations']).flatMap(({ id, elements }) =>
      list(elements).map(({ element, label }) => [`${text(id)} ${text(element)}`, text(label)] as const),
    ),
  );
}

function deadlines(content: Content, reading: Reading): Line[] {
  const whereabouts = applicantsIn(content).map((one) => reading.inline('whereabouts', one['whereabouts']));
  const latest = applicantsIn(content).flatMap(({ history }) => list(history).slice(-1));
  const replies = list(inside(content['facts'])['notices']).filter(({ replyDueAt }) => !isNothing(replyDueAt));
  const appeals = list(inside(content['status'])['appeals']).slice(0, MOST.appeals);
  return [
    reading.line('Whereabouts', whereabouts.filter((one) => one !== '').join('; ') || 'not told in this package'),
    ...latest.map((one) => reading.line('Last recorded', clipped(reading.inline('', one), LONGEST.item))),
    ...replies
      .slice(0, MOST.appeals)
      .map(({ id, kind, replyDueAt }) =>
        reading.line(
          `${nameOf(id, reading)} (${reading.inline('kind', kind)})`,
          `reply due by ${reading.inline('replyDueAt', replyDueAt)}`,
        ),
      ),
    ...appeals.map((one) => reading.line('Appeal', clipped(reading.inline('', one), LONGEST.item))),
  ];
}

function missing({ noted, override }: Content, reading: Reading): Line[] {
  const sentences = Array.isArray(noted) ? noted.map(String) : [];
  const { missing: required, reason, askedBy, askedAt, approvedBy, approvedAt, approval } = inside(override);
  const lacking = Array.isArray(required) ? required.map(String) : [];
  const all = [...lacking, ...sentences];
  const approved = [
    [askedBy, askedAt, reason],
    [approvedBy, approvedAt, approval],
  ].map(([by, at, why]) => `${text(by)}, ${reading.inline('at', at)}: ${clipped(text(why), LONGEST.item)}`);
  if (all.length === 0) return [reading.line(null, 'Nothing is known to be missing.')];
  return [
    ...all
      .slice(0, MOST.missing)
      .map((one, at) => reading.line(at < lacking.length ? 'Required' : null, clipped(one, LONGEST.item))),
    ...more(all.length - MOST.missing, 'note', reading),
    ...(isNothing(override)
      ? []
      : [reading.line('Sent all the same: asked by', approved[0]!), reading.line('Approved by', approved[1]!)]),
  ];
}

function limits({ onwardTransfer, neverTo }: Content, reading: Reading): Line[] {
  return [
    reading.line(null, 'As in the box above, which is the text of the package.'),
    ...told(reading, [
      ['Onward transfer', reading.inline('onwardTransfer', onwardTransfer)],
      ['Never to', clipped(reading.inline('neverTo', neverTo), LONGEST.reasons)],
    ]),
  ];
}
