import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddAudit1795520000000 implements MigrationInterface {
  name = 'AddAudit1795520000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE audit_event (
        id varchar(255) NOT NULL,
        userId varchar(255) CHARACTER SET "utf8mb4" COLLATE "utf8mb4_bin" NULL,
        kind varchar(64) NOT NULL,
        time bigint NOT NULL,
        ip varchar(45) NULL,
        userAgent varchar(255) NULL,
        details text NULL,
        INDEX IDX_4fe4690b635d5e1fa75ce48f68 (time),
        INDEX IDX_68c5f565047a3b55595980d3df (userId, id),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE audit_event`);
  }
}
