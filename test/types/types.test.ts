import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Apps in TypeScript on the built library: its declarations are found by package.json, as an app finds them. */
const projects = {
  'an ES module under nodenext': { type: 'module', module: 'nodenext' },
  'CommonJS under node16': { type: 'commonjs', module: 'node16' },
};

describe('the declarations of the library', () => {
  let folder: string;

  before(async () => {
    await mkdir(join(root, 'build'), { recursive: true });
    folder = await mkdtemp(join(root, 'build/.types-'));
    const installed = join(folder, 'node_modules/routing-controllers-users');
    await mkdir(installed, { recursive: true });
    for (const part of ['package.json', 'dist']) await symlink(join(root, part), join(installed, part));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [kind, { type, module }] of Object.entries(projects)) {
    for (const [version, compiler] of [
      ['7', 'typescript'],
      ['5.9', 'typescript-5.9'],
    ] as const) {
      it(`take what is right and refuse what is wrong: ${kind}, TypeScript ${version}`, async function () {
        this.timeout(300_000);
        const project = join(folder, `${type}-${version}`);
        await cp(join(root, 'test/types/apps'), join(project, 'src/apps'), { recursive: true });
        await cp(join(root, 'test/types/registered'), join(project, 'src/registered'), { recursive: true });
        await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type }));
        await writeFile(join(project, 'tsconfig.json'), JSON.stringify(configuration(module)));
        expect(await compile(compiler, project)).to.deep.equal([]);
      });
    }
  }
});

function configuration(module: string): object {
  return {
    compilerOptions: {
      target: 'ES2022',
      module,
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noImplicitOverride: true,
      skipLibCheck: false,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      declaration: true,
      // Else declarations could name files of the library by their paths, which those of an installed one do not have.
      preserveSymlinks: true,
      types: ['node'],
      noEmit: true,
    },
    include: ['src'],
  };
}

/** What the compiler has to say of the apps and of the library; other packages' declarations are not ours to judge. */
async function compile(compiler: string, project: string): Promise<string[]> {
  const args = [join(root, 'node_modules', compiler, 'bin/tsc'), '-p', 'tsconfig.json', '--pretty', 'false'];
  const { stdout } = await execute(process.execPath, args, { cwd: project, maxBuffer: 1e8 }).catch((error: unknown) => {
    if (error instanceof Error && 'stdout' in error) return { stdout: String(error.stdout) };
    throw error;
  });
  return stdout
    .split('\n')
    .filter((line) => /^src\/|^error TS/.test(line) || /^[./]*node_modules\/routing-controllers-users\/dist\//.test(line));
}
