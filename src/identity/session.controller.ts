import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Config } from '../platform/config/config.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { AccountsService } from './accounts.service.js';
import { Allows, Public } from './allows.decorator.js';
import { AccountDto, SessionDto, SignInDto, TokenDto } from './session.dto.js';
import { clearSessionCookie, presentedToken, setSessionCookie } from './session-token.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('Account')
@Controller()
export class SessionController {
  constructor(
    private readonly config: Config,
    private readonly sessions: SessionsService,
    private readonly accounts: AccountsService,
  ) {}

  /** Signs a browser in: the answer sets an HttpOnly cookie. */
  @Post('session')
  @Public()
  @ApiOperation({ summary: 'Sign a browser in: the answer sets an HttpOnly cookie.' })
  @ApiCreatedResponse({ type: SessionDto })
  async signIn(
    @Body() body: SignInDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionDto> {
    const { token, expiresAt } = await this.sessions.open(body, 'cookie', addressOf(request));
    setSessionCookie(response, this.config, token, expiresAt);
    return { expiresAt: expiresAt.toISOString() };
  }

  /** Ends the session or token with which this request is made. */
  @Delete('session')
  @Allows('use', 'OwnAccount')
  @ApiOperation({ summary: 'End the session or token with which this request is made.' })
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiNoContentResponse()
  async signOut(
    @CurrentActor() actor: Actor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const presented = presentedToken(request, this.config);
    if (presented) await this.sessions.close(actor, presented.hash);
    clearSessionCookie(response, this.config);
  }

  /** Gives an API client a Bearer token. */
  @Post('tokens')
  @Public()
  @ApiOperation({ summary: 'Give an API client a Bearer token.' })
  @ApiCreatedResponse({ type: TokenDto })
  async createToken(@Body() body: SignInDto, @Req() request: Request): Promise<TokenDto> {
    const { token, expiresAt } = await this.sessions.open(body, 'bearer', addressOf(request));
    return { token, expiresAt: expiresAt.toISOString() };
  }

  /** Who is signed in: roles, unit and training certificates. */
  @Get('me')
  @Allows('read', 'OwnAccount')
  @ApiOperation({ summary: 'Who is signed in: roles, unit and training certificates.' })
  @ApiBearerAuth()
  @ApiOkResponse({ type: AccountDto })
  me(@CurrentActor() actor: Actor): Promise<AccountDto> {
    return this.accounts.describe(actor);
  }
}

/** The peer's address, or the one a trusted proxy names (Express's `trust proxy`). */
const addressOf = (request: Request): string => request.ip ?? 'unknown';
