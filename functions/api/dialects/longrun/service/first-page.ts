import { readFile } from 'node:fs/promises';

const file = new URL('./first-page.html', import.meta.url);

/** One file, read anew each time: it is small and seldom asked for. */
export const firstPage = () => readFile(file, 'utf8');

export const firstPageHeaders = {
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; " +
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;
