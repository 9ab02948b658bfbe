import type { CaseFile, Content, PersonCategory, ReferralKind, ThirdPersonInFile } from './file.js';

const WITHHELD = 'Withheld until separately approved by a second person; ask us.';

const NOTE =
  'Categories as in Directive (EU) 2016/680, Article 6. Persons named only in the words of the applicant, under facts, were not ' +
  'categorised. A relative may have the right to refuse testimony under the law of the recipient.';

/** Categories of persons stay apart; the applicant stands where the kind of referral puts them. */
export function personsOf(file: CaseFile, kind: Exclude<ReferralKind, 'correction'>): Content {
  const asVictim = file.account?.category === 'victim';
  const applicant = { isApplicant: true, ...applicantPart(file) };
  const of = (category: PersonCategory): Content[] =>
    file.thirdPersons.filter((one) => one.category === category).map(thirdPersonPart);
  return {
    underSuspicion: [...(kind === 'account' ? [] : [applicant]), ...of('suspected')],
    convicted: of('convicted'),
    victims: [...(kind === 'account' && asVictim ? [applicant] : []), ...of('victim')],
    witnesses: [...(kind === 'account' && !asVictim ? [applicant] : []), ...of('witness')],
    others: of('other'),
    note: NOTE,
  };
}

function applicantPart({ person }: CaseFile): Content {
  const { content } = person;
  return {
    id: person.id,
    identity: {
      familyName: content['familyName'] ?? null,
      givenNames: content['givenNames'] ?? null,
      aliases: content['aliases'] ?? [],
      birthDate: content['birthDate'] ?? null,
      sex: content['sex'] ?? null,
      nationalities: content['nationalities'] ?? [],
      residences: content['residences'] ?? [],
      representative: content['representative'] ?? null,
      standing: person.identity,
    },
    whereabouts: person.whereabouts,
    history: person.history.map(({ type, at, content: said }) => ({
      what: type,
      at,
      source: said['source'] ?? null,
      since: said['since'] ?? null,
      note: said['note'] ?? null,
    })),
  };
}

function thirdPersonPart({ id, relation, recordedAt, whereaboutsApprovedAt, content }: ThirdPersonInFile): Content {
  const told = content['whereabouts'] ?? null;
  return {
    isApplicant: false,
    id,
    name: content['name'] ?? null,
    about: content['about'] ?? null,
    relationToApplicant: relation,
    mayRefuseTestimony: relation !== 'none',
    recordedAt,
    whereabouts: whereaboutsApprovedAt !== null ? told : null,
    whereaboutsNote: told !== null && whereaboutsApprovedAt === null ? WITHHELD : null,
  };
}
