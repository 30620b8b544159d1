import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Initial1795500000000 implements MigrationInterface {
  name = 'Initial1795500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "users" (
        "email" varchar(254) NOT NULL,
        "pendingEmail" varchar(254),
        "pendingEmailStamp" varchar(43),
        "hashedPassword" text,
        "hasPassword" boolean NOT NULL DEFAULT (0),
        "isActive" boolean NOT NULL DEFAULT (1),
        "isSuperuser" boolean NOT NULL DEFAULT (0),
        "isVerified" boolean NOT NULL DEFAULT (0),
        "securityStamp" varchar(43) NOT NULL,
        "createdAt" datetime(3) NOT NULL,
        "id" varchar PRIMARY KEY NOT NULL,
        "firstName" varchar(50) NOT NULL DEFAULT ('')
      )
    `);
    await queryRunner.query(`CREATE UNIQUE INDEX "IDX_97672ac88f789774dd47f7c8be" ON "users" ("email")`);
    await queryRunner.query(`
      CREATE TABLE "notes" (
        "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
        "text" text NOT NULL,
        "userId" varchar NOT NULL,
        CONSTRAINT "FK_829532ff766505ad7c71592c6a5" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE NO ACTION
      )
    `);
    await queryRunner.query(`CREATE INDEX "IDX_829532ff766505ad7c71592c6a" ON "notes" ("userId")`);
    await queryRunner.query(`
      CREATE TABLE "user_session" (
        "id" varchar PRIMARY KEY NOT NULL,
        "backend" varchar(64) NOT NULL,
        "amr" varchar(255) NOT NULL,
        "securityStamp" varchar(43) NOT NULL,
        "tokenDigest" varchar(43),
        "refreshDigest" varchar(43),
        "previousRefreshDigest" varchar(43),
        "refreshedAt" bigint,
        "authenticatedAt" bigint NOT NULL,
        "createdAt" bigint NOT NULL,
        "lastSeenAt" bigint NOT NULL,
        "expiresAt" bigint NOT NULL,
        "absoluteExpiresAt" bigint NOT NULL,
        "ip" varchar(45),
        "userAgent" varchar(255),
        "userId" varchar NOT NULL,
        CONSTRAINT "FK_b5eb7aa08382591e7c2d1244fe5" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE NO ACTION
      )
    `);
    await queryRunner.query(`CREATE UNIQUE INDEX "IDX_cedf5bd15b06ef452cfbe3b655" ON "user_session" ("tokenDigest")`);
    await queryRunner.query(`CREATE INDEX "IDX_07353ae059e2669774d83f9dbb" ON "user_session" ("expiresAt")`);
    await queryRunner.query(`CREATE INDEX "IDX_b5eb7aa08382591e7c2d1244fe" ON "user_session" ("userId")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "notes"`);
    await queryRunner.query(`DROP TABLE "user_session"`);
    await queryRunner.query(`DROP TABLE "users"`);
  }
}
