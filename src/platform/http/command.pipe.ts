import { Body, type PipeTransform } from '@nestjs/common';
import { ApiBody, ApiExtraModels, getSchemaPath } from '@nestjs/swagger';
import type { ClassConstructor } from 'class-transformer';
import { documented } from './documented.js';
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

/** The body is one of these commands; the OpenAPI document shows each of them. */
export const CommandBody = (registry: CommandRegistry): ParameterDecorator => {
  const classes = [...new Set(registry.values())];
  return (prototype, route, index) => {
    Body(new CommandPipe(registry))(prototype, route, index);
    documented(
      ApiExtraModels(...classes),
      ApiBody({ schema: { oneOf: classes.map((one) => ({ $ref: getSchemaPath(one) })) } }),
    )(prototype, route, index);
  };
};
