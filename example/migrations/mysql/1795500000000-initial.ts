import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Initial1795500000000 implements MigrationInterface {
  name = 'Initial1795500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE users (
        email varchar(254) CHARACTER SET "utf8mb4" COLLATE "utf8mb4_bin" NOT NULL,
        pendingEmail varchar(254) CHARACTER SET "utf8mb4" COLLATE "utf8mb4_bin" NULL,
        pendingEmailStamp varchar(43) NULL,
        hashedPassword text NULL,
        hasPassword tinyint NOT NULL DEFAULT 0,
        isActive tinyint NOT NULL DEFAULT 1,
        isSuperuser tinyint NOT NULL DEFAULT 0,
        isVerified tinyint NOT NULL DEFAULT 0,
        securityStamp varchar(43) NOT NULL,
        createdAt datetime(3) NOT NULL,
        id varchar(255) NOT NULL,
        firstName varchar(50) NOT NULL DEFAULT '',
        UNIQUE INDEX IDX_97672ac88f789774dd47f7c8be (email),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB
    `);
    await queryRunner.query(`
      CREATE TABLE notes (
        id int NOT NULL AUTO_INCREMENT,
        text text NOT NULL,
        userId varchar(255) NOT NULL,
        INDEX IDX_829532ff766505ad7c71592c6a (userId),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB
    `);
    await queryRunner.query(`
      CREATE TABLE user_session (
        id varchar(255) NOT NULL,
        backend varchar(64) NOT NULL,
        amr varchar(255) NOT NULL,
        securityStamp varchar(43) CHARACTER SET "utf8mb4" COLLATE "utf8mb4_bin" NOT NULL,
        tokenDigest varchar(43) CHARACTER SET "utf8mb4" COLLATE "utf8mb4_bin" NULL,
        refreshDigest varchar(43) CHARACTER SET "utf8mb4" COLLATE "utf8mb4_bin" NULL,
        previousRefreshDigest varchar(43) CHARACTER SET "utf8mb4" COLLATE "utf8mb4_bin" NULL,
        refreshedAt bigint NULL,
        authenticatedAt bigint NOT NULL,
        createdAt bigint NOT NULL,
        lastSeenAt bigint NOT NULL,
        expiresAt bigint NOT NULL,
        absoluteExpiresAt bigint NOT NULL,
        ip varchar(45) NULL,
        userAgent varchar(255) NULL,
        userId varchar(36) NOT NULL,
        UNIQUE INDEX IDX_cedf5bd15b06ef452cfbe3b655 (tokenDigest),
        INDEX IDX_07353ae059e2669774d83f9dbb (expiresAt),
        INDEX IDX_b5eb7aa08382591e7c2d1244fe (userId),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB
    `);
    await queryRunner.query(
      `ALTER TABLE notes ADD CONSTRAINT FK_829532ff766505ad7c71592c6a5 FOREIGN KEY (userId) REFERENCES users(id) ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE user_session ADD CONSTRAINT FK_b5eb7aa08382591e7c2d1244fe5 FOREIGN KEY (userId) REFERENCES users(id) ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE notes`);
    await queryRunner.query(`DROP TABLE user_session`);
    await queryRunner.query(`DROP TABLE users`);
  }
}
