import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { getMetadataArgsStorage as routingMetadata } from 'routing-controllers';
import { getMetadataArgsStorage as databaseMetadata } from 'typeorm';
import * as hookDecorators from '../../src/hooks/hook-decorators.js';
import type { SecurityEventKind } from '../../src/hooks/index.js';
import * as face from '../../src/index.js';
import { LIMIT_DEFAULTS } from '../../src/limits/index.js';
import { SESSION_DEFAULTS, SESSION_OPTION_NAMES } from '../../src/sessions/index.js';
import { BaseSession } from '../../src/sessions/session.entity.js';
import { OPTION_NAMES, ROUTE_NAMES } from '../../src/setup/users-options.js';
import { firstNames, type Page, readPage, root, tableRows } from './pages.js';

const reference = (name: string): Page => readPage(join(root, 'docs/reference', `${name}.md`));

describe('docs/reference', () => {
  it('lists every option of setupUsers', () => {
    expect(firstNames(reference('options'), 'All of them')).to.have.members(OPTION_NAMES);
  });

  it('lists every option of sessions, with its default', () => {
    const page = reference('options');
    expect(firstNames(page, 'sessions')).to.have.members([...SESSION_OPTION_NAMES]);
    const shown = tableRows(page, 'sessions').map(([name = '', value]) => [name.replaceAll('`', ''), value]);
    expect(Object.fromEntries(shown)).to.include(
      Object.fromEntries(Object.entries(SESSION_DEFAULTS).map(([name, value]) => [name, String(value)])),
    );
  });

  it('lists every route by its name, method and path', () => {
    const rows = tableRows(reference('routes-and-codes')).filter(([, route = '']) => /^`[A-Z]+ \//.test(route));
    const documented = rows.map(([name, route]) => `${name} ${route}`.replaceAll('`', ''));
    const actions = routingMetadata()
      .actions.filter(({ target }) => target === face.UsersController)
      .map(({ method, type, route }) => `${method} ${type.toUpperCase()} ${route}`);
    expect(documented).to.have.members(actions);
    expect(actions.map((action) => action.split(' ', 1)[0])).to.have.members([...ROUTE_NAMES]);
  });

  it('names only codes that there are', async () => {
    const codes = new Set((await errors()).map(({ code }) => code));
    const named = [...reference('routes-and-codes').text.matchAll(/`([A-Z]+_[A-Z_]+)`/g)].map(([, code]) => code);
    expect(named.filter((code) => code !== undefined && !codes.has(code))).to.deep.equal([]);
  });

  it('lists every code with its status', async () => {
    const rows = tableRows(reference('errors')).map(([code, status]) => `${code?.replaceAll('`', '')} ${status}`);
    expect(rows).to.have.members((await errors()).map(({ code, status }) => `${code} ${status}`));
  });

  it('lists every hook', () => {
    const decorators = Object.keys(hookDecorators);
    expect(face).to.include.keys(decorators);
    expect(
      tableRows(reference('hooks'))
        .filter(([name]) => name?.startsWith('`@'))
        .map(nameOfDecorator),
    ).to.have.members(decorators);
  });

  it('lists every kind of security event', () => {
    const kinds = Object.keys({
      registered: true,
      login: true,
      'login-failed': true,
      logout: true,
      'password-changed': true,
      'password-reset': true,
      'password-reset-requested': true,
      reauthenticated: true,
      'reauthentication-failed': true,
      'email-change-requested': true,
      'email-changed': true,
      verified: true,
      'roles-changed': true,
      deactivated: true,
      reactivated: true,
      deleted: true,
      'sessions-ended': true,
      'sign-in-method-added': true,
      'sign-in-method-removed': true,
      'refresh-reused': true,
    } satisfies Record<SecurityEventKind, true>);
    const documented = tableRows(reference('hooks'), 'Security events').map(([kind]) => kind?.replaceAll('`', ''));
    expect(documented).to.have.members(kinds);
  });

  it('lists every rate limit with its numbers', () => {
    const rows = tableRows(reference('rate-limits'))
      .filter((row) => row.length === 5)
      .map(([name, points, seconds]) => `${name?.replaceAll('`', '')} ${points} ${seconds}`);
    const limits = Object.entries(LIMIT_DEFAULTS).map(
      ([name, { points, durationSeconds }]) => `${name} ${points} ${durationSeconds}`,
    );
    expect(rows).to.have.members(limits);
  });

  for (const [heading, entities] of [
    ['BaseUser', [face.BaseUser, face.BaseUserWithoutId]],
    ['UserSession', [BaseSession]],
    ['RateLimitCount', [face.RateLimitCount]],
  ] as const) {
    it(`lists every column of ${heading}`, () => {
      const columns = databaseMetadata()
        .columns.filter(({ target }) => entities.some((entity) => entity === target))
        .map(({ propertyName }) => propertyName);
      expect(firstNames(reference('entities'), heading)).to.have.members(columns);
    });
  }

  it('lists every method of UserManager', () => {
    const ownAlone = ['constructor', 'tellOwner'];
    const methods = Object.getOwnPropertyNames(face.UserManager.prototype).filter((name) => !ownAlone.includes(name));
    expect(firstNames(reference('user-manager'))).to.have.members(methods);
  });
});

describe('README.md', () => {
  it('counts routes and hooks right', () => {
    const { text } = readPage(join(root, 'README.md'));
    expect(text).to.include(`${ROUTE_NAMES.length} of them under`);
    expect(text).to.include(`${Object.keys(hookDecorators).length} decorators`);
  });

  it('installs every package that the library needs beside it, in a version that it takes', () => {
    const { peerDependencies, peerDependenciesMeta } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const { text } = readPage(join(root, 'README.md'));
    const peers = Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional !== true);
    for (const peer of peers) {
      const [, version] = new RegExp(`[ \\n]${peer}@([\\d.]+)`).exec(text) ?? [];
      expect(version, peer).to.be.a('string');
      const ranges: string[] = peerDependencies[peer].split(' || ');
      expect(
        ranges.some((range) => range.slice(1).startsWith(`${version}.`)),
        `${peer}@${version}`,
      ).to.equal(true);
    }
  });
});

function nameOfDecorator([cell = '']: string[]): string {
  return /^`@(\w+)/.exec(cell)?.[1] ?? cell;
}

/** An instance of every error that an entry point of the package exports. */
async function errors(): Promise<{ code: string; status: number }[]> {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const sources = Object.values<{ import?: { default: string } }>(exports).flatMap(({ import: esm }) =>
    esm === undefined ? [] : [`../../src/${esm.default.slice('./dist/'.length)}`],
  );
  const modules: object[] = await Promise.all(sources.map((source) => import(source)));
  const classes = new Set(
    modules
      .flatMap((module) => Object.values(module))
      .filter((value) => typeof value === 'function' && value.prototype instanceof face.UsersError),
  );
  return [...classes].map((errorClass) => Reflect.construct(errorClass, ['', []]));
}
