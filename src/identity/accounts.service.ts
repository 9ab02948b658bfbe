import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import type { Actor } from '../platform/http/actor.js';
import { CertificatesService } from './certificates.service.js';
import type { AccountDto } from './session.dto.js';

@Injectable()
export class AccountsService {
  constructor(
    private readonly database: Database,
    private readonly certificates: CertificatesService,
  ) {}

  /** The person who asks, with certificates as they stand today. */
  async describe(actor: Actor): Promise<AccountDto> {
    const certificates = await this.database.inActorTx(actor.id, (tx) =>
      this.certificates.listInTx(tx, actor.id, tx.now),
    );
    const { id, username, displayName, roles, unit, authorityId } = actor;
    return { id, username, displayName, roles, unit, authorityId, certificates };
  }
}
