/** One load, measured from outside. */
export interface LoadFigures {
  /** Requests, or runs, that came out as they should. */
  readonly done: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** How often each thing went wrong. */
  readonly errors: Readonly<Record<string, number>>;
  /** Parts of one core; `null` where the system does not say. */
  readonly serviceCpu: number | null;
  readonly generatorCpu: number;
}

/** The line of JSON. A scenario that was not asked for is not in it. */
export interface Figures {
  readonly date: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly quick: boolean;
  accepts?: LoadFigures & {
    /** From the last accept until every run was completed. */
    readonly completedAfterSeconds: number;
  };
  latency?: LoadFigures & {
    readonly p50Ms: number | null;
    readonly p99Ms: number | null;
    /** The median where one client has the service to itself. */
    readonly aloneP50Ms: number | null;
  };
  reads?: LoadFigures;
  memory?: {
    readonly idleMiB: number | null;
    readonly afterRuns: number;
    readonly afterMiB: number | null;
  };
  start?: { readonly emptyMs: number; readonly fullMs: number; readonly fullRuns: number };
  /** Of all loads, those that only prepare included. */
  errors: number;
}
