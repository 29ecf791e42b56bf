/** The remote agent cannot be asked, or its answer makes no sense. The message is for the caller. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
}

/** One that the same request may not meet again. */
export class PassingRemoteError extends RemoteError {}

export interface RemoteRequestParts {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What must not be told to anybody. */
  readonly secrets: readonly string[];
}

export interface RemoteReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** How a remote agent is reached. */
export interface RemoteTransport {
  /** Where it is, as a person is told. */
  readonly place: string;
  /**
   * Made anew for each attempt.
   * @throws RemoteError
   */
  prepare(body: string, idempotencyKey: string): Promise<RemoteRequestParts>;
  /**
   * The answer that a reply carries.
   * @throws RemoteError
   */
  read(reply: RemoteReply): string;
}

const shownCharacters = 300;

/** What a reply that is no answer says. */
export const saying = ({ status, text }: RemoteReply) =>
  `answered ${status}: ${text.slice(0, shownCharacters)}`;
