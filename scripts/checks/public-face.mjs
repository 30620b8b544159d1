// Holds the exports of the built package to test/public-face.txt; with --update it writes that file anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript-5.9';
import { entryPoints } from '../build/entry-points.mjs';
import { root } from '../root.mjs';

const file = join(root, 'test/public-face.txt');
const heading = `# Every export of every entry point. A change of the public face shows here: npm run check:face -- --update\n\n`;

const face = heading + (await publicFace()).join('\n');
if (process.argv.includes('--update')) {
  writeFileSync(file, face);
} else {
  const differences = compare(readFileSync(file, 'utf8'), face);
  for (const difference of differences) console.error(difference);
  if (differences.length > 0) process.exitCode = 1;
}

/** One line an export, and what importing the entry point really gives must be the values among them. */
async function publicFace() {
  const entries = entryPoints();
  holdPathsTo(entries);
  const program = programOf(entries.map(({ esmTypes }) => join(root, esmTypes)));
  const lines = [];
  for (const { specifier, esm, esmTypes } of entries) {
    const names = declaredExports(program, join(root, esmTypes));
    const given = Object.keys(await import(join(root, esm)));
    for (const name of given.filter((name) => !names.some((one) => one.name === name && one.isValue))) {
      throw new Error(`${specifier} exports ${name}, and its declarations do not say so`);
    }
    for (const { name } of names.filter(({ name, isValue }) => isValue && !given.includes(name))) {
      throw new Error(`the declarations of ${specifier} promise ${name}, and it is not there`);
    }
    lines.push(...names.map(({ name, kind }) => `${specifier}: ${kind} ${name}`), '');
  }
  return lines;
}

/** The example and the samples are compiled by `paths` of tsconfig.json, which have to say the same as `exports`. */
function holdPathsTo(/** @type {import('../build/entry-points.mjs').EntryPoint[]} */ entries) {
  const { paths } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).compilerOptions;
  for (const { specifier, esm } of entries) {
    const source = esm.replace('./dist/', './src/').replace(/\.js$/, '.ts');
    if (paths[specifier]?.[0] !== source) throw new Error(`write "${specifier}": ["${source}"] into paths of tsconfig.json`);
  }
}

/** @param {string[]} files */
function programOf(files) {
  const options = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    skipLibCheck: true,
    types: ['node'],
  };
  return ts.createProgram(files, options);
}

/**
 * @param {ts.Program} program
 * @param {string} declarations
 */
function declaredExports(program, declarations) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(declarations);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${declarations} exports nothing`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) => {
      const flags = (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol).flags;
      const isTypeOnly = symbol.declarations?.some(
        (one) => ts.isExportSpecifier(one) && (one.isTypeOnly || one.parent.parent.isTypeOnly),
      );
      return { name: symbol.name, kind: kindOf(flags), isValue: (flags & ts.SymbolFlags.Value) !== 0 && !isTypeOnly };
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** @param {ts.SymbolFlags} flags */
function kindOf(flags) {
  if (flags & ts.SymbolFlags.Class) return 'class';
  if (flags & ts.SymbolFlags.Function) return 'function';
  if (flags & ts.SymbolFlags.Enum) return 'enum';
  if (flags & ts.SymbolFlags.Variable) return 'const';
  if (flags & ts.SymbolFlags.Interface) return 'interface';
  return 'type';
}

/**
 * @param {string} listed
 * @param {string} exported
 */
function compare(listed, exported) {
  const before = new Set(listed.split(/\r?\n/));
  const after = new Set(exported.split('\n'));
  return [
    ...[...after].filter((line) => !before.has(line)).map((line) => `exported and not listed: ${line}`),
    ...[...before].filter((line) => !after.has(line)).map((line) => `listed and not exported: ${line}`),
  ];
}
