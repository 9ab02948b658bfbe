import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anApplication, type TestApplication } from '../support/application.js';
import { QuestionnaireLife } from '../support/questionnaire-life.js';

describe('two versions at the same time', () => {
  let application: TestApplication;
  let life: QuestionnaireLife;

  beforeAll(async () => {
    application = await anApplication();
    life = await QuestionnaireLife.at(application);
  });
  afterAll(() => application.close());

  it.each([2, 4, 6])(
    'are not both published: the approval of version %s was of what it replaced then',
    async (next) => {
      if (next === 2) await life.published({ pack: 'LI' });
      const ids = [
        await life.approved({ pack: 'LI', version: next, asked: `Please tell me why you left. (${next})` }),
        await life.approved({ pack: 'LI', version: next + 1, asked: `Please tell me why you left. (${next + 1})` }),
      ];
      const answers = await Promise.all(ids.map((id) => life.command(life.author, id, 'PUBLISH_QUESTIONNAIRE')));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
        because: expect.arrayContaining([expect.stringContaining('their difference to what is published now')]),
      });
    },
  );
});
