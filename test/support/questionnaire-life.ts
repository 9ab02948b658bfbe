import { aCountryPack, type CountryPackWanted } from '../factories/country-pack.js';
import type { Answer, Person, TestApplication } from './application.js';

/** Two authors and an officer of an installed authority, and the steps of a questionnaire's life between them. */
export class QuestionnaireLife {
  private constructor(
    readonly application: TestApplication,
    readonly author: Person,
    readonly second: Person,
    readonly officer: Person,
  ) {}

  static async at(application: TestApplication): Promise<QuestionnaireLife> {
    const names = ['author', 'second-author', 'officer'] as const;
    const [author, second, officer] = await Promise.all(names.map((name) => application.as(name)));
    return new QuestionnaireLife(application, author!, second!, officer!);
  }

  command(as: Person, id: string, type: string, more: object = {}): Promise<Answer> {
    return as.post(`/api/questionnaires/${id}/commands`, { type, ...more });
  }

  /** The id of a draft of the author. */
  async drafted(wanted: CountryPackWanted = {}): Promise<string> {
    const answer = await this.author.post('/api/questionnaires', { files: aCountryPack(wanted) });
    return idOf(answer, 201);
  }

  async submitted(wanted: CountryPackWanted = {}): Promise<string> {
    const id = await this.drafted(wanted);
    return idOf(await this.command(this.author, id, 'SUBMIT_FOR_APPROVAL'));
  }

  /** The second author looks at what it changes, and approves that. */
  async approve(id: string): Promise<Answer> {
    const { body } = await this.second.get(`/api/questionnaires/${id}/difference`);
    const differenceHash = (body as { hash?: string }).hash;
    return this.command(this.second, id, 'APPROVE_QUESTIONNAIRE', differenceHash ? { differenceHash } : {});
  }

  async approved(wanted: CountryPackWanted = {}): Promise<string> {
    return idOf(await this.approve(await this.submitted(wanted)));
  }

  /** Id and hash of a version that went the whole way. */
  async published(wanted: CountryPackWanted = {}): Promise<{ id: string; hash: string }> {
    const answer = await this.command(this.author, await this.approved(wanted), 'PUBLISH_QUESTIONNAIRE');
    return { id: idOf(answer), hash: (answer.body as { hash: string }).hash };
  }

  /** The id of a screening of an applicant from this country that was just opened, or the refusal. */
  async opened(country: string): Promise<Answer> {
    const registered = await this.officer.post('/api/cases', {
      countryOfOrigin: country,
      applicant: {
        familyName: 'Exemplaris',
        givenNames: 'Inventa',
        birthDate: '1970',
        sex: 'female',
        nationalities: [country],
        residences: [],
      },
    });
    return this.officer.post(`/api/cases/${idOf(registered, 201)}/interviews`, { purpose: 'screening' });
  }
}

/** Throws when something else came back: a test is told why at the step that went wrong. */
export function idOf({ status, body, text }: Answer, wanted = 200): string {
  if (status !== wanted) throw new Error(`answered ${status}: ${text.slice(0, 2_000)}`);
  return (body as { id: string }).id;
}
