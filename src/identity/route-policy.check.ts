import { Injectable, type OnApplicationBootstrap, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { type Permission, permissionOf } from './allows.decorator.js';
import { rolesWhoMay } from './policy.js';

export interface DeclaredRoute {
  /** Such as `GET CasesController.get (cases/:id)`. */
  readonly name: string;
  readonly permission: Permission | 'public' | undefined;
  /** Its sentence in the OpenAPI document. */
  readonly summary: string | undefined;
}

/** Where `@ApiOperation` keeps what it was given. */
const OPERATION = 'swagger/apiOperation';

/** At start: every route of the application names its place in the policy, and somebody may use it. */
@Injectable()
export class RoutePolicyCheck implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onApplicationBootstrap(): void {
    const refused = this.routes().filter(
      ({ permission }) =>
        permission === undefined ||
        (permission !== 'public' && rolesWhoMay(permission.action, permission.subject).length === 0),
    );
    if (refused.length > 0) throw new RouteWithoutPolicy(refused.map(({ name }) => name));
  }

  /** Every handler of every controller, with what it declares. */
  routes(): DeclaredRoute[] {
    return this.discovery.getControllers().flatMap(({ instance, metatype }) => {
      if (!instance || !metatype) return [];
      const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
      return this.scanner.getAllMethodNames(prototype).flatMap((method) => {
        const handler = prototype[method] as (() => unknown) | undefined;
        const verb = handler && (Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined);
        if (!handler || verb === undefined) return [];
        const parts = [metatype, handler].map((target) => String(Reflect.getMetadata(PATH_METADATA, target) ?? '/'));
        const path = parts.filter((part) => part !== '/').join('/');
        return {
          name: `${RequestMethod[verb]} ${metatype.name}.${method} (${path})`,
          permission: permissionOf(this.reflector, [handler, metatype as Type]),
          summary: (Reflect.getMetadata(OPERATION, handler) as { summary?: string } | undefined)?.summary || undefined,
        };
      });
    });
  }
}

export class RouteWithoutPolicy extends Error {
  constructor(names: readonly string[]) {
    super(
      `Nobody may use these routes, because src/identity/policy.ts does not cover what they declare:\n` +
        names.map((name) => `  - ${name}`).join('\n'),
    );
    this.name = 'RouteWithoutPolicy';
  }
}
