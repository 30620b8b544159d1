import { readFile } from 'node:fs/promises';
import { expect } from 'chai';

/** Packages, the first version without a fault, and the older lines that got the fix as well. */
const FIXED: [fault: string, name: string, version: string, ...backports: string[]][] = [
  ['CVE-2020-7689: cuts at a NUL, and wraps at 255 bytes', 'bcrypt', '5.0.0'],
  ['CVE-2020-7637: prototype pollution', 'class-transformer', '0.3.1'],
  ['CVE-2019-18413: lets unknown objects pass', 'class-validator', '0.14.0'],
  ['CVE-2024-47764: takes a name or a path that ends the cookie', 'cookie', '0.7.0'],
  ['CVE-2022-23529, CVE-2022-23539, CVE-2022-23540, CVE-2022-23541 (supertokens too)', 'jsonwebtoken', '9.0.0'],
  ['CVE-2025-65945, GHSA-869p-cjfg-cm3x: the token chooses the key', 'jws', '4.0.1', '3.2.3'],
  ['GHSA-mm7p-fcc7-pg87: a quoted local part is routed elsewhere', 'nodemailer', '7.0.7'],
  ['CVE-2025-14874: the parser of addresses hangs', 'nodemailer', '7.0.11'],
  ['CVE-2025-7339: headers are changed by writeHead', 'on-headers', '1.1.0'],
  ['CVE-2020-8158: prototype pollution', 'typeorm', '0.2.25'],
  ['CVE-2022-33171: an object as an id becomes SQL', 'typeorm', '0.3.0'],
  ['CVE-2025-60542: an object as a value becomes columns', 'typeorm', '0.3.26'],
  ['CVE-2021-3765: an expression that takes for ever', 'validator', '13.7.0'],
  ['CVE-2025-56200: reads an address otherwise than a browser', 'validator', '13.15.20'],
  ['CVE-2025-12758: counts a length without variation selectors', 'validator', '13.15.22'],
];

/** Numbers of `1.2.3`, compared one by one. */
function isAtLeast(version: string, least: string): boolean {
  const [one, other] = [version, least].map((text) => text.split('-', 1)[0]?.split('.').map(Number) ?? []);
  for (const [index, number] of (other ?? []).entries()) {
    const difference = (one?.[index] ?? 0) - number;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

describe('faults of peers: the versions that are installed', () => {
  /** `node_modules/a/node_modules/b`, and what is there. */
  let packages: Record<string, { name?: string; version?: string }>;
  before(async () => {
    packages = JSON.parse(await readFile('package-lock.json', 'utf8')).packages;
  });

  for (const [fault, name, ...versions] of FIXED) {
    it(`${fault}: ${name} ${versions.join(' or ')} and later`, () => {
      const found = Object.entries(packages).filter(
        ([path, entry]) => (entry.name ?? path.split('node_modules/').at(-1)) === name && path !== '',
      );
      expect(found).not.to.have.length(0);
      for (const [path, { version = '' }] of found) {
        const line = versions.find((fixed) => version.split('.', 1)[0] === fixed.split('.', 1)[0]) ?? versions[0] ?? '';
        expect(isAtLeast(version, line), `${path} ${version}`).to.equal(true);
      }
    });
  }
});
