import * as z from 'zod';

export interface Link {
  readonly name: string;
  readonly url: string;
}

const HasLinks = z.object({ links: z.record(z.string(), z.string()) });

const seen = new Set<string>();

/** The links of an answer that are the first of their kind: of their name and their operation. */
export function newLinks(request: string, headers: Headers, body: unknown): Link[] {
  const location = headers.get('Location');
  const links = [...(location ? [{ name: 'Location', url: location }] : []), ...linksIn(body)];
  return links.filter(({ name }) => {
    const kind = `${name} of ${patternOf(request)}`;
    return !seen.has(kind) && seen.add(kind);
  });
}

function linksIn(body: unknown): Link[] {
  if (typeof body !== 'object' || body === null) return [];
  const own = HasLinks.safeParse(body);
  const links = own.success ? Object.entries(own.data.links).filter(isOurs) : [];
  return [
    ...links.map(([name, url]) => ({ name: `links.${name}`, url })),
    ...Object.values(body).flatMap(linksIn),
  ];
}

/** The console where executions are looked at is another service, which asks people to sign in. */
const isOurs = ([name]: [string, string]) => name !== 'execution';

/** The request without what differs from call to call. */
const patternOf = (request: string) =>
  request.replace(/\?.*/, '').replace(/(run_)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '*');
