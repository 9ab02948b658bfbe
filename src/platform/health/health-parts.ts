import { Injectable } from '@nestjs/common';

export type Part = 'up' | 'down' | 'degraded';

/** What features have to say of themselves when somebody asks how the process is. */
@Injectable()
export class HealthParts {
  private readonly parts = new Map<string, () => Part>();

  /** `read` answers at once, from what is known. */
  register(name: string, read: () => Part): void {
    this.parts.set(name, read);
  }

  read(): Record<string, Part> {
    return Object.fromEntries([...this.parts].map(([name, read]) => [name, read()]));
  }
}
