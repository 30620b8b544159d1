import { oidc } from '../../../../src/features/oauth/index.js';
import { Browser } from './browser.js';
import { type AppOptions, type OAuthApp, startApp } from './oauth-app.js';
import { CLIENT, type RealProvider, startProvider } from './real-provider.js';

/** The real provider, an app that knows it as `oidc`, and a browser. */
export class Stage {
  readonly browser = new Browser();
  private readonly apps: OAuthApp[] = [];
  private readonly redirects: string[] = [];

  private constructor(readonly providers: RealProvider[]) {}

  /** @param configuration - of the provider, beside what the tests need */
  static async open(configuration: object = {}): Promise<Stage> {
    const stage = new Stage([]);
    stage.providers.push(await startProvider(stage.redirects, configuration));
    return stage;
  }

  get provider(): RealProvider {
    const [provider] = this.providers;
    if (provider === undefined) throw new Error('the stage is not open');
    return provider;
  }

  /** Options for a provider of the app that is the real one. */
  get client(): { issuer: string; clientId: string; clientSecret: string } {
    return { ...CLIENT, issuer: this.provider.issuer };
  }

  async start(options: Partial<AppOptions> = {}): Promise<OAuthApp> {
    const profile = ({ given_name: firstName }: Readonly<Record<string, unknown>>) => ({ firstName });
    const app = await startApp({ providers: { oidc: oidc({ ...this.client, profile }) }, ...options });
    this.apps.push(app);
    this.redirects.push(...['oidc', 'other'].map((name) => `${app.url}/oauth/${name}/callback`));
    return app;
  }

  async close(): Promise<void> {
    for (const app of this.apps) await app.stop();
    for (const provider of this.providers) await provider.stop();
  }
}
