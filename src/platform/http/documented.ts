/** What a parameter says of its whole route, for decorators of routes that come with the parameter. */
export const documented =
  (...decorators: readonly MethodDecorator[]): ParameterDecorator =>
  (prototype, route) => {
    const method = Object.getOwnPropertyDescriptor(prototype, route!)!;
    for (const decorate of decorators) decorate(prototype, route!, method);
  };
