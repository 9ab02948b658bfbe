interface Asked<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result | Promise<Result>) => void;
}

/**
 * Does in one transaction what is asked for at the same time. The first to come waits for nobody; who comes while that is under
 * way is done together with all the others who do. A transaction that fails is repeated for each alone, so that what is wrong
 * with one concerns nobody else: `work` must bear to be asked again.
 */
export class Together<Item, Result> {
  private waiting: Asked<Item, Result>[] = [];
  private working = false;

  /** `work` gives a result for each item, in their order; `most` at a time. */
  constructor(
    private readonly work: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly most = 32,
  ) {}

  do(item: Item): Promise<Result> {
    return new Promise((resolve) => {
      this.waiting.push({ item, resolve });
      if (!this.working) void this.empty();
    });
  }

  private async empty(): Promise<void> {
    this.working = true;
    while (this.waiting.length > 0) await this.settle(this.waiting.splice(0, this.most));
    this.working = false;
  }

  private async settle(asked: readonly Asked<Item, Result>[]): Promise<void> {
    const [first, ...others] = asked;
    try {
      const results = await this.work(asked.map(({ item }) => item));
      asked.forEach(({ resolve }, n) => resolve(results[n] as Result));
    } catch (error) {
      if (others.length === 0) first?.resolve(Promise.reject(error as Error));
      else for (const { item, resolve } of asked) resolve(this.alone(item));
    }
  }

  private async alone(item: Item): Promise<Result> {
    const [result] = await this.work([item]);
    return result as Result;
  }
}
