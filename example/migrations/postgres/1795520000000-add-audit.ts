import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddAudit1795520000000 implements MigrationInterface {
  name = 'AddAudit1795520000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "audit_event" (
        "id" uuid NOT NULL,
        "userId" character varying(255),
        "kind" character varying(64) NOT NULL,
        "time" bigint NOT NULL,
        "ip" character varying(45),
        "userAgent" character varying(255),
        "details" text,
        CONSTRAINT "PK_481efbe8b0a403efe3f47a6528f" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`CREATE INDEX "IDX_4fe4690b635d5e1fa75ce48f68" ON "audit_event" ("time")`);
    await queryRunner.query(`CREATE INDEX "IDX_68c5f565047a3b55595980d3df" ON "audit_event" ("userId", "id")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "audit_event"`);
  }
}
