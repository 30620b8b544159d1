import { execFile } from 'node:child_process';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import { expect } from 'chai';
import type { Request } from 'express';
import { requestNote } from '../../src/http/request-note.js';

const COMPILED = fileURLToPath(new URL('../../src/http/request-note.js', import.meta.url));

const newRequest = (): Request => new IncomingMessage(new Socket()) as Request;

describe('requestNote', () => {
  it('knows what was noted of a request last, and of no other', () => {
    const note = requestNote<string>();
    const request = newRequest();
    expect(note.get(request)).to.equal(undefined);
    note.set(request, 'one');
    expect(note.get(request)).to.equal('one');
    note.set(request, 'two');
    expect(note.get(request)).to.equal('two');
    note.set(request, undefined);
    expect(note.get(request)).to.equal(undefined);
    expect(note.get(newRequest())).to.equal(undefined);
  });

  it('is apart from every other note', () => {
    const [one, other] = [requestNote<string>(), requestNote<string>()];
    const request = newRequest();
    one.set(request, 'one');
    expect(other.get(request)).to.equal(undefined);
    other.set(request, 'other');
    expect(one.get(request)).to.equal('one');
  });

  it('notes of a request that is frozen too', () => {
    const note = requestNote<string>();
    const request = Object.freeze(newRequest());
    note.set(request, 'one');
    expect(note.get(request)).to.equal('one');
  });

  it('shows in no log and in no copy', () => {
    const request = newRequest();
    const before = inspect(request, { showHidden: true, depth: 9 });
    requestNote<string>().set(request, 'a secret');
    expect(inspect(request, { showHidden: true, depth: 9 })).to.equal(before);
    expect(Reflect.ownKeys(request)).to.deep.equal(Reflect.ownKeys(newRequest()));
  });

  it('holds nothing of a request that is over, which a WeakMap does until the young objects were tidied up twice', async () => {
    const script = `
      import { getHeapSpaceStatistics } from 'node:v8';
      import { requestNote } from ${JSON.stringify(COMPILED)};
      const note = process.argv[1] === 'WeakMap' ? new WeakMap() : requestNote();
      for (let turn = 0; turn < 10; turn += 1) {
        for (let index = 0; index < 1000; index += 1) note.set({}, { what: new Array(100).fill(index) });
        gc({ type: 'minor' });
      }
      console.log(getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_used_size);`;
    const youngBytes = async (kind: string): Promise<number> => {
      const argv = ['--expose-gc', '--input-type=module', '--eval', script, kind];
      return Number((await promisify(execFile)(process.execPath, argv)).stdout);
    };
    expect(await youngBytes('requestNote')).to.be.below(100_000);
    expect(await youngBytes('WeakMap'), 'what the test can see').to.be.above(500_000);
  });
});
