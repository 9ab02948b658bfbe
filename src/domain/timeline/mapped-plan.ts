import type { ModuleFile, QuestionnaireFile } from '../questionnaire/format.js';
import type { Plan, QuestionNode } from '../questionnaire/plan.js';
import { kindOf } from '../questionnaire/schema-check.js';
import { findQuestion } from '../questionnaire/values.js';
import type { EntryMapping, FactMapping, TimelineFile, TimelineMapping, TimelineSettings } from './format.js';

/** A mapping at one place of a plan, where ids may carry the prefix of their questionnaire or pack. */
export interface MappedPart {
  readonly entries: readonly EntryMapping[];
  readonly facts: readonly FactMapping[];
  /** The question that the mapping calls `id`; undefined when this version does not ask it. */
  readonly question: (id: string) => QuestionNode | undefined;
  /** The reference entry that the mapping calls `id`. */
  readonly reference: (id: string) => string;
}

const packOf = (file: string): string => file.split('/')[0]!;

/** The mappings of the questionnaires and modules of a plan, in its order. */
export function mappedParts(plan: Plan, files: readonly TimelineFile[]): MappedPart[] {
  const main = packOf(plan.files[0]!.file);
  let questionnaires = 0;
  return plan.files.flatMap(({ file, content }): MappedPart[] => {
    const kind = kindOf(content);
    const prefix = kind === 'questionnaire' && questionnaires++ > 0 ? `${(content as QuestionnaireFile).id}:` : '';
    const mapping = mappingOf(packOf(file), kind, content, files);
    if (!mapping) return [];
    return [
      {
        entries: mapping.entries ?? [],
        facts: mapping.facts ?? [],
        question: (id) => findQuestion(plan, prefix + id),
        reference: (id) => prefixOf(packOf(file), main) + id,
      },
    ];
  });
}

function mappingOf(
  pack: string,
  kind: ReturnType<typeof kindOf>,
  content: unknown,
  files: readonly TimelineFile[],
): TimelineMapping | undefined {
  const file = files.find(({ timeline }) => timeline === pack);
  if (kind === 'questionnaire') return file?.questionnaires?.[(content as QuestionnaireFile).id];
  return kind === 'module' ? file?.modules?.[(content as ModuleFile).module] : undefined;
}

/** The measures of a plan: those of its first pack, else of `base`; periods are named as the plan names them. */
export function settingsOf(plan: Plan, files: readonly TimelineFile[]): TimelineSettings {
  const main = packOf(plan.files[0]!.file);
  const of = (pack: string): TimelineSettings => files.find(({ timeline }) => timeline === pack)?.settings ?? {};
  const gapDaysInPeriod = Object.fromEntries(
    files.flatMap(({ timeline, settings }) =>
      Object.entries(settings?.gapDaysInPeriod ?? {}).map(([id, days]) => [prefixOf(timeline, main) + id, days]),
    ),
  );
  return { ...of('base'), ...of(main), gapDaysInPeriod };
}

const prefixOf = (pack: string, main: string): string => (pack === main ? '' : `${pack}:`);
