import 'reflect-metadata';

export { AuditController } from './audit.controller.js';
export type { PlainAuditEvent } from './audit.dtos.js';
export { type AuditEventClass, auditEntities, BaseAuditEvent } from './audit.entity.js';
export { type AuditFeature, type AuditOptions, audit } from './audit.feature.js';
export { AuditService } from './audit.service.js';
