import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Initial1795500000000 implements MigrationInterface {
  name = 'Initial1795500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "users" (
        "email" character varying(254) NOT NULL,
        "pendingEmail" character varying(254),
        "pendingEmailStamp" character varying(43),
        "hashedPassword" text,
        "hasPassword" boolean NOT NULL DEFAULT false,
        "isActive" boolean NOT NULL DEFAULT true,
        "isSuperuser" boolean NOT NULL DEFAULT false,
        "isVerified" boolean NOT NULL DEFAULT false,
        "securityStamp" character varying(43) NOT NULL,
        "createdAt" TIMESTAMP(3) WITH TIME ZONE NOT NULL,
        "id" uuid NOT NULL,
        "firstName" character varying(50) NOT NULL DEFAULT '',
        CONSTRAINT "PK_a3ffb1c0c8416b9fc6f907b7433" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`CREATE UNIQUE INDEX "IDX_97672ac88f789774dd47f7c8be" ON "users" ("email")`);
    await queryRunner.query(`
      CREATE TABLE "notes" (
        "id" SERIAL NOT NULL,
        "text" text NOT NULL,
        "userId" uuid NOT NULL,
        CONSTRAINT "PK_af6206538ea96c4e77e9f400c3d" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`CREATE INDEX "IDX_829532ff766505ad7c71592c6a" ON "notes" ("userId")`);
    await queryRunner.query(`
      CREATE TABLE "user_session" (
        "id" uuid NOT NULL,
        "backend" character varying(64) NOT NULL,
        "amr" character varying(255) NOT NULL,
        "securityStamp" character varying(43) NOT NULL,
        "tokenDigest" character varying(43),
        "refreshDigest" character varying(43),
        "previousRefreshDigest" character varying(43),
        "refreshedAt" bigint,
        "authenticatedAt" bigint NOT NULL,
        "createdAt" bigint NOT NULL,
        "lastSeenAt" bigint NOT NULL,
        "expiresAt" bigint NOT NULL,
        "absoluteExpiresAt" bigint NOT NULL,
        "ip" character varying(45),
        "userAgent" character varying(255),
        "userId" uuid NOT NULL,
        CONSTRAINT "PK_adf3b49590842ac3cf54cac451a" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`CREATE UNIQUE INDEX "IDX_cedf5bd15b06ef452cfbe3b655" ON "user_session" ("tokenDigest")`);
    await queryRunner.query(`CREATE INDEX "IDX_07353ae059e2669774d83f9dbb" ON "user_session" ("expiresAt")`);
    await queryRunner.query(`CREATE INDEX "IDX_b5eb7aa08382591e7c2d1244fe" ON "user_session" ("userId")`);
    await queryRunner.query(
      `ALTER TABLE "notes" ADD CONSTRAINT "FK_829532ff766505ad7c71592c6a5" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "user_session" ADD CONSTRAINT "FK_b5eb7aa08382591e7c2d1244fe5" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "notes"`);
    await queryRunner.query(`DROP TABLE "user_session"`);
    await queryRunner.query(`DROP TABLE "users"`);
  }
}
