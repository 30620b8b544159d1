import { expect } from 'chai';
import { type ExpressVersion, type ModuleKind, Stranger, type TypeScriptVersion } from './stranger.js';

const kinds: ModuleKind[] = ['esm', 'cjs'];
const typeScripts: TypeScriptVersion[] = ['5.9', '7'];
const apps = {
  routing: 'completes the options by users.routing()',
  'own-express': "runs on the app's Express with a parser, a prefix and without class-transformer",
  'hand-written-options': 'takes options by hand, with an error handler of the app',
  'default-error-handler': "takes options by hand, with routing-controllers' error handler",
  'integer-id': 'takes an integer id and a table name of its own',
  subclass: 'takes a subclass with a prefix, an own route and an overridden one, and guards all of them',
  'two-apps': 'serves two apps in one process',
  subpaths: 'has its subpaths without the optional packages',
};

/** Every app of this folder, in every way to compile and run it, beside one Express. A file for each lets them run at once. */
export function describePackedLibrary(express: ExpressVersion): void {
  describe(`the packed library, installed in an empty folder with Express ${express}`, () => {
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

    it('brings every page that its README links to', async () => {
      expect(await stranger.deadLinksOfReadme()).to.deep.equal([]);
    });

    for (const kind of kinds) {
      for (const typescript of typeScripts) {
        it(`compiles in a strict ${kind} app under TypeScript ${typescript}`, async function () {
          this.timeout(120_000);
          expect(await stranger.compile(kind, typescript)).to.equal('');
        });
      }

      for (const [app, title] of Object.entries(apps)) {
        it(`${title} (${kind})`, async () => {
          const { ok, output } = await stranger.run(kind, app);
          expect(ok, output).to.equal(true);
          expect(output).to.match(/^done$/m);
        });
      }
    }
  });
}
