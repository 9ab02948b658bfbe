import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { CertificatesService, type CertificateName } from '../identity/certificates.service.js';
import type { Tx } from '../platform/database/database.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { CaseRecords } from './case-records.js';

export const ASSIGNABLE = ['caseOfficer', 'officer1F', 'reviewer', 'legalAdviser', 'decisionMaker'] as const;
export type AssignableRole = (typeof ASSIGNABLE)[number];

const CERTIFICATE: Record<AssignableRole, CertificateName | null> = {
  caseOfficer: null,
  officer1F: 'interview1F',
  reviewer: 'review1F',
  legalAdviser: 'review1F',
  decisionMaker: 'decide1F',
};

interface Colleague {
  id: string;
  roles: string[];
  wrote: boolean;
  interviewed: boolean;
  reviewed: boolean;
}

/** Who works on a case. A person who may not do the work, or whose certificate has run out, is not given it. */
@Injectable()
export class AssignmentsService {
  constructor(
    private readonly records: CaseRecords,
    private readonly certificates: CertificatesService,
  ) {}

  async assign(
    actor: Actor,
    caseId: string,
    request: { username: string; role: AssignableRole },
    asked: Preconditions,
  ): Promise<string> {
    const id = randomUUID();
    await this.records
      .record(actor, caseId, asked, { assignmentId: id }, async (tx, write) => {
        const colleague = await this.colleagueInTx(tx, caseId, request.username);
        assertFits(colleague, request);
        const certificate = CERTIFICATE[request.role];
        if (certificate) await this.certificates.assertInTx(tx, colleague.id, certificate, tx.now);
        write.insert('assignment', {
          id,
          case_id: caseId,
          user_id: colleague.id,
          role: request.role,
          assigned_at: tx.now,
          assigned_by: actor.id,
        });
        return { type: 'ASSIGN', payload: { assignmentId: id, userId: colleague.id, role: request.role } };
      })
      .catch(asAssigned);
    return id;
  }

  async end(actor: Actor, caseId: string, assignmentId: string, asked: Preconditions): Promise<void> {
    await this.records.record(actor, caseId, asked, { assignmentId }, async (tx, write) => {
      const open = await tx.one('SELECT FROM assignment WHERE id = $1 AND case_id = $2 AND ended_at IS NULL', [
        assignmentId,
        caseId,
      ]);
      if (!open) throw new NotFound('assignment');
      write.update('assignment', { id: assignmentId }, { ended_at: tx.now });
      return { type: 'END_ASSIGNMENT', payload: { assignmentId } };
    });
  }

  private async colleagueInTx(tx: Tx, caseId: string, username: string): Promise<Colleague> {
    const row = await tx.one<Colleague>(
      `SELECT u.id, u.roles,
         EXISTS (SELECT FROM analysis_author a WHERE a.case_id = $1 AND a.user_id = u.id) AS wrote,
         EXISTS (SELECT FROM interview i WHERE i.case_id = $1 AND i.interviewer_id = u.id) AS interviewed,
         EXISTS (SELECT FROM review r WHERE r.case_id = $1 AND r.reviewer_id = u.id AND r.kind <> 'decision') AS reviewed
       FROM app_user u WHERE u.username = $2 AND u.disabled_at IS NULL`,
      [caseId, username.toLowerCase()],
    );
    if (!row) throw new NotFound('colleague');
    return row;
  }
}

function assertFits(
  { roles, wrote, interviewed, reviewed }: Colleague,
  { username, role }: { username: string; role: AssignableRole },
): void {
  const refuse = (why: string): never => {
    throw new DomainError('conflict', `${username} cannot be assigned as ${role}: ${why}`);
  };
  if (!roles.includes(role)) refuse(`the account has no such role (it has ${roles.join(', ')}).`);
  const reviews = role === 'reviewer' || role === 'legalAdviser';
  if (reviews && (wrote || interviewed)) refuse('a reviewer is neither author of the analysis nor interviewer.');
  if (role === 'decisionMaker' && (wrote || reviewed))
    refuse('a decision-maker is neither author nor reviewer of the same analysis.');
}

function asAssigned(error: unknown): never {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code === '23505' && constraint === 'assignment_once') {
    throw new DomainError('conflict', 'This person is already assigned in that role.');
  }
  throw error;
}
