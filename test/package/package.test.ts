import { expect } from 'chai';
import { type ExpressVersion, type ModuleKind, Stranger, type TypeScriptVersion } from './stranger.js';

const expressVersions: ExpressVersion[] = [4, 5];
const kinds: ModuleKind[] = ['esm', 'cjs'];
const typeScripts: TypeScriptVersion[] = ['5.9', '7'];

describe('the packed library, installed in an empty folder', () => {
  for (const express of expressVersions) {
    describe(`with Express ${express}`, () => {
      let stranger: Stranger;

      before(async function () {
        this.timeout(180_000);
        stranger = await Stranger.withExpress(express);
      });

      after(() => stranger?.leave());

      it('is imported by an ES module', async () => {
        const script = `import { setupUsers } from 'routing-controllers-users'; console.log(typeof setupUsers);`;
        expect(await stranger.evaluate('esm', script)).to.deep.equal({ ok: true, output: 'function\n' });
      });

      it('is required by CommonJS, without a warning', async () => {
        const script = `const { setupUsers } = require('routing-controllers-users'); console.log(typeof setupUsers);`;
        expect(await stranger.evaluate('cjs', script)).to.deep.equal({ ok: true, output: 'function\n' });
      });

      for (const kind of kinds) {
        for (const typescript of typeScripts) {
          it(`compiles in a strict ${kind} app under TypeScript ${typescript}`, async function () {
            this.timeout(120_000);
            expect(await stranger.compile(kind, typescript)).to.equal('');
          });
        }
      }
    });
  }
});
