import { applyDecorators } from '@nestjs/common';
import { type ClassConstructor, Type } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsObject, ValidateNested } from 'class-validator';

/** A list of what is said of allegations, of none of them twice. */
export const ByAllegation = <T extends { allegationId: string }>(dto: () => ClassConstructor<T>): PropertyDecorator =>
  applyDecorators(
    Type(dto),
    ValidateNested({ each: true }),
    IsObject({ each: true, message: 'must be a list of objects' }),
    ArrayUnique((one: T) => one.allegationId),
    ArrayMaxSize(100),
    IsArray(),
  );
