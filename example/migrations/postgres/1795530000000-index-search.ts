import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A search by the start of an address is by code point, and the database may be sorted by a language. */
export class IndexSearch1795530000000 implements MigrationInterface {
  name = 'IndexSearch1795530000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE INDEX "users_email_search" ON "users" ("email" COLLATE "C")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX "users_email_search"`);
  }
}
