import type { PipeTransform } from '@nestjs/common';
import type { ClassConstructor } from 'class-transformer';
import { InvalidInput } from './problem.js';
import { validated } from './validation.js';

/** The commands of one resource: type -> DTO class. The same registry yields OpenAPI's `oneOf`. */
export type CommandRegistry = ReadonlyMap<string, ClassConstructor<{ type: string }>>;

/** Picks the DTO class by `type`, then validates with it; an unknown type is refused with the ones there are. */
export class CommandPipe implements PipeTransform {
  constructor(private readonly registry: CommandRegistry) {}

  async transform(body: unknown): Promise<{ type: string }> {
    const type = (body as { type?: unknown } | null)?.type;
    const known = [...this.registry.keys()];
    if (body === null || typeof body !== 'object' || Array.isArray(body)) {
      throw new InvalidInput([{ pointer: '', detail: 'send a JSON object with a "type"' }]);
    }
    const dto = typeof type === 'string' ? this.registry.get(type) : undefined;
    if (!dto) throw new InvalidInput([{ pointer: '/type', detail: `must be one of ${known.join(', ')}` }]);
    return validated(dto, body);
  }
}
