import { describeRoutes, type JsonSchema, type RouteDescriptions } from '../../http/index.js';
import { AuditController } from './audit.controller.js';
import { AuditQuery } from './audit.dtos.js';

const EVENT: JsonSchema = {
  title: 'SecurityEvent',
  type: 'object',
  required: ['id', 'kind', 'time', 'ip', 'userAgent', 'details'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    kind: { type: 'string', description: 'What happened: `login`, `password-changed`, …' },
    time: { type: 'string', format: 'date-time' },
    ip: { type: ['string', 'null'] },
    userAgent: { type: ['string', 'null'] },
    details: { type: ['object', 'null'], additionalProperties: true },
  },
};

const PAGE: JsonSchema = {
  type: 'object',
  required: ['items', 'nextCursor'],
  properties: { items: { type: 'array', items: EVENT }, nextCursor: { type: ['string', 'null'] } },
};

/** Describes the routes of this feature for the OpenAPI document. */
export function describeAudit(): void {
  const page = { query: AuditQuery, tag: 'users', answers: { 200: { description: 'The events, newest first.', content: PAGE } } };
  describeRoutes(
    AuditController,
    (): RouteDescriptions => ({
      listMyEvents: { ...page, operationId: 'listMyEvents', summary: 'What happened to one’s own account' },
      listEventsOf: { ...page, ofUser: true, operationId: 'listEventsOfUser', summary: 'What happened to the account of a user' },
    }),
  );
}
