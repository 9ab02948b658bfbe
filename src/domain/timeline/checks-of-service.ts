import type { PostEntry, RankEntry, UnitEntry } from '../questionnaire/format-reference.js';
import type { TimelineEntry } from './entry.js';
import type { Knowledge } from './knowledge.js';
import { answersOf, mayHaveBeenChild, type CaseTold, type CheckCode, type OpenQuestion } from './open-question.js';
import { max, min, plusMonths } from './spans.js';
import type { UncertainDate } from './uncertain-date.js';
import { INNOCENT, nameOf, spanInWords, toldOf } from './wording.js';

/** Service that a check may rest on: with a time that is known. */
interface Service extends TimelineEntry {
  readonly when: UncertainDate;
}
const isService = (entry: TimelineEntry): entry is Service =>
  entry.kind === 'service' && !entry.witness && entry.when !== undefined;

/** An open question on one reference entry, from everything told that leads to it. */
function about(
  code: CheckCode,
  subject: string,
  entries: readonly TimelineEntry[],
  references: readonly string[],
  words: Pick<OpenQuestion, 'question' | 'why' | 'innocent'>,
): OpenQuestion {
  return {
    id: `${code}:${subject}`,
    code,
    ...words,
    answers: answersOf(entries),
    references: entries.at(-1)!.knowledge.cite(...references),
    mayHaveBeenChild: mayHaveBeenChild(entries),
  };
}

/** Entries by what they lead to, in the order told. */
function grouped<E extends TimelineEntry>(
  entries: readonly E[],
  keyOf: (entry: E) => string | undefined,
): [string, E[]][] {
  const groups = new Map<string, E[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups];
}

/** Service in a unit or organisation of which some days certainly lie before it existed, or after. */
export function unitNotExisting({ entries }: CaseTold): OpenQuestion[] {
  const found = grouped(entries.filter(isService), (entry) => {
    const dated = existing(entry);
    return dated.length > 0 && dated.every((id) => id !== undefined && isOutside(entry, id))
      ? dated.join('+')
      : undefined;
  });
  return found.map(([subject, told]) => {
    const { knowledge, unit, organisations, when } = told.at(-1)!;
    const ids = subject.split('+');
    const before = ids.some((id) => when.startLatest < knowledge.dateOf(id, 'active')!.earliest);
    const names = ids.map((id) => knowledge.data[id]!.entry.name).join(', ');
    const spoken = nameOf(unit ?? organisations[0], names);
    const active = ids.map((id) => spanInWords(outerOf(knowledge.dateOf(id, 'active')!))).join(', ');
    return about('unitNotExisting', subject, told, ids, {
      question: before
        ? `How was ${spoken} set up when you came to it?`
        : `What became of ${spoken} while you were with it?`,
      why: `The sources have ${names} ${active}. Told: ${told.map(toldOf).join('; ')}.`,
      innocent: [INNOCENT.otherName, INNOCENT.laterName, INNOCENT.memory, INNOCENT.calendar, INNOCENT.sources],
    });
  });
}

/** The entries that say when the unit, else its organisation, existed; undefined for one of which nothing is known. */
function existing({ unit, organisations, knowledge }: Service): (string | undefined)[] {
  const own = unit?.ref;
  if (own !== undefined) {
    if (knowledge.dateOf(own, 'active')) return [own];
    const organisation = knowledge.data[own]?.organisation;
    return [organisation !== undefined && knowledge.dateOf(organisation, 'active') ? organisation : undefined];
  }
  return organisations.map((one) =>
    one?.ref !== undefined && knowledge.dateOf(one.ref, 'active') ? one.ref : undefined,
  );
}

function isOutside({ when, knowledge }: Service, id: string): boolean {
  const active = knowledge.dateOf(id, 'active')!;
  return knowledge.isFirm(id) && (when.startLatest < active.earliest || when.endEarliest > active.latest);
}

const outerOf = ({ earliest, latest }: UncertainDate) => ({ from: earliest, to: latest });

/** A posting at a place that is far from every area known for the unit. */
export function unitElsewhere({ entries }: CaseTold): OpenQuestion[] {
  const found = entries.flatMap((entry) => {
    const rests = entry.kind === 'service' && !entry.witness ? farFromItsAreas(entry) : undefined;
    return rests ? [{ entry, rests }] : [];
  });
  return grouped(
    found.map(({ entry }) => entry),
    ({ unit }) => unit!.ref,
  ).map(([unit, told]) => {
    const rests = found.filter(({ entry }) => told.includes(entry)).flatMap((one) => one.rests);
    const { knowledge } = told.at(-1)!;
    const areas = knowledge
      .find<UnitEntry>(unit)!
      .area!.map((id) => knowledge.data[knowledge.linked(unit, id)]!.entry.name);
    return about('unitElsewhere', unit, told, [unit, ...rests], {
      question: `Where was ${nameOf(told.at(-1)!.unit, unit)} while you were with it?`,
      why: `The sources place ${knowledge.data[unit]!.entry.name} in: ${areas.join(', ')}. Told: ${told.map(toldOf).join('; ')}.`,
      innocent: [INNOCENT.moved, INNOCENT.otherName, INNOCENT.interpretation, INNOCENT.sources],
    });
  });
}

