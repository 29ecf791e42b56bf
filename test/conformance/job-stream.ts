import type { Client } from './client.ts';
import { eventually } from './eventually.ts';
import { jobPath } from './jobs.ts';

export interface JobFrame {
  readonly event: string | undefined;
  readonly id: string | undefined;
  /** `undefined` in the last frame, which says `[DONE]`. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

const parseFrame = (text: string): JobFrame => {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
  const data = field('data') ?? '';
  if (text.split('\n').some((line) => !/^(?:id|event|data): /.test(line)))
    throw new Error(`No frame: ${text}`);
  return {
    event: field('event'),
    id: field('id'),
    data: data === '[DONE]' ? undefined : JSON.parse(data),
  };
};

/** All that one connection tells. @throws on what is no event stream, or no JSON */
export async function jobConnection(
  client: Client,
  id: string,
  lastEventId?: string,
): Promise<JobFrame[]> {
  const headers = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId };
  const response = await client.send('GET', `${jobPath(id)}/stream`, { headers });
  const type = response.headers.get('Content-Type')?.split(';')[0];
  const text = await response.text();
  if (response.status !== 200 || type !== 'text/event-stream')
    throw new Error(`The stream of ${id} is answered with ${response.status} ${type}: ${text}`);
  return text
    .split('\n\n')
    .filter((frame) => frame !== '' && !/^retry: \d+$/.test(frame))
    .map(parseFrame);
}

/** As a client that cannot resume: connects again until it was told the end. */
export async function followJob(client: Client, id: string): Promise<JobFrame[]> {
  const frames: JobFrame[] = [];
  await eventually(`the stream of ${id} has ended`, async () => {
    frames.push(...(await jobConnection(client, id)));
    return frames.at(-1)?.data === undefined || undefined;
  });
  return frames;
}
