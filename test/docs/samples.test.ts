import { expect } from 'chai';
import { readPages } from './pages.js';
import { runnableFilesOf, SampleApps } from './sample-apps.js';

const pages = readPages();

describe('the samples of README and docs', () => {
  let apps: SampleApps;

  before(async function () {
    this.timeout(120_000);
    apps = await SampleApps.write(pages);
    expect(await apps.compile(), 'what the compiler says').to.equal('');
  });

  after(() => apps?.leave());

  for (const page of pages) {
    for (const file of runnableFilesOf(page)) {
      it(`${page.path}: ${file} runs`, async () => {
        const { ok, output } = await apps.run(page, file);
        expect(ok, output).to.equal(true);
      });
    }

    if (page.blocks.some(({ language, word }) => language === 'sh' && word === 'run')) {
      it(`${page.path}: its requests are answered as it says`, async () => {
        for (const { promised, status, answer } of await apps.converse(page)) {
          expect(promised.slice(0, 3), answer).to.equal(status);
          // `…` stands for a value that is another one each time.
          for (const [, key, value = ''] of promised.matchAll(/("\w+"): ("[^"]*"|[\w…]+)/g)) {
            expect(answer).to.include(value.includes('…') ? `${key}:` : `${key}:${value}`);
          }
        }
      });
    }
  }
});
