import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddOauth1795510000000 implements MigrationInterface {
  name = 'AddOauth1795510000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "oauth_account" (
        "id" uuid NOT NULL,
        "provider" character varying(64) NOT NULL,
        "accountId" character varying(255) NOT NULL,
        "email" character varying(254),
        "accessToken" text,
        "refreshToken" text,
        "accessTokenExpiresAt" bigint,
        "refreshLeaseUntil" bigint,
        "createdAt" bigint NOT NULL,
        "userId" uuid NOT NULL,
        CONSTRAINT "UQ_55e68ed87c9b38c976168e3971d" UNIQUE ("provider", "accountId"),
        CONSTRAINT "PK_01ec7d2a8273dcaaed3dd10a4fb" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`CREATE INDEX "IDX_a9124d5956d6244b17bdd67f92" ON "oauth_account" ("userId")`);
    await queryRunner.query(`
      CREATE TABLE "spent_oauth_ticket" (
        "digest" character varying(43) NOT NULL,
        "expiresAt" bigint NOT NULL,
        CONSTRAINT "PK_c55d148df78e3c7f72da863d5fc" PRIMARY KEY ("digest")
      )
    `);
    await queryRunner.query(`CREATE INDEX "IDX_4550fe6eacf81049724565f2bf" ON "spent_oauth_ticket" ("expiresAt")`);
    await queryRunner.query(
      `ALTER TABLE "oauth_account" ADD CONSTRAINT "FK_a9124d5956d6244b17bdd67f92b" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "spent_oauth_ticket"`);
    await queryRunner.query(`DROP TABLE "oauth_account"`);
  }
}
