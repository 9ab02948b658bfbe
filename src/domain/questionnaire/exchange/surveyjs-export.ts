import type { Code, Text } from '../format.js';
import { isNumber, isReference } from '../operators.js';
import type { Plan, PlanNode, QuestionNode, RepeatNode, SectionNode } from '../plan.js';
import { offered } from '../reference.js';
import { parsePipes, translations } from '../texts.js';
import { lostAnywhere, lostOfQuestion, unique, type Difference, type Exported } from './export-result.js';
import { ADULT, PRESENT, surveyExpression, surveyName } from './surveyjs-expression.js';
import { NotExpressible, shownWhen } from './two-valued.js';

type Json = Record<string, unknown>;

/** A questionnaire for SurveyJS: sections are pages, repeats dynamic panels, conditions `visibleIf`. */
export function toSurveyJs(plan: Plan, title: Text): Exported<Json> {
  return new SurveyWriter(plan).survey(title);
}

class SurveyWriter {
  private readonly differs: Difference[];

  constructor(private readonly plan: Plan) {
    this.differs = lostAnywhere(plan);
    this.differs.push({ what: 'Answers of questions that close again are lost there; we keep them.' });
    if (this.asksChildren())
      this.differs.push({ what: `A first question "${ADULT}" stands for what we know of the age.` });
  }

  survey(title: Text): Exported<Json> {
    const sections = this.plan.nodes.filter((node): node is SectionNode => node.kind === 'section');
    const pages = sections.map((node) => ({
      name: this.pageName(node),
      title: this.text(node.id, node.definition.title),
      ...(node.definition.note && { description: this.text(node.id, node.definition.note) }),
      ...this.visibility(node),
      elements: this.elements(node),
    }));
    const content = {
      title: this.text('', title),
      // Answers of closed questions do not count.
      clearInvisibleValues: 'onHiddenContainer',
      pages: this.asksChildren() ? [this.adultPage(), ...pages] : pages,
    };
    return { content, differs: unique(this.differs) };
  }

  private asksChildren(): boolean {
    return this.plan.nodes.some((node) => node.kind === 'question' && node.definition.neverAskChild);
  }

  private adultPage(): Json {
    const title = 'Is the person certainly an adult today?';
    return { name: 'applicant', elements: [{ type: 'boolean', name: ADULT, title }] };
  }

  /** Pages and questions share their names there. */
  private pageName({ id }: SectionNode): string {
    return this.plan.byId[id] === undefined ? surveyName(id) : `${surveyName(id)}_page`;
  }

  private elements(home: PlanNode): Json[] {
    return this.plan.nodes
      .filter(({ container, kind }) => container === home.index && kind !== 'section')
      .flatMap((node) => {
        if (node.kind === 'repeat') return [this.panels(node)];
        return node.kind === 'question' ? [this.question(node), ...this.elements(node)] : [];
      });
  }

  private panels(node: RepeatNode): Json {
    const { title, itemTitle, min } = node.definition;
    const present = { type: 'expression', name: PRESENT, expression: '1', visible: false, clearIfInvisible: 'none' };
    return {
      type: 'paneldynamic',
      name: surveyName(node.id),
      title: this.text(node.id, title),
      templateTitle: this.text(node.id, itemTitle),
      panelCount: 0,
      ...(min !== undefined && { minPanelCount: min }),
      maxPanelCount: node.max,
      ...this.visibility(node),
      templateElements: [present, ...this.elements(node)],
    };
  }

  private question(node: QuestionNode): Json {
    const { definition } = node;
    this.differs.push(...lostOfQuestion(node));
    return {
      ...this.typed(node),
      name: surveyName(node.id),
      title: this.text(node.id, definition.text),
      ...(definition.note && { description: this.text(node.id, definition.note) }),
      ...(definition.required && { isRequired: true }),
      ...this.visibility(node),
      ...(node.calculation && { visible: false, visibleIf: undefined }),
    };
  }

  private typed(node: QuestionNode): Json {
    const { type, definition, codes } = node;
    const { min, max } = definition;
    if (type === 'boolean') return { type: 'boolean' };
    if (type === 'choice')
      return { type: codes.length > 12 ? 'dropdown' : 'radiogroup', choices: this.choices(node, codes) };
    if (type === 'multiChoice')
      return {
        type: 'checkbox',
        choices: this.choices(node, codes),
        ...(min !== undefined && { minSelectedChoices: min }),
        ...(max !== undefined && { maxSelectedChoices: max }),
      };
    if (isNumber(type)) {
      const whole = type === 'integer' || definition.integer === true;
      return {
        type: 'text',
        inputType: 'number',
        step: whole ? 1 : 'any',
        ...(min !== undefined && { min }),
        ...(max !== undefined && { max }),
      };
    }
    if (type === 'date') return { type: 'text', inputType: 'date' };
    if (isReference(type)) {
      const entries = offered(this.plan.reference, type as 'place', node.vocabulary);
      const choices = entries.map(({ id, entry }) => ({ value: id, text: entry.name }));
      return { type: 'dropdown', choices, showOtherItem: true };
    }
    if (type === 'verbatim') return { type: 'comment' };
    return { type: 'text', ...this.pattern(node) };
  }

  private pattern({ id, definition: { pattern } }: QuestionNode): Json {
    if (!pattern) return {};
    const text = this.text(id, pattern.message);
    return { validators: [{ type: 'regex', regex: `^(?:${pattern.matches})$`, text }] };
  }

  private choices({ id }: QuestionNode, codes: readonly Code[]): Json[] {
    return codes.map(({ code, text, exclusive }) => ({
      value: code,
      text: this.text(id, text),
      ...(exclusive && { isExclusive: true }),
    }));
  }

  private visibility(node: PlanNode): { visibleIf?: string } {
    try {
      const shown = shownWhen(this.plan, node);
      return shown ? { visibleIf: surveyExpression(this.plan, shown, node.chain) } : {};
    } catch (error) {
      if (!(error instanceof NotExpressible)) throw error;
      this.differs.push({ id: node.id, what: `Its condition is left out, so it is always shown: ${error.message}.` });
      return {};
    }
  }

  private text(id: string, text: Text): string | Json {
    const words = translations(text).map(([language, said]) => [language, this.piped(id, said)] as const);
    if (words.length === 1) return words[0]![1];
    return Object.fromEntries(words.map(([language, said]) => [language === 'en' ? 'default' : language, said]));
  }

  /** SurveyJS pipes answers by name, and leaves a gap where we have words for a missing answer. */
  private piped(id: string, words: string): string {
    return parsePipes(words)
      .parts.map((part) => {
        if (typeof part === 'string') return part;
        const node = this.plan.nodes[this.plan.byId[part.question] ?? -1];
        this.differs.push({
          id,
          what: `The words for a missing answer ("${part.fallback}") are left out of its text.`,
        });
        return node && node.chain.length === 0 ? `{${surveyName(node.id)}}` : part.fallback;
      })
      .join('');
  }
}
