import { SourcePart } from './import-report.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A parsed JSON document whose every value is accounted for: taken, or listed with its JSON Pointer. */
export class JsonParts {
  readonly parts: SourcePart[] = [];
  /** Where the values at and below each pointer stand in `parts`. */
  private readonly ranges = new Map<string, [from: number, to: number]>();

  constructor(document: unknown) {
    this.collect(document as Json, '');
  }

  private collect(value: Json, pointer: string): void {
    const from = this.parts.length;
    if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) this.collect(inner as Json, `${pointer}/${escaped(key)}`);
    else this.parts.push(new SourcePart({ pointer }, JSON.stringify(value)));
    this.ranges.set(pointer, [from, this.parts.length]);
  }

  /** Everything at or below the pointer is in the draft. */
  take(pointer: string): void {
    for (const part of this.below(pointer)) part.take();
  }

  /** Nothing at or below the pointer is in the draft. */
  list(pointer: string, todo: string): void {
    for (const part of this.below(pointer)) part.list(todo);
  }

  private below(pointer: string): SourcePart[] {
    return this.parts.slice(...(this.ranges.get(pointer) ?? [0, 0]));
  }
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
