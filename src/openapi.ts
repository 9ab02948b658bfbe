import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

/** The API as an OpenAPI 3.1 document, made from the controllers and their DTO classes. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Article 1F screening and referral engine')
    .setDescription(
      'Sign in with POST /api/tokens and send the token as `Authorization: Bearer ...`; browsers use POST /api/session and its ' +
        'cookie. Errors are RFC 9457 problems; bad fields are named by JSON Pointer. Lists are keyset pages with Link headers.',
    )
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'opaque' })
    .addCookieAuth('f1_session')
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace('Controller', '')}_${method}`,
  });
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    const { responses } = operation as { responses?: Record<string, unknown> };
    if (responses) responses['default'] = REFUSAL;
  }
  document.components = { ...document.components, schemas: { ...document.components?.schemas, Problem: PROBLEM } };
  return document;
}

const REFUSAL = {
  description: 'Refused: what, why, and what to do instead.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const PROBLEM: NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string] = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'A sentence for the person who was refused.' },
    code: { type: 'string', description: 'Stable, for programs.' },
    errors: {
      type: 'array',
      description: 'Each bad field of the request.',
      items: {
        type: 'object',
        properties: { pointer: { type: 'string', description: 'JSON Pointer' }, detail: { type: 'string' } },
      },
    },
    because: { type: 'array', items: { type: 'string' }, description: 'What stands in the way of a command.' },
    allowed: { type: 'array', items: { type: 'string' }, description: 'Commands this person may send now.' },
  },
};

/** Serves the document at /api/openapi.json and a page to read and try it at /api/docs. */
export function serveDocument(app: INestApplication): void {
  SwaggerModule.setup('api/docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'api/openapi.json',
    customSiteTitle: 'Article 1F API',
  });
}
