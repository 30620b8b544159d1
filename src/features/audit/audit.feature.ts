import type { BaseUserWithoutId } from '../../model/index.js';
import { UsersSetupError } from '../../runtime/setup-error.js';
import type { Feature, FeatureContext, FeatureParts } from '../feature.js';
import { describeAudit } from './audit.descriptions.js';
import { findAuditEntity } from './audit.entity.js';
import { AuditService } from './audit.service.js';

export interface AuditOptions {
  /** Days that events are kept. Longer helps to find out what happened; events hold addresses of clients, which laws may limit. @defaultValue 365 */
  keepForDays?: number;
}

/** A feature for every class of users, so that it says nothing of which class the app's is. */
export interface AuditFeature extends Omit<Feature, 'setUp'> {
  setUp<U extends BaseUserWithoutId>(context: FeatureContext<U>): FeatureParts<U>;
}

/**
 * Keeps what happens to accounts, for `features: [audit()]`, with `AuditController` among the controllers and `...auditEntities(User)` among
 * the entities.
 */
export function audit({ keepForDays = 365 }: AuditOptions = {}): AuditFeature {
  return {
    name: 'audit',
    check({ entityTargets, user }) {
      const faults =
        Number.isInteger(keepForDays) && keepForDays > 0 ? [] : ['`keepForDays` of audit() must be a whole number above 0'];
      return findAuditEntity(entityTargets, user) === undefined ? [...faults, missingEntity(user)] : faults;
    },
    setUp({ context: { table, clock, uuids, logger } }) {
      describeAudit();
      const { database } = table;
      const entity = findAuditEntity(
        database.dataSource.entityMetadatas.map(({ target }) => target),
        table.entity,
      );
      if (entity === undefined) throw new UsersSetupError([missingEntity(table.entity)]);
      const service = new AuditService({ database, entity, ids: table.ids, keepForDays, clock, uuids, logger });
      return {
        services: [service],
        onSecurityEvent: (event, manager) => service.record(event, manager),
        close: () => service.close(),
      };
    },
  };
}

function missingEntity(user: Function): string {
  return `the DataSource lacks the table of the feature audit: write entities: [...usersEntities(${user.name}), ...auditEntities(${user.name})]`;
}
