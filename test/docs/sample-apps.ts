import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/free-port.js';
import { type Page, root } from './pages.js';

const FILE_MARKER = /^\/\/ file: (\S+)\n/;
const START_MILLISECONDS = 60_000;

/** A request of a page's `sh run` block: what the comment below it promises, and what came. */
export interface Exchange {
  promised: string;
  status: string;
  answer: string;
}

/**
 * The samples of all pages, each page a folder of its own that has the README's files too, installed as a reader would have them:
 * the built library in `node_modules`, and the README's tsconfig.json.
 */
export class SampleApps {
  private constructor(
    private readonly folder: string,
    private readonly pages: readonly Page[],
  ) {}

  static async write(pages: readonly Page[]): Promise<SampleApps> {
    const apps = new SampleApps(await mkdtemp(join(tmpdir(), 'samples-')), pages);
    await apps.linkPackages();
    const [readme] = pages;
    if (readme === undefined) throw new Error('there is no README');
    for (const page of pages) {
      for (const [name, text] of new Map([...filesOf(readme), ...filesOf(page)])) await apps.writeFile(page, name, text);
    }
    const { compilerOptions } = JSON.parse(configurationOf(readme));
    await writeFile(join(apps.folder, 'base.json'), JSON.stringify({ compilerOptions }));
    return apps;
  }

