import type { Code, Text } from '../format.js';
import { isNumber, isReference } from '../operators.js';
import type { Plan, PlanNode, QuestionNode, RepeatNode, SectionNode } from '../plan.js';
import { offered } from '../reference.js';
import { parsePipes, translations } from '../texts.js';
import { asEnableWhen } from './enable-when.js';
import { calculatedPath } from './fhir-calculation.js';
import { lostAnywhere, lostOfQuestion, unique, type Difference, type Exported } from './export-result.js';
import {
  EXTENSIONS,
  type FhirElement,
  type FhirExtension,
  type FhirItem,
  type FhirOption,
  type FhirQuestionnaire,
} from './fhir-format.js';
import { ADULT_LINK, fhirPath, itemVariable } from './fhirpath.js';
import { NotExpressible, shownWhen, type Plain } from './two-valued.js';

/**
 * A questionnaire as a FHIR R4 Questionnaire: flat conditions as `enableWhen`, the others as FHIRPath in the extension of the
 * Structured Data Capture guide.
 */
export function toFhir(plan: Plan, title: Text): Exported<FhirQuestionnaire> {
  return new FhirWriter(plan).questionnaire(title);
}

class FhirWriter {
  private readonly differs: Difference[];

  constructor(private readonly plan: Plan) {
    this.differs = lostAnywhere(plan);
    if (this.asksChildren())
      this.differs.push({ what: `A first question "${ADULT_LINK}" stands for what we know of the age.` });
  }

  questionnaire(title: Text): Exported<FhirQuestionnaire> {
    const sections = this.plan.nodes.filter((node): node is SectionNode => node.kind === 'section');
    const { text: said, _text: translated } = this.text('', title);
    const adult: FhirItem = { linkId: ADULT_LINK, type: 'boolean', text: 'Is the person certainly an adult today?' };
    const content: FhirQuestionnaire = {
      resourceType: 'Questionnaire',
      language: 'en',
      name: this.plan.id.replace(/[^A-Za-z0-9]/g, '_'),
      title: said,
      ...(translated && { _title: translated }),
      version: String(this.plan.version),
      status: 'draft',
      item: [...(this.asksChildren() ? [adult] : []), ...sections.map((node) => this.section(node))],
    };
    return { content, differs: unique(this.differs) };
  }

  private asksChildren(): boolean {
    return this.plan.nodes.some((node) => node.kind === 'question' && node.definition.neverAskChild);
  }

  private section(node: SectionNode): FhirItem {
    const linkId = this.plan.byId[node.id] === undefined ? node.id : `section-${node.id}`;
    const { title, note } = node.definition;
    return this.item(node, { linkId, type: 'group', ...this.text(node.id, title) }, [
      ...this.note(linkId, note),
      ...this.items(node),
    ]);
  }

  private items(home: PlanNode): FhirItem[] {
    return this.plan.nodes
      .filter(({ container }) => container === home.index)
      .flatMap((node) => {
        if (node.kind === 'repeat') return [this.repeat(node)];
        // A question under another one would be lost with the other's answer, so what follows up stands beside it.
        return node.kind === 'question' ? [this.question(node), ...this.items(node)] : [];
      });
  }

  private repeat(node: RepeatNode): FhirItem {
    const { title, itemTitle, min, max } = node.definition;
    this.differs.push({ id: node.id, what: `The title of one item ("${this.text('', itemTitle).text}") is left out.` });
    const expression = { name: itemVariable(node.id), language: 'text/fhirpath', expression: '%context' };
    const head: FhirItem = {
      linkId: node.id,
      type: 'group',
      ...this.text(node.id, title),
      repeats: true,
      ...(min && { required: true }),
      extension: [...this.occurs(min, max), { url: EXTENSIONS.variable, valueExpression: expression }],
    };
    return this.item(node, head, this.items(node));
  }

  private question(node: QuestionNode): FhirItem {
    const { definition } = node;
    const calculated = this.calculated(node);
    this.differs.push(...lostOfQuestion(node, calculated.length > 0));
    const extension = [...this.extensions(node), ...calculated];
    const head: FhirItem = {
      linkId: node.id,
      type: fhirType(node),
      ...this.text(node.id, definition.text),
      ...(definition.required && { required: true }),
      ...(node.type === 'multiChoice' && { repeats: true }),
      ...(node.calculation && { readOnly: true }),
      ...(extension.length > 0 && { extension }),
      ...this.options(node),
    };
    return this.item(node, head, this.note(node.id, definition.note));
  }

  private item(node: PlanNode, head: FhirItem, items: FhirItem[]): FhirItem {
    const { extension = [], ...enabled } = this.enabled(node);
    const all = [...(head.extension ?? []), ...extension];
    return { ...head, ...enabled, ...(all.length > 0 && { extension: all }), ...(items.length > 0 && { item: items }) };
  }

  private enabled(node: PlanNode): Pick<FhirItem, 'enableWhen' | 'enableBehavior' | 'extension'> {
    try {
      const shown = shownWhen(this.plan, node);
      return shown ? this.condition(shown) : {};
    } catch (error) {
      if (!(error instanceof NotExpressible)) throw error;
      this.differs.push({ id: node.id, what: `Its condition is left out, so it is always shown: ${error.message}.` });
      return {};
    }
  }

