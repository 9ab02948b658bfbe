import { Transform } from 'class-transformer';
import { IsOptional } from 'class-validator';

/** A field that may be left out; `null` is the same, so that no guard takes it for something said. */
export const Optional = (): PropertyDecorator => (target, name) => {
  IsOptional()(target, name);
  Transform(({ value }: { value: unknown }) => value ?? undefined)(target, name as string);
};
