import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const WRITE_OPENAPI = fileURLToPath(new URL('../../example/write-openapi.js', import.meta.url));
const MADE = ['node_modules', 'build', 'openapi.json', 'api.d.ts'];

export interface Outcome {
  ok: boolean;
  output: string;
}

/** A copy of `example/client` in a folder of its own, installed as its lock file says, with the journey of `test/client` beside its sources. */
export class InstalledClient {
  private constructor(readonly folder: string) {}

  static async make(): Promise<InstalledClient> {
    const client = new InstalledClient(await mkdtemp(join(tmpdir(), 'typed-client-')));
    await client.copySources(client.folder);
    await client.must('npm', ['ci', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']);
    await client.must(process.execPath, [WRITE_OPENAPI, 'openapi.json']);
    return client;
  }

  /** `npm run client`, as its user would. */
  generate(): Promise<Outcome> {
    return this.run('npm', ['run', '--silent', 'client']);
  }

  /** @returns what the compiler says; nothing where all is well */
  async compile(): Promise<string> {
    return (await this.run('npm', ['run', '--silent', 'build'])).output;
  }

  /** What the compiler says once the server names a field of the app otherwise. */
  async compileWithout(field: string, renamed: string): Promise<string> {
    const folder = join(this.folder, `with-${renamed}`);
    await this.copySources(folder);
    const document = await readFile(join(this.folder, 'openapi.json'), 'utf8');
    await writeFile(join(folder, 'openapi.json'), document.replaceAll(`"${field}"`, `"${renamed}"`));
    await this.must('npm', ['run', '--silent', 'client'], folder);
    return (await this.run('npm', ['run', '--silent', 'build'], folder)).output;
  }

  leave(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  private async copySources(folder: string): Promise<void> {
    const filter = (file: string) => !MADE.includes(basename(file));
    await cp(join(root, 'example/client'), folder, { recursive: true, filter });
    await cp(join(root, 'test/client/journey'), join(folder, 'src'), { recursive: true });
  }

  private async must(program: string, args: string[], cwd?: string): Promise<void> {
    const { ok, output } = await this.run(program, args, cwd);
    if (!ok) throw new Error(`${program} ${args.join(' ')} failed:\n${output}`);
  }

  private run(program: string, args: string[], cwd: string = this.folder): Promise<Outcome> {
    const { PATH = '', HOME = '' } = process.env;
    return new Promise((resolve) => {
      execFile(program, args, { cwd, env: { PATH, HOME } }, (error, stdout, stderr) => {
        resolve({ ok: error === null, output: stdout + stderr });
      });
    });
  }
}