  /** @returns what the compiler says against the samples; nothing where all is well */
  async compile(): Promise<string> {
    // What declares something for the whole program is a program of its own.
    const alone = this.pages.filter(({ text }) => text.includes('declare module'));
    const together = this.pages.filter((page) => !alone.includes(page));
    const outputs = [together, ...alone.map((page) => [page])].map(async (pages, index) => {
      const project = join(this.folder, `tsconfig.${index}.json`);
      const outDir = join(this.folder, 'build');
      const include = pages.map((page) => `${slugOf(page)}/**/*`);
      const compilerOptions = { rootDir: this.folder, outDir, noUnusedLocals: true };
      await writeFile(project, JSON.stringify({ extends: './base.json', compilerOptions, include }));
      return execute(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project, '--pretty', 'false'], {
        cwd: this.folder,
      });
    });
    return (await Promise.all(outputs)).map(({ output }) => output).join('');
  }

  /** Runs one compiled file of a page to its end. */
  run(page: Page, file: string): Promise<{ ok: boolean; output: string }> {
    return execute(process.execPath, [join(this.builtFolder(page), file.replace(/ts$/, 'js'))], {
      cwd: this.builtFolder(page),
      env: { ...process.env, ...secrets },
    });
  }

  /** Starts a page's `main.ts`, and has a shell run the page's `sh run` blocks against it. */
  async converse(page: Page): Promise<Exchange[]> {
    const port = await freePort();
    const cwd = this.builtFolder(page);
    const server = spawn(process.execPath, ['main.js'], {
      cwd,
      env: { ...process.env, ...secrets, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    for (const stream of [server.stdout, server.stderr]) stream.setEncoding('utf8').on('data', (text) => (log += text));
    const ended = once(server, 'close');
    try {
      await untilListening(port, () => server.exitCode !== null || server.signalCode !== null).catch((error: Error) => {
        throw new Error(`${page.path}: ${error.message}\n${log}`);
      });
      return await this.talk(page, port);
    } finally {
      server.kill();
      await ended;
    }
  }

  async leave(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private async talk(page: Page, port: number): Promise<Exchange[]> {
    const answers = join(this.folder, 'answers', slugOf(page));
    await mkdir(answers, { recursive: true });
    const commands = page.blocks.filter(({ language, word }) => language === 'sh' && word === 'run').map(({ text }) => text);
    const { ok, output } = await execute('bash', ['-eu', '-c', [recordingCurl, ...commands].join('\n')], {
      cwd: this.builtFolder(page),
      env: { ...process.env, ANSWERS: answers, APP_PORT: String(port) },
    });
    if (!ok) throw new Error(`the commands of ${page.path} failed:\n${output}`);
    const promises = commands.flatMap((text) => [...text.matchAll(/^# (\d{3}.*)$/gm)].map(([, promised = '']) => promised));
    const count = (await readdir(answers)).length / 2;
    const length = Math.max(count, promises.length);
    return Promise.all(
      Array.from({ length }, async (_, index) => ({
        promised: promises[index] ?? 'no comment with a status',
        status: index < count ? await readFile(join(answers, `${index}.status`), 'utf8') : 'no request',
        answer: index < count ? await readFile(join(answers, `${index}.body`), 'utf8') : '',
      })),
    );
  }

  /** One copy of every package, the library's among them, as npm would leave it. */
  private async linkPackages(): Promise<void> {
    const target = join(this.folder, 'node_modules');
    await mkdir(target);
    const packages = (await readdir(join(root, 'node_modules'))).filter((name) => !name.startsWith('.'));
    await Promise.all(packages.map((name) => symlink(join(root, 'node_modules', name), join(target, name))));
    await symlink(root, join(target, 'routing-controllers-users'));
  }

  private async writeFile(page: Page, name: string, text: string): Promise<void> {
    const file = join(this.folder, slugOf(page), name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    if (basename(name) !== 'package.json') return;
    await mkdir(this.builtFolder(page), { recursive: true });
    await cp(file, join(this.builtFolder(page), name));
  }

  private builtFolder(page: Page): string {
    return join(this.folder, 'build', slugOf(page));
  }
}

const secrets = { SECRET: 'a secret of the samples, thirty-two bytes and more', NODE_ENV: 'test' };

/** curl as ever, which keeps what came, and goes to the port that was free in place of 3000. */
const recordingCurl = `
curl() {
  local n=$(($(ls "$ANSWERS" | wc -l) / 2))
  command curl -sS --max-time 20 --connect-to "localhost:3000:127.0.0.1:$APP_PORT" -o "$ANSWERS/$n.body" -w '%{http_code}' "$@" > "$ANSWERS/$n.status"
  touch "$ANSWERS/$n.body"
  cat "$ANSWERS/$n.body"
}`;

/** What a page wants written: its marked blocks, and package.json where it shows one. */
export function filesOf({ path, blocks }: Page): Map<string, string> {
  const files = new Map([['package.json', '{ "type": "module" }']]);
  for (const { language, word, text, line } of blocks) {
    if (language === 'json' && word === 'package.json') files.set(word, text);
    if (language !== 'ts') continue;
    const [, name] = FILE_MARKER.exec(text) ?? [];
    if (name === undefined) throw new Error(`${path}:${line}: a TypeScript block begins with "// file: name.ts"`);
    files.set(name, (files.get(name) ?? '') + text);
  }
  return files;
}

/** The files of a page that run by themselves, to an end without an error. */
export function runnableFilesOf({ blocks }: Page): string[] {
  return blocks
    .filter(({ language, word }) => language === 'ts' && word === 'run')
    .flatMap(({ text }) => FILE_MARKER.exec(text)?.[1] ?? []);
}

function configurationOf({ blocks }: Page): string {
  const block = blocks.find(({ language, word }) => language === 'json' && word === 'tsconfig.json');
  if (block === undefined) throw new Error('the README shows no tsconfig.json');
  return block.text;
}

function slugOf({ path }: Page): string {
  return path.replace(/\.md$/, '').replaceAll('/', '-');
}

function execute(
  program: string,
  args: string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { ...options, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, output: stdout + stderr }),
    );
  });
}

async function untilListening(port: number, hasEnded: () => boolean): Promise<void> {
  const end = Date.now() + START_MILLISECONDS;
  while (Date.now() < end) {
    if (hasEnded()) throw new Error('the app ended before it listened');
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await sleep(50);
  }
  throw new Error('the app does not listen');
}
