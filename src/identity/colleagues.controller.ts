import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { Response } from 'express';
import { Database } from '../platform/database/database.js';
import { type Actor, CurrentActor, type Role, ROLES } from '../platform/http/actor.js';
import { linkNext, PageQuery, pageOf, readCursor } from '../platform/http/page.js';
import { Allows } from './allows.decorator.js';

class ColleagueQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ROLES })
  @IsOptional()
  @IsIn(ROLES)
  role?: Role;
}

class ColleagueView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  username!: string;

  @ApiProperty()
  displayName!: string;

  @ApiProperty({ nullable: true, type: String })
  unit!: string | null;

  @ApiProperty({ type: [String] })
  roles!: string[];

  @ApiProperty({ type: [String], description: 'Training certificates valid today.' })
  certificates!: string[];
}

class ColleaguePage {
  @ApiProperty({ type: [ColleagueView] })
  items!: readonly ColleagueView[];

  @ApiProperty({ nullable: true, type: String })
  next!: string | null;
}

interface ColleagueRow extends Omit<ColleagueView, 'displayName'> {
  readonly display_name: string;
}

/** Who could be given work, and who holds the certificate for it today. */
@ApiTags('Account')
@Controller('colleagues')
export class ColleaguesController {
  constructor(private readonly database: Database) {}

  @Get()
  @Allows('read', 'Colleague')
  @ApiOperation({ summary: 'Colleagues who could be given work, with their roles and the certificates valid today.' })
  @ApiOkResponse({ type: ColleaguePage })
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: ColleagueQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ColleaguePage> {
    const after = readCursor(query.cursor, ['username']);
    const rows = await this.database.inActorTx(actor.id, (tx) =>
      tx.rows<ColleagueRow>(
        `SELECT u.id, u.username, u.display_name, u.unit, u.roles,
           ARRAY(SELECT c.name FROM certificate c WHERE c.user_id = u.id
             AND f1_now()::date BETWEEN c.valid_from AND c.valid_until ORDER BY c.name) AS certificates
         FROM app_user u WHERE u.disabled_at IS NULL AND u.username > $1 AND ($2::text IS NULL OR $2 = ANY (u.roles))
         ORDER BY u.username LIMIT $3`,
        [String(after?.['username'] ?? ''), query.role ?? null, query.limit + 1],
        'colleagues',
      ),
    );
    const view = ({ display_name, ...row }: ColleagueRow): ColleagueView => ({ ...row, displayName: display_name });
    const page = pageOf(rows, query.limit, view, ({ username }) => ({ username }));
    linkNext(response, page.next);
    return page;
  }
}
