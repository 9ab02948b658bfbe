import { setTimeout as pause } from 'node:timers/promises';

/** What everybody asks goes through here, one at a time or fifty: shut, nothing new begins, and what is under way comes to its end. */
export class Gate {
  private underWay = 0;
  private isOpen = true;

  async through<T>(work: () => Promise<T>): Promise<T> {
    while (!this.isOpen) await pause(20);
    this.underWay += 1;
    try {
      return await work();
    } finally {
      this.underWay -= 1;
    }
  }

  /** Settles when nothing is under way. */
  async shut(): Promise<void> {
    this.isOpen = false;
    while (this.underWay > 0) await pause(20);
  }

  open(): void {
    this.isOpen = true;
  }
}
