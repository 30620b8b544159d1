import { IsOptional, IsString, MaxLength } from 'class-validator';
import { QueryInteger } from '../../http/index.js';

/** Which page of events. */
export class AuditQuery {
  @IsOptional()
  @QueryInteger(1, 100)
  limit?: number;

  @IsOptional()
  @IsString()
  @MaxLength(1024)
  cursor?: string;
}

/** An event as its user, or a superuser, sees it. */
export interface PlainAuditEvent {
  id: string;
  kind: string;
  time: Date;
  ip: string | null;
  userAgent: string | null;
  details: unknown;
}
