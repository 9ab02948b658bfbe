import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { packageSchema } from '../domain/referral/schema/package.js';
import { Allows } from '../identity/allows.decorator.js';

/** The form of what is told. */
@ApiTags('Packages')
@Controller('package-schema')
export class PackageSchemaController {
  @Get()
  @Allows('read', 'Workflow')
  @ApiOperation({ summary: 'JSON Schema (2020-12) of every package that is sent, each property described.' })
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true } })
  schema(): object {
    return packageSchema;
  }
}
