import { expect } from 'chai';
import fc from 'fast-check';
import { Csv } from '../../src/cli/import/csv.js';
import type { ImportRecord, RecordFormat } from '../../src/cli/import/import-record.js';
import { recordsOf } from '../../src/cli/import/import-source.js';
import { JsonLines } from '../../src/cli/import/json-lines.js';

const MEBIBYTE = 1024 * 1024;

describe('the file of an import', () => {
  describe('that is CSV', () => {
    it('has its columns named by the first line, and each value as it was written', async () => {
      const text = 'email,name\na@x.org,Ada\n"b@x.org","Bob ""the builder"", esq."\nc@x.org, Cy \n';
      expect(await csv(text)).to.deep.equal([
        { line: 2, email: 'a@x.org', name: 'Ada' },
        { line: 3, email: 'b@x.org', name: 'Bob "the builder", esq.' },
        { line: 4, email: 'c@x.org', name: ' Cy ' },
      ]);
    });

    it('may begin with a byte order mark, end its lines with CRLF and lack the last newline', async () => {
      expect(await csv('\uFEFFemail,name\r\na@x.org,Ada\r\n"b@x.org","Bob"')).to.deep.equal([
        { line: 2, email: 'a@x.org', name: 'Ada' },
        { line: 3, email: 'b@x.org', name: 'Bob' },
      ]);
    });

    it('has records of several lines, told by the number of the first one', async () => {
      const text = 'email,name\na@x.org,"Ada\r\nLovelace\n\n"\nb@x.org,Bob\n';
      expect(await csv(text)).to.deep.equal([
        { line: 2, email: 'a@x.org', name: 'Ada\r\nLovelace\n\n' },
        { line: 6, email: 'b@x.org', name: 'Bob' },
      ]);
    });

    it('has no record in a blank line, and no value in an empty cell', async () => {
      expect(await csv('email,name\n\r\n\na@x.org,\n')).to.deep.equal([{ line: 4, email: 'a@x.org' }]);
    });

    it('may have another delimiter', async () => {
      expect(await csv('email;name\na@x.org;"A;da"\n', ';')).to.deep.equal([{ line: 2, email: 'a@x.org', name: 'A;da' }]);
    });

    for (const [what, line, fault] of [
      ['too many values', 'x@x.org,X,y', 'the line has 3 values, the first line 2 names'],
      ['too few values', 'x@x.org', 'the line has 1 values, the first line 2 names'],
      ['a quote within a value', 'x@x.org,X "y" z', 'a quote is neither around a whole value nor doubled inside one'],
      ['something behind a quoted value', 'x@x.org,"X" y', 'a quote is neither around a whole value nor doubled inside one'],
      ['more than 1 MiB', `x@x.org,${'x'.repeat(MEBIBYTE)}`, 'the record has more than 1 MiB'],
    ] as const) {
      it(`loses no other line to one with ${what}`, async () => {
        expect(await csv(`email,name\na@x.org,Ada\n${line}\nb@x.org,"Bob"\n`)).to.deep.equal([
          { line: 2, email: 'a@x.org', name: 'Ada' },
          { line: 3, fault },
          { line: 4, email: 'b@x.org', name: 'Bob' },
        ]);
      });
    }

    it('loses no other line to a quote that is not closed', async () => {
      const fault = 'a quote opens here that is not closed';
      const bob = { line: 4, email: 'b@x.org', name: 'Bob' };
      const ada = { line: 2, email: 'a@x.org', name: 'Ada' };
      expect(await csv('email,name\na@x.org,Ada\nx@x.org,"X\nb@x.org,Bob\n')).to.deep.equal([ada, { line: 3, fault }, bob]);
      expect(await csv('email,name\na@x.org,Ada\nx@x.org,"X\nb@x.org,"Bob"\n')).to.deep.equal([ada, { line: 3, fault }, bob]);
    });

    it('takes nothing inside of a value for a record, long as the value may be', async () => {
      const value = `"${'x'.repeat(MEBIBYTE)}\nevil@x.org,Evil\n${'y\n'.repeat(1000)}"`;
      expect(await csv(`email,name\nx@x.org,${value}\nb@x.org,Bob\n`)).to.deep.equal([
        { line: 2, fault: 'the record has more than 1 MiB, up to line 1004' },
        { line: 1005, email: 'b@x.org', name: 'Bob' },
      ]);
      const many = `"${'fifteen letters\n'.repeat(MEBIBYTE / 16)}evil@x.org,Evil\n"`;
      expect((await csv(`email,name\nx@x.org,${many}\nb@x.org,Bob\n`)).map(({ email, fault }) => email ?? fault)).to.deep.equal([
        `the record has more than 1 MiB, up to line ${MEBIBYTE / 16 + 3}`,
        'b@x.org',
      ]);
    });

    it('tells a line that is not UTF-8', async () => {
      const text = Buffer.from('email,name\na@x.org,Ad\xE9\nb@x.org,Zo\xEB\n', 'latin1');
      const whole = Buffer.concat([text, Buffer.from('c@x.org,Zoë\n')]);
      expect(await csv(whole)).to.deep.equal([
        { line: 2, fault: 'the line is not UTF-8' },
        { line: 3, fault: 'the line is not UTF-8' },
        { line: 4, email: 'c@x.org', name: 'Zoë' },
      ]);
    });

    for (const [text, message] of [
      ['', 'the file is empty'],
      ['email,name,email\n', 'the first line names the column "email" twice'],
      ['email,\n', 'the first line has a column without a name'],
      ['email,"name\na@x.org,Ada\n', 'line 1, which has to name the columns: a quote opens here that is not closed'],
    ] as const) {
      it(`is refused where ${message}`, async () => {
        const error = await csv(text).catch((thrown: Error) => thrown);
        expect(error).to.be.an('error').with.property('message').that.includes(message);
      });
    }

    it('is read alike however it is cut into pieces, and as RFC 4180 has it', async () => {
      const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', 'é', '𝄞', ' '), maxLength: 8 });
      const rows = fc.array(fc.record({ email: fc.constantFrom('a@x.org', 'b@x.org'), name: cell }), { maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(rows, fc.integer({ min: 1, max: 20 }), async (written, size) => {
          const text = ['email,name', ...written.map(({ email, name }) => `${email},"${name.replaceAll('"', '""')}"`)].join(
            '\r\n',
          );
          const read = (await csv(text, ',', size)).map(({ email, name = '' }) => ({ email, name }));
          expect(read).to.deep.equal(written);
        }),
        { numRuns: 300 },
      );
    });
  });

  describe('that is JSON lines', () => {
    it('has an object in each line, and none in a blank one', async () => {
      expect(await jsonLines('\uFEFF{"email":"a@x.org","n":1}\r\n\n{"email":"b@x.org"}')).to.deep.equal([
        { line: 1, email: 'a@x.org', n: 1 },
        { line: 3, email: 'b@x.org' },
      ]);
    });

    it('loses no other line to a bad one, and repeats nothing of it', async () => {
      const text = `{"email":"a@x.org"\n[1]\nnull\n{"email":"${'x'.repeat(MEBIBYTE)}"}\n{"email":"b@x.org"}\n`;
      expect(await jsonLines(text)).to.deep.equal([
        { line: 1, fault: 'the line is not JSON' },
        { line: 2, fault: 'the line is no JSON object' },
        { line: 3, fault: 'the line is no JSON object' },
        { line: 4, fault: 'the line has more than 1 MiB' },
        { line: 5, email: 'b@x.org' },
      ]);
    });

    it('leads to no prototype', async () => {
      const [record] = await recordsIn('{"__proto__":{"isSuperuser":true}}\n', new JsonLines());
      expect(record?.values?.isSuperuser).to.equal(undefined);
    });
  });
});

async function csv(text: string | Buffer, delimiter = ',', size?: number) {
  return flat(await recordsIn(text, new Csv(delimiter, () => {}), size));
}

async function jsonLines(text: string) {
  return flat(await recordsIn(text, new JsonLines()));
}

function flat(records: ImportRecord[]): Record<string, unknown>[] {
  return records.map(({ line, values, fault }) => ({ line, ...values, ...(fault === null ? {} : { fault }) }));
}

async function recordsIn(text: string | Buffer, format: RecordFormat, size = 64 * 1024): Promise<ImportRecord[]> {
  const bytes = Buffer.from(text);
  async function* pieces() {
    for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
  }
  const records: ImportRecord[] = [];
  for await (const some of recordsOf(pieces(), format)) records.push(...some);
  return records;
}
