import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

/** The API as an OpenAPI 3.1 document, made from the controllers and their DTO classes. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Article 1F screening and referral engine')
    .setDescription(
      'Errors are RFC 9457 problems; bad fields are named by JSON Pointer. Lists are keyset pages with Link headers.',
    )
    .setVersion('1')
    .addBearerAuth()
    .addCookieAuth('f1_session')
    .addSecurityRequirements('bearer')
    .build();
  return SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace('Controller', '')}_${method}`,
  });
}

/** Serves the document at /api/openapi.json and a page to read and try it at /api/docs. */
export function serveDocument(app: INestApplication): void {
  SwaggerModule.setup('api/docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'api/openapi.json',
    customSiteTitle: 'Article 1F API',
  });
}
