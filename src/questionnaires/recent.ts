const MOST = 20;

/** The last few results; the same question is answered once. */
export class Recent<T> {
  private readonly known = new Map<string, { readonly value: T }>();

  get(key: string, make: () => T): T {
    const found = this.known.get(key) ?? { value: make() };
    this.known.delete(key);
    this.known.set(key, found);
    const oldest = this.known.keys().next().value;
    if (this.known.size > MOST && oldest !== undefined) this.known.delete(oldest);
    return found.value;
  }

  forget(key: string): void {
    this.known.delete(key);
  }
}
