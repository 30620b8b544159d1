import { expect } from 'chai';
import { Progress } from '../../src/cli/progress.js';

describe('the progress of long work', () => {
  const streamOf = (isTTY: boolean) => {
    const lines: string[] = [];
    return { lines, stream: { isTTY, write: (text: string) => lines.push(text) > 0 } };
  };
  const { now } = performance;
  let milliseconds: number;

  beforeEach(() => {
    milliseconds = 5;
    performance.now = () => milliseconds;
  });
  afterEach(() => {
    performance.now = now;
  });

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

  it('is drawn anew on a terminal ten times a second at most', () => {
    const { lines, stream } = streamOf(true);
    const progress = new Progress(stream, 'users');
    for (milliseconds of [10, 109, 110, 209, 210]) progress.update(1);
    expect(lines).to.have.lengthOf(3);
  });

  it('is a line every ten seconds in a pipe, with the speed of this run and the time that is left', () => {
    const { lines, stream } = streamOf(false);
    const progress = new Progress(stream, 'users', 4000);
    // What an earlier run had done.
    progress.update(100);
    for (const [seconds, done] of [
      [9.999, 300],
      [10, 400],
      [19.999, 500],
      [20, 3460],
    ] as const) {
      milliseconds = 5 + seconds * 1000;
      progress.update(done);
    }
    progress.end();
    expect(lines).to.deep.equal([
      '400 of 4,000 users, 30 a second, 2 min 0 s left\n',
      '3,460 of 4,000 users, 168 a second, 3 s left\n',
    ]);
  });

  it('says nothing of the speed of work that stands still, or takes seconds for each', () => {
    const { lines, stream } = streamOf(false);
    const progress = new Progress(stream, 'users', 10);
    progress.update(0);
    for (milliseconds of [10_005, 20_005]) progress.update(milliseconds < 20_000 ? 0 : 5);
    expect(lines).to.deep.equal(['0 of 10 users\n', '5 of 10 users, 20 s left\n']);
  });

  it('says nothing of short work in a pipe', () => {
    const { lines, stream } = streamOf(false);
    const progress = new Progress(stream, 'users', 10);
    for (let done = 1; done <= 10; done += 1) progress.update(done);
    progress.end();
    expect(lines).to.deep.equal([]);
  });
});
