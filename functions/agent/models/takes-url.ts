/** Whether a model fetches such media itself. */
export const takesUrl = (
  supportedUrls: Readonly<Record<string, readonly RegExp[]>>,
  mediaType: string,
  url: string,
): boolean =>
  Object.entries(supportedUrls).some(
    ([type, patterns]) =>
      fits(type.toLowerCase(), mediaType.toLowerCase()) &&
      patterns.some((pattern) => url.search(pattern) === 0),
  );

const fits = (type: string, mediaType: string) =>
  ['*', '*/*', mediaType].includes(type) ||
  (type.endsWith('/*') && mediaType.startsWith(type.slice(0, -1)));