  private condition(condition: Plain): Pick<FhirItem, 'enableWhen' | 'enableBehavior' | 'extension'> {
    const flat = asEnableWhen(this.plan, condition);
    if (flat)
      return {
        enableWhen: flat.entries,
        ...(flat.entries.length > 1 && { enableBehavior: flat.behavior }),
      };
    const valueExpression = { language: 'text/fhirpath', expression: fhirPath(this.plan, condition) };
    return { extension: [{ url: EXTENSIONS.enableWhenExpression, valueExpression }] };
  }

  private extensions(node: QuestionNode): FhirExtension[] {
    const { min, max, integer, pattern } = node.definition;
    const whole = node.type === 'integer' || integer === true;
    const bound = (url: string, value: number | undefined): FhirExtension[] =>
      value === undefined ? [] : [whole ? { url, valueInteger: value } : { url, valueDecimal: value }];
    return [
      ...(isNumber(node.type) ? [...bound(EXTENSIONS.minValue, min), ...bound(EXTENSIONS.maxValue, max)] : []),
      ...(node.type === 'multiChoice' ? this.occurs(min, max) : []),
      ...(pattern ? [{ url: EXTENSIONS.regex, valueString: pattern.matches }] : []),
      ...(node.calculation ? [{ url: EXTENSIONS.hidden, valueBoolean: true }] : []),
      ...(ownType(node) ? [{ url: EXTENSIONS.questionType, valueCode: node.type }] : []),
    ];
  }

  private calculated(node: QuestionNode): FhirExtension[] {
    if (!node.calculation) return [];
    try {
      const valueExpression = { language: 'text/fhirpath', expression: calculatedPath(this.plan, node) };
      return [{ url: EXTENSIONS.calculatedExpression, valueExpression }];
    } catch (error) {
      if (!(error instanceof NotExpressible)) throw error;
      this.differs.push({ id: node.id, what: `How it is worked out is left out: ${error.message}.` });
      return [];
    }
  }

  private occurs(min: number | undefined, max: number | undefined): FhirExtension[] {
    return [
      ...(min === undefined ? [] : [{ url: EXTENSIONS.minOccurs, valueInteger: min }]),
      ...(max === undefined ? [] : [{ url: EXTENSIONS.maxOccurs, valueInteger: max }]),
    ];
  }

  private options(node: QuestionNode): Pick<FhirItem, 'answerOption'> {
    if (node.codes.length > 0) return { answerOption: node.codes.map((code) => this.option(node.id, code)) };
    if (!isReference(node.type)) return {};
    const entries = offered(this.plan.reference, node.type as 'place', node.vocabulary);
    const answerOption = entries.map(({ id, entry }) => ({ valueCoding: { code: id, display: entry.name } }));
    return answerOption.length > 0 ? { answerOption } : {};
  }

  private option(id: string, { code, text, exclusive }: Code): FhirOption {
    const { text: display, _text } = this.text(id, text);
    return {
      valueCoding: { code, display, ...(_text && { _display: _text }) },
      ...(exclusive && { extension: [{ url: EXTENSIONS.optionExclusive, valueBoolean: true }] }),
    };
  }

  /** Words for the interviewer are a display item with the category "instructions". */
  private note(linkId: string, note: Text | undefined): FhirItem[] {
    if (!note) return [];
    const coding = { system: 'http://hl7.org/fhir/questionnaire-display-category', code: 'instructions' };
    const extension = [{ url: EXTENSIONS.displayCategory, valueCodeableConcept: { coding: [coding] } }];
    return [{ linkId: `${linkId}-note`, type: 'display', ...this.text(linkId, note), extension }];
  }

  private text(id: string, text: Text): { text: string; _text?: FhirElement } {
    const words = translations(text).map(([language, said]) => [language, this.withoutPipes(id, said)] as const);
    const english = words.find(([language]) => language === 'en')![1];
    const extension = words
      .filter(([language]) => language !== 'en')
      .map(([language, content]) => ({
        url: EXTENSIONS.translation,
        extension: [
          { url: 'lang', valueCode: language },
          { url: 'content', valueString: content },
        ],
      }));
    return { text: english, ...(extension.length > 0 && { _text: { extension } }) };
  }

  private withoutPipes(id: string, words: string): string {
    return parsePipes(words)
      .parts.map((part) => {
        if (typeof part === 'string') return part;
        this.differs.push({
          id,
          what: `Its text says "${part.fallback}" instead of the answer to "${part.question}".`,
        });
        return part.fallback;
      })
      .join('');
  }
}

function fhirType({ type, definition }: QuestionNode): string {
  if (type === 'boolean' || type === 'date') return type;
  if (type === 'choice' || type === 'multiChoice') return 'choice';
  if (isNumber(type)) return type === 'integer' || definition.integer === true ? 'integer' : 'decimal';
  if (isReference(type)) return 'open-choice';
  return type === 'text' ? 'string' : 'text';
}

/** Types that FHIR does not tell apart. */
const ownType = ({ type }: QuestionNode): boolean =>
  isReference(type) || ['verbatim', 'person', 'document', 'number'].includes(type);
