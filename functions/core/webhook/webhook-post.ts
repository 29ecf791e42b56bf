/** Posts to a place that somebody else has chosen, from where that does no harm. Never rejects. */
export type WebhookPost = (request: WebhookRequest) => Promise<WebhookAnswer>;

export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** The status that came back, or why none did. */
export type WebhookAnswer = { readonly status: number } | { readonly error: string };
