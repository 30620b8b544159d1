import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Cores that may be used; none where a process can't be kept on one: elsewhere than on Linux, and without util-linux. */
const allowed = process.platform === 'linux' && spawnSync('taskset', ['--version']).status === 0 ? allowedCores() : [];

/**
 * Keeps a process with all of its threads on one core, as far as there are two: Linux else moves it about, and for seconds at a time it
 * shares a core with what makes its load, or does not.
 * @param core - 0 is the first of those that may be used
 */
export function keepOnCore(pid: number | undefined, core: 0 | 1): void {
  const number = allowed[core];
  if (allowed.length > 1 && number !== undefined) setCores(pid, String(number));
}

/** Lets it run on all that may be used. */
export function letOnAllCores(pid: number | undefined): void {
  if (allowed.length > 1) setCores(pid, allowed.join());
}

function setCores(pid: number | undefined, list: string): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', list, String(pid)], { stdio: 'ignore' });
}

/** proc(5), status: such as `0-1,4`. */
function allowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
