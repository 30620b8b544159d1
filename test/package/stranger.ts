import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));

export type ExpressVersion = 4 | 5;
export type ModuleKind = 'esm' | 'cjs';
export type TypeScriptVersion = '5.9' | '7';

/** A folder of somebody who has installed the packed library, and nothing of this repository. */
export class Stranger {
  private constructor(private readonly folder: string) {}

  /** Packs the built library and installs it, with its peers and one Express, in an empty folder. */
  static async withExpress(version: ExpressVersion): Promise<Stranger> {
    const folder = await mkdtemp(join(tmpdir(), `stranger-express-${version}-`));
    const stranger = new Stranger(folder);
    const tarball = await pack(folder);
    await writeJson(join(folder, 'package.json'), { private: true, dependencies: await dependencies(tarball, version) });
    // Compiled packages are copied from here: a stranger waits for them, the tests need not.
    await execute('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-package-lock'], { cwd: folder });
    await copyBinary('better-sqlite3/build', folder);
    for (const kind of ['esm', 'cjs'] as const) await stranger.writeApps(kind);
    return stranger;
  }

  /** @returns what the compiler has to say against the apps or the library; nothing where all is well */
  async compile(kind: ModuleKind, typescript: TypeScriptVersion): Promise<string> {
    const compiler = join(root, 'node_modules', typescript === '7' ? 'typescript' : 'typescript-5.9', 'bin/tsc');
    const { output } = await this.node(kind, [compiler, '-p', 'tsconfig.json', '--pretty', 'false']);
    return output
      .split('\n')
      .filter(
        (line) => line.startsWith('src/') || line.includes('node_modules/routing-controllers-users/') || /^error TS/.test(line),
      )
      .join('\n');
  }

  /** Runs a compiled app of `test/package/apps`. */
  run(kind: ModuleKind, app: string): Promise<{ ok: boolean; output: string }> {
    return this.node(kind, [`build/${app}.js`]);
  }

  /** Runs a script that somebody types in, as an ES module or as CommonJS. */
  async evaluate(kind: ModuleKind, script: string): Promise<{ ok: boolean; output: string }> {
    const file = join(this.folder, kind, 'script.js');
    await writeFile(file, script);
    return this.node(kind, [file]);
  }

  /** @returns the pages to which the installed README links, and which are not there */
  async deadLinksOfReadme(): Promise<string[]> {
    const library = join(this.folder, 'node_modules/routing-controllers-users');
    const readme = await readFile(join(library, 'README.md'), 'utf8');
    const pages = [...readme.matchAll(/\]\(([^:()\s]+\.md)\)/g)].map(([, page = '']) => page);
    return pages.filter((page) => !existsSync(join(library, page)));
  }

  async leave(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private async writeApps(kind: ModuleKind): Promise<void> {
    const folder = join(this.folder, kind);
    await mkdir(folder);
    await cp(join(root, 'test/package/apps'), join(folder, 'src'), { recursive: true });
    await writeJson(join(folder, 'package.json'), { private: true, type: kind === 'esm' ? 'module' : 'commonjs' });
    await writeJson(join(folder, 'tsconfig.json'), {
      compilerOptions: {
        target: 'ES2022',
        module: 'node16',
        strict: true,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        types: ['node'],
        rootDir: 'src',
        outDir: 'build',
      },
      include: ['src'],
    });
  }

  private async node(kind: ModuleKind, args: string[]): Promise<{ ok: boolean; output: string }> {
    try {
      const { stdout, stderr } = await execute(process.execPath, args, {
        cwd: join(this.folder, kind),
        env: { PATH: process.env.PATH, HOME: this.folder },
      });
      return { ok: true, output: stdout + stderr };
    } catch (error) {
      if (error instanceof Error && 'stdout' in error && 'stderr' in error)
        return { ok: false, output: `${error.stdout}${error.stderr}` };
      throw error;
    }
  }
}

async function pack(folder: string): Promise<string> {
  const { stdout } = await execute('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
  return join(folder, stdout.trim().split('\n').at(-1) ?? '');
}

/** What the README tells a stranger to install: the peers as the library asks for them. */
async function dependencies(tarball: string, express: ExpressVersion): Promise<Record<string, string>> {
  const { name, peerDependencies, peerDependenciesMeta, devDependencies } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  );
  const required = Object.entries<string>(peerDependencies).filter(([peer]) => !(peer in peerDependenciesMeta));
  return {
    ...Object.fromEntries(required),
    [name]: `file:${tarball}`,
    express: `^${express}`,
    '@types/express': express === 4 ? '^4.17.21' : '^5',
    '@types/node': devDependencies['@types/node'],
    'better-sqlite3': devDependencies['better-sqlite3'],
  };
}

async function copyBinary(path: string, folder: string): Promise<void> {
  await cp(join(root, 'node_modules', path), join(folder, 'node_modules', path), { recursive: true });
}

async function writeJson(file: string, content: unknown): Promise<void> {
  await writeFile(file, JSON.stringify(content, null, 2));
}
