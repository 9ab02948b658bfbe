/** An XPath expression as XLSForm uses it: values, answers by name, operators, function calls. */
export type XPath =
  | { kind: 'number'; value: number }
  | { kind: 'string'; value: string }
  /** `${name}` */
  | { kind: 'answer'; name: string }
  /** `.`: the answer the expression stands on. */
  | { kind: 'self' }
  /** A bare name: a column of the choices in a choice filter, a path elsewhere. */
  | { kind: 'name'; name: string }
  | { kind: 'call'; name: string; args: XPath[] }
  | { kind: 'binary'; operator: Operator; left: XPath; right: XPath };
export type Operator = 'or' | 'and' | '=' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | 'div' | 'mod';

/** What is wrong with an expression, in a sentence. */
export class XPathRefused extends Error {}

const TOKEN =
  /\s*(?:(\d+(?:\.\d*)?|\.\d+)|"([^"]*)"|'([^']*)'|\$\{\s*([^{}\s]+)\s*\}|(<=|>=|!=|[=<>()+*,-])|(\.(?![.\w]))|([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?))/y;
const MAX_LENGTH = 10_000;
const MAX_DEPTH = 100;

interface Token {
  kind: 'number' | 'string' | 'answer' | 'symbol' | 'self' | 'word' | 'end';
  text: string;
}

/** Reads an expression. Throws XPathRefused for what is no such expression, or more than this reads (paths, axes). */
export function parseXPath(source: string): XPath {
  if (source.length > MAX_LENGTH) throw new XPathRefused(`an expression has at most ${MAX_LENGTH} characters`);
  return new Parser(tokens(source)).whole();
}

function tokens(source: string): Token[] {
  const found: Token[] = [];
  // Curly quotes come from word processors.
  const text = source.replace(/[‘’]/g, "'").replace(/[“”]/g, '"').trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new XPathRefused(`"${text.slice(from, from + 20)}" is no part of an expression this reads`);
    const [, number, double, single, answer, symbol, self, word] = match;
    if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (double !== undefined || single !== undefined) found.push({ kind: 'string', text: double ?? single ?? '' });
    else if (answer !== undefined) found.push({ kind: 'answer', text: answer });
    else if (symbol !== undefined) found.push({ kind: 'symbol', text: symbol });
    else if (self !== undefined) found.push({ kind: 'self', text: self });
    else found.push({ kind: 'word', text: word ?? '' });
  }
  return found;
}

/** Weakest first; each level is read from left to right. */
const LEVELS: readonly (readonly Operator[])[] = [
  ['or'],
  ['and'],
  ['=', '!='],
  ['<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', 'div', 'mod'],
];

class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): XPath {
    const expression = this.level(0);
    if (this.peek().kind !== 'end') throw new XPathRefused(`"${this.peek().text}" does not belong here`);
    return expression;
  }

  private peek(): Token {
    return this.tokens[this.at] ?? { kind: 'end', text: 'the end' };
  }

  private level(index: number): XPath {
    const operators = LEVELS[index];
    if (!operators) return this.unary();
    let left = this.level(index + 1);
    for (;;) {
      const { kind, text } = this.peek();
      const operator = operators.find((one) => one === text);
      if (!operator || (kind !== 'symbol' && kind !== 'word')) return left;
      this.at++;
      left = { kind: 'binary', operator, left, right: this.level(index + 1) };
    }
  }

  private unary(): XPath {
    if (!this.take('-')) return this.primary();
    const value = this.nested(() => this.unary());
    if (value.kind === 'number') return { kind: 'number', value: -value.value };
    return { kind: 'binary', operator: '-', left: { kind: 'number', value: 0 }, right: value };
  }

  private primary(): XPath {
    const token = this.peek();
    this.at++;
    switch (token.kind) {
      case 'number':
        return { kind: 'number', value: Number(token.text) };
      case 'string':
        return { kind: 'string', value: token.text };
      case 'answer':
        return { kind: 'answer', name: token.text };
      case 'self':
        return { kind: 'self' };
      case 'word':
        return this.take('(') ? this.call(token.text) : { kind: 'name', name: token.text };
      case 'symbol':
        if (token.text === '(') return this.bracketed();
        break;
      case 'end':
        break;
    }
    throw new XPathRefused(`"${token.text}" stands where a value belongs`);
  }

  private bracketed(): XPath {
    const inner = this.nested(() => this.level(0));
    this.need(')');
    return inner;
  }

  private call(name: string): XPath {
    const args: XPath[] = [];
    if (this.take(')')) return { kind: 'call', name, args };
    do args.push(this.nested(() => this.level(0)));
    while (this.take(','));
    this.need(')');
    return { kind: 'call', name, args };
  }

  private nested(read: () => XPath): XPath {
    if (++this.depth > MAX_DEPTH) throw new XPathRefused(`brackets stand in each other more than ${MAX_DEPTH} deep`);
    const inner = read();
    this.depth--;
    return inner;
  }

  private take(symbol: string): boolean {
    const { kind, text } = this.peek();
    if (kind !== 'symbol' || text !== symbol) return false;
    this.at++;
    return true;
  }

  private need(symbol: string): void {
    if (!this.take(symbol)) throw new XPathRefused(`"${symbol}" is missing before "${this.peek().text}"`);
  }
}
