import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddOauth1795510000000 implements MigrationInterface {
  name = 'AddOauth1795510000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE oauth_account (
        id varchar(255) NOT NULL,
        provider varchar(64) CHARACTER SET "utf8mb4" COLLATE "utf8mb4_bin" NOT NULL,
        accountId varchar(255) CHARACTER SET "utf8mb4" COLLATE "utf8mb4_bin" NOT NULL,
        email varchar(254) CHARACTER SET "utf8mb4" COLLATE "utf8mb4_bin" NULL,
        accessToken text NULL,
        refreshToken text NULL,
        accessTokenExpiresAt bigint NULL,
        refreshLeaseUntil bigint NULL,
        createdAt bigint NOT NULL,
        userId varchar(36) NOT NULL,
        INDEX IDX_a9124d5956d6244b17bdd67f92 (userId),
        UNIQUE INDEX IDX_55e68ed87c9b38c976168e3971 (provider, accountId),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB
    `);
    await queryRunner.query(`
      CREATE TABLE spent_oauth_ticket (
        digest varchar(43) CHARACTER SET "utf8mb4" COLLATE "utf8mb4_bin" NOT NULL,
        expiresAt bigint NOT NULL,
        INDEX IDX_4550fe6eacf81049724565f2bf (expiresAt),
        PRIMARY KEY (digest)
      ) ENGINE=InnoDB
    `);
    await queryRunner.query(
      `ALTER TABLE oauth_account ADD CONSTRAINT FK_a9124d5956d6244b17bdd67f92b FOREIGN KEY (userId) REFERENCES users(id) ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE spent_oauth_ticket`);
    await queryRunner.query(`DROP TABLE oauth_account`);
  }
}
