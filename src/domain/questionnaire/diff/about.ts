import type { ModuleFile, QuestionnaireFile } from '../format.js';
import type { Plan } from '../plan.js';
import type { Change, Subject } from './change.js';
import { changedProperties, propertyInWords } from './properties.js';
import { rewordings, wordingsInWords } from './wordings.js';

/** What is compared piece by piece; a version is expected to have another number. */
const ELSEWHERE = [
  'format',
  'version',
  '$schema',
  'title',
  'lists',
  'conditions',
  'sections',
  'indicators',
  'includes',
];

/** What a questionnaire and its modules say about themselves: titles, languages, purpose. */
export function questionnaireChanges(before: Plan, after: Plan): Change[] {
  return [
    ...between('questionnaire', after.id, questionnaireOf(before), questionnaireOf(after)),
    ...modulesOf(after).flatMap((module) => {
      const earlier = modulesOf(before).find((one) => one.module === module.module);
      return earlier ? between('module', module.module, earlier, module) : [];
    }),
  ];
}

const contents = ({ files }: Plan) => files.map(({ content }) => content as Partial<QuestionnaireFile & ModuleFile>);
const questionnaireOf = (plan: Plan) => contents(plan).find(({ id }) => id !== undefined) as QuestionnaireFile;
const modulesOf = (plan: Plan) => contents(plan).filter(({ module }) => module !== undefined) as ModuleFile[];

function between(
  subject: Subject,
  id: string,
  before: QuestionnaireFile | ModuleFile,
  after: QuestionnaireFile | ModuleFile,
): Change[] {
  const wordings = rewordings({ title: before.title }, { title: after.title });
  const about = { subject, id, breaking: false };
  const name = `The ${subject} "${id}"`;
  return [
    ...(wordings.length > 0
      ? [
          {
            kind: 'reworded' as const,
            ...about,
            sentence: `${name} reads differently: ${wordingsInWords(wordings)}.`,
            wordings,
          },
        ]
      : []),
    ...changedProperties({ ...before }, { ...after }, ELSEWHERE).map((property) => ({
      kind: 'propertyChanged' as const,
      ...about,
      sentence: `${name}: ${propertyInWords(property)}.`,
      property,
    })),
  ];
}
