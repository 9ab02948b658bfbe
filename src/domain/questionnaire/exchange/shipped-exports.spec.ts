import { describe, expect, it } from '@jest/globals';
import fhirpath from 'fhirpath';
import { join } from 'node:path';
import { ConditionRunner } from 'survey-core';
import { readPackFiles } from '../../../questionnaires/pack-files.js';
import type { QuestionnaireFile } from '../format.js';
import type { Plan } from '../plan.js';
import { toFhir } from './fhir-export.js';
import { EXTENSIONS, type FhirItem } from './fhir-format.js';
import { printableForm } from './print.js';
import { toSurveyJs } from './surveyjs-export.js';

const plans = readPackFiles(join(process.cwd(), 'questionnaires'))
  .filter(({ pack }) => ['RW', 'SY', 'base'].includes(pack.pack))
  .flatMap((pack) => pack.plans.map((plan) => [`${plan.id} v${plan.version}`, plan] as const));
const titleOf = (plan: Plan) => (plan.files[0]!.content as QuestionnaireFile).title;
const itemsOf = (items: readonly FhirItem[]): FhirItem[] => items.flatMap((one) => [one, ...itemsOf(one.item ?? [])]);
const questions = (plan: Plan) => plan.nodes.filter(({ kind }) => kind === 'question');
const valuesOf = (content: unknown, key: string): string[] => {
  const found: string[] = [];
  JSON.stringify(content, (name, value: unknown) => {
    if (name === key && typeof value === 'string') found.push(value);
    return value;
  });
  return found;
};

describe.each(plans)('the shipped questionnaire %s', (_, plan) => {
  it('exports to FHIR with every question and condition, in expressions that fhirpath.js reads', () => {
    const { content, differs } = toFhir(plan, titleOf(plan));
    const items = itemsOf(content.item);
    expect(new Set(items.map(({ linkId }) => linkId)).size).toBe(items.length);
    for (const { id } of questions(plan)) expect(items.filter(({ linkId }) => linkId === id)).toHaveLength(1);
    expect(differs.filter(({ what }) => what.includes('always shown'))).toEqual([]);
    for (const { extension = [] } of items)
      for (const { url, ...value } of extension)
        if (url === EXTENSIONS.enableWhenExpression)
          expect(typeof fhirpath.compile((value['valueExpression'] as { expression: string }).expression)).toBe(
            'function',
          );
  });

  it('exports to SurveyJS with every question, in expressions that survey-core reads', () => {
    const { content, differs } = toSurveyJs(plan, titleOf(plan));
    const names = valuesOf(content, 'name');
    for (const { id } of questions(plan)) expect(names).toContain(id.replaceAll('.', '_'));
    expect(differs.filter(({ what }) => what.includes('always shown'))).toEqual([]);
    for (const expression of valuesOf(content, 'visibleIf'))
      expect(new ConditionRunner(expression).canRun()).toBe(true);
  });

  it('prints every question with its codes and its conditions as sentences', () => {
    const html = printableForm(plan, titleOf(plan));
    expect(html).toContain('<html lang="en" dir="ltr">');
    expect(html).not.toMatch(/<script|src=|https?:\/\//);
    for (const { id } of questions(plan)) expect(html).toContain(`<span class="id">${id}</span>`);
    expect(html.match(/class="question/g)).toHaveLength(questions(plan).length);
    const gates = plan.nodes.filter(({ kind }) => kind !== 'include').flatMap((node) => node.gates).length;
    expect(html.match(/Ask only if: “/g)!.length).toBeGreaterThan(gates / 2);
    expect(printableForm(plan, titleOf(plan), 'ar')).toContain('<html lang="ar" dir="rtl">');
  });

  it('leaves boxes for whose interview it is, and marks every translation that nobody has verified', () => {
    const { languages, title } = plan.files[0]!.content as QuestionnaireFile;
    for (const language of ['en', ...languages]) {
      const html = printableForm(plan, title, language);
      expect(html).toMatch(/<div class="sheet">(<div>[^<]+<\/div>){4}<\/div>/);
      const marks = html.match(/class="draft"/g)?.length ?? 0;
      const asked = plan.nodes.flatMap((node) => (node.kind === 'question' ? [node.definition.text[language]] : []));
      const drafts = asked.filter((text) => typeof text === 'object' && text.status === 'draft').length;
      expect(marks === 0).toBe(drafts === 0);
      expect(marks).toBeGreaterThanOrEqual(drafts);
    }
  });
});
