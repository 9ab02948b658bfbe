/** Deliveries to one recipient at a time, by one process. */
export const MOST_TO_ONE = 24;
/** To one who does not answer, until it does. */
export const FEW_TO_SILENT = 2;
/** With as many under way as there may be and none of them over for so long, a recipient counts as silent. */
export const SILENT_AFTER_MS = 2_000;

/** What became of a turn: the recipient answered, whatever it was; it did not; or nobody asked it, which says nothing of it. */
export type Taken = 'answered' | 'silent' | 'notAsked';

interface Recipient {
  underWay: number;
  silent: boolean;
  /** Called with whether it may begin. */
  waiting: ((may: boolean) => void)[];
  patience: NodeJS.Timeout | undefined;
}

/**
 * Whose turn it is, recipient by recipient: one that hangs holds a few places and not all there are, so that whoever else is to be told
 * is told meanwhile. A process knows it of its own deliveries alone; the outbox knows nothing of it.
 */
export class Turns {
  private readonly recipients = new Map<string, Recipient>();

  /** `changed` is told when a recipient falls silent, and when it answers again. */
  constructor(private readonly changed: (recipient: string, silent: boolean) => void = () => undefined) {}

  /**
   * Does `work` in its turn, in the order of asking. False, with nothing done, where the recipient is silent and enough wait for its answer
   * already.
   */
  async take(name: string, work: () => Promise<Taken>): Promise<boolean> {
    const recipient = this.recipients.get(name) ?? { underWay: 0, silent: false, waiting: [], patience: undefined };
    this.recipients.set(name, recipient);
    if (!(await this.enter(name, recipient))) return false;
    let taken: Taken = 'notAsked';
    try {
      taken = await work();
    } finally {
      this.leave(name, recipient, taken);
    }
    return true;
  }

  private enter(name: string, recipient: Recipient): boolean | Promise<boolean> {
    if (recipient.underWay < (recipient.silent ? FEW_TO_SILENT : MOST_TO_ONE)) {
      recipient.underWay += 1;
      return true;
    }
    if (recipient.silent) return false;
    this.watch(name, recipient);
    return new Promise((resolve) => recipient.waiting.push(resolve));
  }

  private leave(name: string, recipient: Recipient, taken: Taken): void {
    recipient.underWay -= 1;
    if (taken === 'silent') this.fallsSilent(name, recipient);
    if (taken === 'answered') this.answers(name, recipient);
    const next = recipient.waiting.shift();
    if (next) {
      recipient.underWay += 1;
      next(true);
    }
    if (recipient.waiting.length > 0) this.watch(name, recipient);
    else this.watchNoMore(recipient);
    if (recipient.underWay === 0 && !recipient.silent) this.recipients.delete(name);
  }

  private watch(name: string, recipient: Recipient): void {
    recipient.patience ??= setTimeout(() => this.fallsSilent(name, recipient), SILENT_AFTER_MS).unref();
  }

  private watchNoMore(recipient: Recipient): void {
    clearTimeout(recipient.patience);
    recipient.patience = undefined;
  }

  private answers(name: string, recipient: Recipient): void {
    this.watchNoMore(recipient);
    if (recipient.silent) this.changed(name, false);
    recipient.silent = false;
  }

  private fallsSilent(name: string, recipient: Recipient): void {
    if (!recipient.silent) this.changed(name, true);
    recipient.silent = true;
    this.watchNoMore(recipient);
    for (const giveUp of recipient.waiting.splice(0)) giveUp(false);
  }
}
