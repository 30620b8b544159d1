import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddOauth1795510000000 implements MigrationInterface {
  name = 'AddOauth1795510000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "oauth_account" (
        "id" varchar PRIMARY KEY NOT NULL,
        "provider" varchar(64) NOT NULL,
        "accountId" varchar(255) NOT NULL,
        "email" varchar(254),
        "accessToken" text,
        "refreshToken" text,
        "accessTokenExpiresAt" bigint,
        "refreshLeaseUntil" bigint,
        "createdAt" bigint NOT NULL,
        "userId" varchar NOT NULL,
        CONSTRAINT "UQ_55e68ed87c9b38c976168e3971d" UNIQUE ("provider", "accountId"),
        CONSTRAINT "FK_a9124d5956d6244b17bdd67f92b" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE NO ACTION
      )
    `);
    await queryRunner.query(`CREATE INDEX "IDX_a9124d5956d6244b17bdd67f92" ON "oauth_account" ("userId")`);
    await queryRunner.query(`
      CREATE TABLE "spent_oauth_ticket" (
        "digest" varchar(43) PRIMARY KEY NOT NULL,
        "expiresAt" bigint NOT NULL
      )
    `);
    await queryRunner.query(`CREATE INDEX "IDX_4550fe6eacf81049724565f2bf" ON "spent_oauth_ticket" ("expiresAt")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "spent_oauth_ticket"`);
    await queryRunner.query(`DROP TABLE "oauth_account"`);
  }
}
