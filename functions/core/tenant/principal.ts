/** Who asks, from the credential and from nothing else. */
export interface Principal {
  /** The tenant. Everything that is read or written belongs to it. */
  readonly orgId: string;
  /** Default of a run's `userId`. */
  readonly userId: string;
  /** Named in audit trails: `key:<id>`, `user:<name>` or `dev`. */
  readonly name: string;
  /** What rules may ask for, such as `approvers`. @default - none */
  readonly groups?: readonly string[] | undefined;
}
