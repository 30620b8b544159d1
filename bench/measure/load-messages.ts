/** What the process that makes the load is told. */
export type LoadCommand =
  | { kind: 'requests'; requestsId: number; requests: readonly string[] }
  | { kind: 'run'; id: number; requestsId: number; plan: Omit<LoadPlan, 'requests'> }
  | { kind: 'stop'; id: number };

export interface LoadPlan {
  port: number;
  /** Connections that are kept open, each with one request under way. */
  connections: number;
  /** Whole requests of HTTP/1.1, taken in turns by all connections. */
  requests: readonly string[];
  /** No request is sent after so many milliseconds; those under way are waited for. */
  milliseconds?: number;
  /** No request is sent after so many. */
  total?: number;
  /** Each connection comes from an address of its own, as clients do: 127.0.0.2 and on. */
  fromManyAddresses?: boolean;
  /**
   * Each connection takes one of the requests, and puts the `refresh_token` of each answer in the place of the one before it.
   * There must be as many requests as connections.
   */
  refreshes?: boolean;
  /** The only status that is right. */
  expect: number;
}

export interface LoadResult {
  /** Answers of another status, and connections that broke. */
  failures: number;
  /** A status that was not right, with the start of its body. */
  firstFailure?: string;
  milliseconds: number;
  /** Milliseconds of each answer. */
  latencies: number[];
  /** Where tokens are refreshed, the requests to go on with. */
  nextRequests?: string[];
}

export interface LoadAnswer {
  id: number;
  result: LoadResult;
}
