/** Gives names of a source the form our format wants, each of them once. */
export class SourceNames {
  readonly renamed = new Map<string, string>();
  private readonly taken = new Set<string>();

  /** An id: letters and digits, beginning with a small letter (`first_name` becomes `firstName`). */
  id(name: string): string {
    return this.once(name, idOf(name));
  }

  private once(name: string, wanted: string): string {
    let id = wanted;
    for (let number = 2; this.taken.has(id); number++) id = `${wanted}${number}`;
    this.taken.add(id);
    this.renamed.set(name, id);
    return id;
  }
}

/** Letters and digits, beginning with a small letter. */
export function idOf(name: string): string {
  const words = name.match(/[A-Za-z0-9]+/g) ?? ['item'];
  const joined = words.map((word, index) => (index === 0 ? word : word[0]!.toUpperCase() + word.slice(1))).join('');
  const id = joined[0]!.toLowerCase() + joined.slice(1);
  return /^[a-z]/.test(id) ? id : `q${id}`;
}

/** A code: letters, digits, dot, hyphen and underscore, beginning with a letter or digit. */
export function codeOf(name: string): string {
  const code = name.trim().replace(/[^A-Za-z0-9._-]+/g, '-');
  return /^[A-Za-z0-9]/.test(code) ? code : `c${code}`;
}
