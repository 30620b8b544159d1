import { expect } from 'chai';
import { IsOptional, IsString } from 'class-validator';
import { Column, Entity } from 'typeorm';
import { BaseUser, UserCreate } from '../../src/index.js';
import { recordingLogger } from '../http/express-apps.js';
import { EntityApp } from '../support/entity-app.js';

@Entity('people_with_dtos')
class Person extends BaseUser {
  @Column({ type: 'varchar', default: '' })
  firstName!: string;
}

class Forgotten extends UserCreate {
  firstName?: string = undefined;
  notStored?: string = undefined;
}

class Declared extends UserCreate {
  @IsOptional()
  @IsString()
  firstName?: string = undefined;
}

describe('a field of a dto without a decorator, which stays unread', () => {
  const warnings = async (create: typeof UserCreate): Promise<string[]> => {
    const logger = recordingLogger();
    const app = await EntityApp.start(Person, { dtos: { create }, logger });
    await app.close();
    return logger.lines.map(String).filter((line) => line.includes('class-validator'));
  };

  it('is told of in a warning at start where the table has it', async () => {
    const lines = await warnings(Forgotten);
    expect(lines).to.have.lengthOf(1);
    expect(lines[0]).to.match(/^Forgotten\.firstName: nobody can set it.*@IsOptional\(\) @IsString\(\)/);
  });

  it('is not told of where it is declared', async () => {
    expect(await warnings(Declared)).to.deep.equal([]);
  });
});
