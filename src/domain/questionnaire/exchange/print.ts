import { render } from '../explain.js';
import type { Text } from '../format.js';
import { isReference } from '../operators.js';
import type { Plan, PlanNode, QuestionNode, RepeatNode, SectionNode } from '../plan.js';
import { fillPipes, inLanguage } from '../texts.js';
import { PRINT_STYLE } from './print-style.js';
import { formWords, type FormWords } from './print-words.js';

/** A questionnaire to print and fill in by hand: one HTML page that needs nothing else, conditions as sentences. */
export function printableForm(plan: Plan, title: Text, language = 'en'): string {
  return new FormPrinter(plan, language).page(title);
}

class FormPrinter {
  private readonly words: FormWords;
  private numbered = 0;
  private drafts = false;

  constructor(
    private readonly plan: Plan,
    private readonly language: string,
  ) {
    this.words = formWords(language);
  }

  page(title: Text): string {
    const { plan, language, words } = this;
    const name = this.text(title);
    const sections = plan.nodes
      .filter((node): node is SectionNode => node.kind === 'section')
      .map((node) => this.section(node))
      .join('\n');
    return `<!doctype html>
<html lang="${escaped(language)}" dir="${words.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(inLanguage(title, language))}</title>
<style>${PRINT_STYLE}</style>
</head>
<body>
<h1>${name}</h1>
<p class="meta"><span class="id">${escaped(plan.id)}</span> · ${words.version} ${plan.version} · <span class="id">${plan.hash.slice(0, 12)}</span></p>
${this.sheet()}${this.drafts ? `<p class="meta">${this.draftMark()} ${escaped(words.drafts)}</p>\n` : ''}${sections}
</body>
</html>
`;
  }

  /** Whose interview this is: the interpreter is named by a number only, as in the record. */
  private sheet(): string {
    const { caseReference, date, interviewer, interpreter } = this.words;
    const boxes = [caseReference, date, interviewer, interpreter].map((word) => `<div>${escaped(word)}</div>`);
    return `<div class="sheet">${boxes.join('')}</div>\n`;
  }

  private section(node: SectionNode): string {
    const { title, note } = node.definition;
    const around = this.plan.nodes[node.container];
    const conditions = [...(around ? [this.condition(around)] : []), this.condition(node)].join('');
    return `<section>\n<h2>${this.text(title)}</h2>\n${conditions}${this.note(note)}${this.items(node)}</section>`;
  }

  private items(home: PlanNode): string {
    return this.plan.nodes
      .filter(({ container, kind }) => container === home.index && kind !== 'section')
      .map((node) => (node.kind === 'repeat' ? this.repeat(node) : node.kind === 'question' ? this.question(node) : ''))
      .join('');
  }

  private repeat(node: RepeatNode): string {
    const { title, itemTitle } = node.definition;
    return `<div class="repeat">
<h3>${this.text(title)} <span class="id">${escaped(node.id)}</span></h3>
<p class="marks">${this.words.perItem}.</p>
${this.condition(node)}<h3>${this.text(itemTitle)} ________</h3>
${this.items(node)}</div>
`;
  }

  private question(node: QuestionNode): string {
    const { definition } = node;
    const follows = this.plan.nodes[node.container]?.kind === 'question';
    return `<div class="question${follows ? ' follow' : ''}">
<div class="asked"><span class="number">${++this.numbered}</span>${this.text(definition.text)}</div>
<div class="marks">${this.marks(node).join(' · ')}</div>
${this.condition(node)}${this.note(definition.note)}${node.calculation ? '' : this.answer(node)}</div>
${this.items(node)}`;
  }

  private marks({ id, definition, calculation }: QuestionNode): string[] {
    const { words } = this;
    return [
      `<span class="id">${escaped(id)}</span>`,
      ...(calculation ? [words.calculated] : []),
      ...(definition.required ? [words.required] : []),
      ...(definition.sensitive ? [words.sensitive] : []),
      ...(definition.neverAskChild ? [words.notChild] : []),
    ];
  }

  /** Each of a node's gates opens it, so they stand as alternatives. */
  private condition(node: PlanNode): string {
    return node.gates
      .map(({ condition, ifUnclear }) => {
        const sentence = escaped(render(this.plan, condition, this.language));
        return `<p class="if">${this.words.askedIf}: ${sentence}${ifUnclear === 'open' ? ` (${this.words.unlessUnclear})` : ''}.</p>\n`;
      })
      .join('');
  }

  private note(note: Text | undefined): string {
    return note ? `<div class="note"><b>${this.words.officer}</b>${this.text(note)}</div>\n` : '';
  }

  private answer(node: QuestionNode): string {
    return `${this.room(node)}<div class="not-said">${this.words.notSaid}</div>\n`;
  }

  private room({ type, codes }: QuestionNode): string {
    if (codes.length > 0) {
      const boxes = codes.map(
        ({ code, text }) => `<li>☐ <span class="id">${escaped(code)}</span> ${this.text(text)}</li>`,
      );
      return `<div class="codes"><b>${this.words.codes}</b><ul>${boxes.join('')}</ul></div>\n`;
    }
    if (type === 'boolean') return `<div class="codes">${this.yesNo()}</div>\n`;
    if (type === 'verbatim')
      return [this.words.original, this.words.interpreted]
        .map((word) => `<div class="marks">${word}</div>${lines(3)}`)
        .join('');
    return lines(type === 'text' || type === 'person' || isReference(type) ? 2 : 1);
  }

  private yesNo(): string {
    const said: Record<string, string> = { fr: '☐ oui  ☐ non', ar: '☐ نعم  ☐ لا' };
    return said[this.language.split('-')[0]!] ?? '☐ yes  ☐ no';
  }

  /**
   * Answers that would be piped are not there on paper: the words for "no answer" stand there. Words that are not translated
   * keep the direction of their own language, and those that nobody has verified are marked.
   */
  private text(text: Text): string {
    const words = escaped(fillPipes(inLanguage(text, this.language), () => undefined));
    const translation = text[this.language] ?? text[this.language.split('-')[0]!];
    if (!translation && this.words.direction === 'rtl') return `<bdi lang="en">${words}</bdi>`;
    if (typeof translation !== 'object' || translation.status !== 'draft') return words;
    this.drafts = true;
    return `${words} ${this.draftMark()}`;
  }

  private draftMark(): string {
    return `<span class="draft">${escaped(this.words.draft)}</span>`;
  }
}

const lines = (count: number): string => '<div class="line"></div>'.repeat(count) + '\n';

const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
