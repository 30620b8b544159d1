import { BlockList, isIP } from 'node:net';
import type { BaseSession } from '../../sessions/session.entity.js';
import { findSessionEntity } from '../../setup/check-entities.js';
import { type Check, type Finding, isProduction, type Patient } from './finding.js';

/** Environment variables of hosts that have a proxy in front of every app. */
const PROXIED_HOSTS = {
  DYNO: 'Heroku',
  FLY_APP_NAME: 'Fly.io',
  K_SERVICE: 'Cloud Run',
  KUBERNETES_SERVICE_HOST: 'Kubernetes',
  RAILWAY_ENVIRONMENT_ID: 'Railway',
  RENDER: 'Render',
  WEBSITE_SITE_NAME: 'Azure App Service',
} as const;

const ADVICE = "write app.set('trust proxy', 1) where one proxy is in front, or the proxies' addresses";
const EXPORT_APP = 'export the Express app from the set-up module: export const app = …';
const LATEST_SESSIONS = 50;
const FEWEST_USERS = 3;

/**
 * Whether the app is behind a proxy cannot be asked for. What can be known: Express' setting, where the module exports `app`; whether the host is one
 * of those that always have a proxy; and whether all people of late came from one private address, which is a proxy's then.
 */
export const checkProxy: Check = async (patient, found) => {
  const trusts = patient.app.express?.get('trust proxy');
  if (trusts === true) {
    return [
      {
        severity: 'warning',
        check: 'trust-proxy',
        problem: "Express' `trust proxy` is true: each client may claim any address, and gets rate limits of its own for each",
        advice: ADVICE,
      },
    ];
  }
  const isOff = trusts === false || trusts === 0;
  if (trusts !== undefined && !isOff) return [];
  const host = hostOf(patient.environment);
  // Tables that the database lacks cannot be asked.
  const address = found.some(({ check }) => check === 'schema') ? null : await sharedPrivateAddress(patient);
  const signs = [
    ...(host === null ? [] : [`${host} has one in front of every app`]),
    ...(address === null ? [] : [`the latest sign-ins of several people all came from ${address}`]),
  ];
  const state = trusts === undefined ? "Express' `trust proxy` cannot be seen" : "Express' `trust proxy` is off";
  if (signs.length > 0) {
    const isCertain = isOff || address !== null;
    const problem = `${state}, and the app is behind a proxy: ${signs.join('; ')}. All clients share its address, and its rate limits`;
    return [
      { severity: isCertain ? 'error' : 'warning', check: 'trust-proxy', problem, advice: isCertain ? ADVICE : EXPORT_APP },
    ];
  }
  return isProduction(patient) ? [unsure(state, trusts === undefined)] : [];
};

function unsure(state: string, isUnseen: boolean): Finding {
  return {
    severity: 'warning',
    check: 'trust-proxy',
    problem: `${state}: right where clients reach the app without a proxy, and else all share one address and its rate limits`,
    advice: isUnseen ? EXPORT_APP : ADVICE,
  };
}

function hostOf(environment: NodeJS.ProcessEnv): string | null {
  const found = Object.entries(PROXIED_HOSTS).find(
    ([variable]) => environment[variable] !== undefined && environment[variable] !== '',
  );
  return found === undefined ? null : found[1];
}

async function sharedPrivateAddress({ app: { context } }: Patient): Promise<string | null> {
  const { database, entity } = context.table;
  const sessionEntity = findSessionEntity(database.dataSource, entity);
  if (sessionEntity === undefined) return null;
  const query = database.dataSource.getRepository<BaseSession>(sessionEntity).createQueryBuilder('session');
  const rows: unknown[] = await query
    .select('session.ip', 'ip')
    .addSelect('session.user', 'userId')
    .orderBy('session.expiresAt', 'DESC')
    .limit(LATEST_SESSIONS)
    .getRawMany();
  const addresses = new Set(rows.map((row) => String(Reflect.get(Object(row), 'ip'))));
  const users = new Set(rows.map((row) => String(Reflect.get(Object(row), 'userId'))));
  const [address = ''] = addresses;
  return addresses.size === 1 && users.size >= FEWEST_USERS && isPrivate(address) ? address : null;
}

/** Addresses that no client on the internet has. A lone developer's are such too, but he is not several people. */
function isPrivate(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const list = new BlockList();
  for (const [net, bits] of [
    ['10.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    ['127.0.0.0', 8],
  ] as const)
    list.addSubnet(net, bits, 'ipv4');
  for (const [net, bits] of [
    ['fc00::', 7],
    ['::1', 128],
  ] as const)
    list.addSubnet(net, bits, 'ipv6');
  return list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
