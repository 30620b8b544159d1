import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddAudit1795520000000 implements MigrationInterface {
  name = 'AddAudit1795520000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "audit_event" (
        "id" varchar PRIMARY KEY NOT NULL,
        "userId" varchar(255),
        "kind" varchar(64) NOT NULL,
        "time" bigint NOT NULL,
        "ip" varchar(45),
        "userAgent" varchar(255),
        "details" text
      )
    `);
    await queryRunner.query(`CREATE INDEX "IDX_4fe4690b635d5e1fa75ce48f68" ON "audit_event" ("time")`);
    await queryRunner.query(`CREATE INDEX "IDX_68c5f565047a3b55595980d3df" ON "audit_event" ("userId", "id")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "audit_event"`);
  }
}
