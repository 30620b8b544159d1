import { Command, InvalidArgumentError, Option } from 'commander';
import type { CommandLine } from '../command-line.js';
import { type ImportOptions, ImportRun } from './import-run.js';
import { FORMATS } from './import-source.js';

/** Brings the users of another system along, with the hashes that it made. */
export function importCommand(cli: CommandLine): Command {
  return new Command('import')
    .description('bring users along, from CSV whose first line names the columns, or from JSON, one object a line')
    .argument('<file>', 'a .csv, .tsv, .jsonl or .ndjson file; - for stdin')
    .addOption(new Option('--format <format>', "what the file is, where its name doesn't tell").choices([...FORMATS]))
    .option(
      '--delimiter <character>',
      'what stands between the values of CSV (default: a comma, in a .tsv file a tab)',
      readDelimiter,
    )
    .option('--map <old=new>', 'a name of the file, and the field that it is; may be repeated', readMapping)
    .option('--ignore-unknown', 'leave out what is no field of the users')
    .addOption(
      new Option('--on-conflict <how>', 'what becomes of a line whose address has a user: a bad line, or none')
        .choices(['report', 'skip'])
        .default('report'),
    )
    .option('--max-bad <number>', 'give up past so many bad lines', readCount)
    .option('--allow-bad', 'end with 0 though lines were bad')
    .option('--rejected <file>', 'where bad lines are told (default: <file>.rejected.jsonl)')
    .option('--state <file>', 'where the progress is kept, to go on from (default: <file>.import-state.json; none for stdin)')
    .option('--dry-run', 'look at every line, and write nothing')
    .addHelpText(
      'after',
      '\nFields: email, hashedPassword, isActive, isVerified, isSuperuser, createdAt, id, and your own. Ctrl-C stops; the same command goes on.',
    )
    .action((file: string, options: ImportOptions, command: Command) =>
      cli.withApp(command, (app) => new ImportRun(cli, command, file, options).run(app)),
    );
}

function readMapping(text: string, before: ReadonlyMap<string, string> = new Map()): Map<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1 || equals === text.length - 1) throw new InvalidArgumentError('It takes old=new.');
  return new Map([...before, [text.slice(0, equals), text.slice(equals + 1)]]);
}

function readCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.');
  return Number(text);
}

function readDelimiter(text: string): string {
  const delimiter = text === '\\t' || text === 'tab' ? '\t' : text;
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) throw new InvalidArgumentError('It takes one character, or tab.');
  return delimiter;
}
