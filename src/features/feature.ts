import type { Authenticator, CredentialsListener, SecondFactors } from '../authentication/index.js';
import type { SecurityEventListener } from '../hooks/index.js';
import type { Bodies, OriginPolicy } from '../http/index.js';
import type { ClientLimits } from '../limits/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import type { Secrets } from '../tokens/index.js';
import type { UserManager, UserSerializer, UsersContext } from '../users/index.js';

/** What a feature works with. */
export interface FeatureContext<U extends BaseUserWithoutId = BaseUserWithoutId> {
  users: UserManager<U>;
  context: UsersContext<U>;
  serializer: UserSerializer<U>;
  authenticator: Authenticator<U>;
  bodies: Bodies;
  limits: ClientLimits;
  /** Which origins the app trusts. */
  origin: OriginPolicy;
  secrets: Secrets;
}

/** What a feature adds to an app. */
export interface FeatureParts<U extends BaseUserWithoutId = BaseUserWithoutId> {
  /** Instances that its controllers and the app's services find in the container, by their classes. */
  services?: readonly object[];
  /** Tells which factors a user has to show beside the first. */
  secondFactors?: SecondFactors<U>;
  /** Ends what hangs on old credentials, inside the transaction that changes them. */
  onCredentialsChanged?: CredentialsListener<U>;
  /** Keeps security events, inside the transaction of what they tell of where there is one. */
  onSecurityEvent?: SecurityEventListener;
  /** Lets go of what the feature holds open. */
  close?(): Promise<void>;
}

/**
 * Something that an app may switch on by `features: […]`: with tables, services and a controller of its own, and unknown to the rest
 * of the library. Apps can implement it too.
 */
export interface Feature<U extends BaseUserWithoutId = BaseUserWithoutId> {
  /** Unique in the app. */
  readonly name: string;
  /**
   * Faults of its configuration, as sentences that say what to write.
   * @param context - `entityTargets`: the classes of the DataSource; `user`: the app's; `backends`: the names of the set-up's, the first first
   */
  check?(context: { entityTargets: readonly unknown[]; user: Function; backends: readonly string[] }): string[];
  /** Called once, when the options have no fault. */
  setUp(context: FeatureContext<U>): FeatureParts<U>;
}
