import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { MoreThan } from 'typeorm';
import { Allows } from '../identity/allows.decorator.js';
import { Database } from '../platform/database/database.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { linkNext, PageQuery, pageOf, readCursor } from '../platform/http/page.js';
import { Authority } from './authority.entity.js';

class CompetenceView {
  @ApiProperty({ type: [String], enum: ['exclusion', 'suspicion', 'account'] })
  kinds!: string[];

  @ApiProperty({ type: [String] })
  grounds!: string[];

  @ApiProperty({ type: [String], nullable: true, description: 'Countries of the person it is limited to, if any.' })
  countries!: string[] | null;

  @ApiProperty()
  legalBasis!: string;

  @ApiProperty({ format: 'date' })
  validFrom!: string;

  @ApiProperty({ format: 'date', nullable: true, type: String })
  validUntil!: string | null;
}

class AuthorityView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  code!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ example: 'BE' })
  country!: string;

  @ApiProperty({ enum: ['inbox', 'webhook'] })
  channel!: string;

  @ApiProperty({ type: [CompetenceView] })
  competences!: CompetenceView[];
}

class AuthorityPage {
  @ApiProperty({ type: [AuthorityView] })
  items!: readonly AuthorityView[];

  @ApiProperty({ nullable: true, type: String })
  next!: string | null;
}

/** Who is told, and by which law. */
@ApiTags('Definitions')
@Controller('authorities')
export class AuthoritiesController {
  constructor(private readonly database: Database) {}

  @Get()
  @Allows('read', 'Authority')
  @ApiOperation({ summary: 'The authorities that may be told, and by which law.' })
  @ApiOkResponse({ type: AuthorityPage })
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AuthorityPage> {
    const after = readCursor(query.cursor, ['code']);
    const authorities = await this.database.inActorTx(actor.id, ({ manager }) =>
      manager.getRepository(Authority).find({
        relations: { competences: true },
        where: { code: MoreThan(String(after?.['code'] ?? '')) },
        order: { code: 'ASC' },
        take: query.limit + 1,
      }),
    );
    const page = pageOf(authorities, query.limit, authorityView, ({ code }) => ({ code }));
    linkNext(response, page.next);
    return page;
  }
}

function authorityView({ id, code, name, country, channel, competences }: Authority): AuthorityView {
  return {
    id,
    code,
    name,
    country,
    channel,
    competences: competences.map(({ kinds, grounds, countries, legalBasis, validFrom, validUntil }) => ({
      kinds,
      grounds,
      countries,
      legalBasis,
      validFrom,
      validUntil,
    })),
  };
}
