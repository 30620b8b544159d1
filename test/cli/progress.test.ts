import { expect } from 'chai';
import { Progress } from '../../src/cli/progress.js';

describe('the progress of long work', () => {
  const streamOf = (isTTY: boolean) => {
    const lines: string[] = [];
    return { lines, stream: { isTTY, write: (text: string) => lines.push(text) > 0 } };
  };

  it('is a bar on a terminal, and gone at the end', () => {
    const { lines, stream } = streamOf(true);
    const progress = new Progress(stream, 'users', 1000);
    progress.update(500, '3 bad');
    progress.end();
    expect(lines[0]).to.equal(`\r\x1B[2K[${'='.repeat(12)}${' '.repeat(12)}] 500 of 1,000 users, 3 bad`);
    expect(lines.at(-1)).to.equal('\r\x1B[2K');
  });

  it('has no bar where nobody knows how much there is', () => {
    const { lines, stream } = streamOf(true);
    new Progress(stream, 'expired sessions').update(200);
    expect(lines).to.deep.equal(['\r\x1B[2K200 expired sessions']);
  });

  it('says nothing of short work in a pipe', () => {
    const { lines, stream } = streamOf(false);
    const progress = new Progress(stream, 'users', 10);
    for (let done = 1; done <= 10; done += 1) progress.update(done);
    progress.end();
    expect(lines).to.deep.equal([]);
  });
});