function farFromItsAreas({ unit, place, knowledge }: TimelineEntry): readonly string[] | undefined {
  const { area = [] } = knowledge.find<UnitEntry>(unit?.ref) ?? {};
  if (unit?.ref === undefined || place?.ref === undefined || area.length === 0 || !knowledge.isFirm(unit.ref))
    return undefined;
  const rests = area.map((id) =>
    knowledge.apart(place.ref!, knowledge.linked(unit.ref!, id), knowledge.settings.apartKm),
  );
  return rests.every((one) => one !== undefined) ? rests.flat() : undefined;
}

/** A rank before it existed, or sooner after the first service of any kind than it was given. */
export function rankTooEarly({ entries }: CaseTold): OpenQuestion[] {
  const services = entries.filter(({ kind }) => kind === 'service');
  const first = services.every(({ when }) => when) ? services.map(({ when }) => when!.earliest).sort()[0] : undefined;
  const early = entries.filter(isService).filter((entry) => {
    const rank = entry.rank?.ref;
    return rank !== undefined && entry.knowledge.isFirm(rank) && heldTooEarly(entry, rank, first);
  });
  return grouped(early, ({ rank }) => rank!.ref).map(([rank, told]) => {
    const { knowledge } = told.at(-1)!;
    const { name, yearsOfService } = knowledge.find<RankEntry>(rank)!;
    const rule = yearsOfService === undefined ? '' : ` after no fewer than ${yearsOfService} years of service`;
    const active = knowledge.dateOf(rank, 'active');
    const since = active ? ` ${spanInWords(outerOf(active))}` : '';
    return about('rankTooEarly', rank, told, [rank], {
      question: `Which ranks did you hold, one after the other?`,
      why: `The sources have the rank ${name}${since}${rule}. Told: ${told.map(toldOf).join('; ')}.`,
      innocent: [INNOCENT.rankLoose, INNOCENT.earlier, INNOCENT.memory, INNOCENT.interpretation, INNOCENT.sources],
    });
  });
}

function heldTooEarly({ when, knowledge }: Service, rank: string, first: string | undefined): boolean {
  const active = knowledge.dateOf(rank, 'active');
  if (active && when.latest < active.earliest) return true;
  const { yearsOfService } = knowledge.find<RankEntry>(rank)!;
  if (yearsOfService === undefined || first === undefined) return false;
  return plusMonths(first, Math.floor(yearsOfService * 12)) > when.latest;
}

/** A superior who is known to have held a post there, and held none at any time at which the applicant may have been there. */
export function superiorNotInPost({ entries }: CaseTold): OpenQuestion[] {
  const named = entries.filter(
    ({ superior, kind, witness }) => superior !== undefined && kind === 'service' && !witness,
  );
  // One answer may stand for several postings: its superior may be that of any of them.
  const answers = grouped(named, ({ superiorAnswer }) => {
    const { interviewId, questionId, item = [] } = superiorAnswer!;
    return [interviewId, questionId, ...item].join('/');
  });
  return answers.flatMap(([key, told]): OpenQuestion[] => {
    const { knowledge, superior = '' } = told.at(-1)!;
    const posts = postsOf(knowledge, superior);
    const related = posts.filter(
      (id) => isUsable(knowledge, id) && told.some((entry) => isPostOver(knowledge, id, entry)),
    );
    if (related.length === 0 || !told.every((entry) => posts.every((id) => isApartInTime(entry, id)))) return [];
    const names = related.map(
      (id) => `${knowledge.data[id]!.entry.name} ${spanInWords(outerOf(knowledge.dateOf(id, 'date')!))}`,
    );
    return [
      about('superiorNotInPost', key, told, related, {
        question: `Who gave the orders where you served, from the beginning to the end?`,
        why: `Told as superior: “${superior}”. The sources have this person as: ${names.join('; ')}. Told: ${told.map(toldOf).join('; ')}.`,
        innocent: [INNOCENT.namesake, INNOCENT.deputy, INNOCENT.memory, INNOCENT.interpretation, INNOCENT.sources],
      }),
    ];
  });
}

const wordsOf = (name: string): string[] =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/** Every post of somebody of this name, firm or not: any of them may be the one meant. */
function postsOf(knowledge: Knowledge, superior: string): string[] {
  const said = wordsOf(superior);
  return knowledge.all('post').flatMap(({ id, entry }) => {
    const { holder, holderAliases = [] } = entry as PostEntry;
    const meant = [holder, ...holderAliases].some((name) => wordsOf(name).every((word) => said.includes(word)));
    return meant ? [id] : [];
  });
}

/** Living persons are named from judgments only. */
const isUsable = (knowledge: Knowledge, id: string): boolean =>
  knowledge.isFirm(id) && knowledge.data[id]!.entry.sources.some(({ judgment }) => judgment);

function isPostOver(knowledge: Knowledge, post: string, { unit, organisations }: TimelineEntry): boolean {
  const { unit: commanded, organisation } = knowledge.find<PostEntry>(post)!;
  const over = [commanded, organisation].flatMap((id) => (id === undefined ? [] : [knowledge.linked(post, id)]));
  const under = [unit?.ref, ...organisations.map((one) => one?.ref)];
  return under.some((id) => id !== undefined && over.some((above) => knowledge.isWithin(id, above)));
}

function isApartInTime({ when, knowledge }: TimelineEntry, post: string): boolean {
  const held = knowledge.dateOf(post, 'date');
  return when !== undefined && held !== undefined && max(when.earliest, held.earliest) > min(when.latest, held.latest);
}
