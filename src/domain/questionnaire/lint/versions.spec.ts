import { describe, expect, it } from '@jest/globals';
import { ask, findingsOf, questionnaire, reference } from '../../../../test/factories/lint-pack.js';
import type { SourceFile } from '../plan.js';
import { lintFiles } from './lint.js';

const version = (number: number, en: string, fr: unknown): SourceFile => {
  const title = { en: 'Tiny', fr: 'Petit' };
  const items = [
    ask('first', 'text', { text: { en: 'Who?', fr: 'Qui ?' } }),
    ask('left', 'text', { text: { en, fr } }),
  ];
  const { content } = questionnaire([], {
    version: number,
    languages: ['en', 'fr'],
    title,
    sections: [{ id: 'all', title, phase: 'probing', items: number === 1 ? items.slice(1) : items }],
  });
  return { file: `Tiny/screening.v${number}.json`, content };
};
const before = version(1, 'When did you leave?', 'Quand êtes-vous parti ?');

describe('translations beside the version before', () => {
  it('are stale where only the English words changed, wherever the question stands now', () => {
    const after = version(2, 'When did you leave home?', 'Quand êtes-vous parti ?');
    expect(findingsOf(before, after)).toEqual([{ code: 'staleTranslation', pointer: '/sections/0/items/1/text/fr' }]);
  });

  it.each([
    ['neither changed', version(2, 'When did you leave?', 'Quand êtes-vous parti ?')],
    ['both changed', version(2, 'When did you leave home?', 'Quand avez-vous quitté la maison ?')],
  ])('are not where %s', (_, after) => {
    expect(findingsOf(before, after)).toEqual([]);
  });
});

describe('several files', () => {
  it('are each told about once, a module on its own', () => {
    const asked = (id: string) =>
      ask(id, 'text', {
        when: {
          all: [
            { question: 'm.held', is: true },
            { question: 'm.held', is: false },
          ],
        },
        ifUnclear: 'closed',
      });
    const module: SourceFile = {
      file: 'Tiny/modules/m.v1.json',
      content: {
        format: 1,
        module: 'm',
        version: 1,
        title: { en: 'Module' },
        languages: ['en'],
        sections: [
          { id: 'm.all', title: { en: 'All' }, phase: 'probing', items: [ask('m.held', 'boolean'), asked('m.last')] },
        ],
      },
    };
    const including = questionnaire([ask('here', 'boolean')], {
      includes: [{ module: module.file, when: { question: 'here', is: true }, ifUnclear: 'closed' }],
    });
    const found = lintFiles([including, module, reference({})]);
    expect(found.map(({ code, file }) => [code, file])).toEqual([['unreachable', module.file]]);
    expect(lintFiles([including, module, reference({})], { about: (file) => file === including.file })).toEqual([]);
  });

  it('says that a module can never open, and which of its conditions stand in the way', () => {
    const module: SourceFile = {
      file: 'Tiny/modules/m.v1.json',
      content: {
        format: 1,
        module: 'm',
        version: 1,
        title: { en: 'Module' },
        languages: ['en'],
        sections: [{ id: 'm.all', title: { en: 'All' }, phase: 'probing', items: [ask('m.held', 'boolean')] }],
      },
    };
    const when = {
      all: [
        { question: 'here', is: true },
        { question: 'here', is: false },
      ],
    };
    const including = questionnaire([ask('here', 'boolean', { text: { en: 'Who was there?' } })], {
      includes: [{ module: module.file, when, ifUnclear: 'closed' }],
    });
    const [found, ...others] = lintFiles([including, module]);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ code: 'unreachable', file: including.file, pointer: '/includes/0/when' });
    expect(found!.reason).toBe(
      'module "m" can never be open: it opens only if “Who was there?” is yes and it opens only if “Who was there?” is no; these never hold together',
    );
  });
});
