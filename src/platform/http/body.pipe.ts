import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import type { ClassConstructor } from 'class-transformer';
import { validated } from './validation.js';

/** Validates every body, query and parameter object whose controller names a DTO class; the only validation pipe there is. */
@Injectable()
export class DtoPipe implements PipeTransform {
  async transform(value: unknown, { metatype, type }: ArgumentMetadata): Promise<unknown> {
    if (type === 'custom' || !metatype || [String, Number, Boolean, Object, Array].some((plain) => plain === metatype))
      return value;
    return validated(metatype as ClassConstructor<object>, value ?? {});
  }
}
