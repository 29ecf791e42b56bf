import { createHash } from 'node:crypto';

const style = `
body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
pre{background:#f4f4f4;padding:1rem;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere}
dt{font-weight:600}dd{margin:0 0 .5rem}
textarea{width:100%;box-sizing:border-box;font:inherit}
button{font:inherit;padding:.5rem 1.5rem;margin:1rem 1rem 0 0;cursor:pointer}
button.first{font-weight:700}
`;

/** Nothing of a page is from elsewhere, runs, is framed, kept, found or told to the next page. */
export const pageHeaders = {
  'cache-control': 'no-store',
  'content-security-policy':
    `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; ` +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
} as const;

/** @param body HTML, in which all that is not ours is escaped */
export const page = (title: string, body: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>` +
  '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">' +
  `<style>${style}</style></head><body><h1>${escaped(title)}</h1>${body}</body></html>`;

const entities: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

/**
 * Text that a browser shows as it is. What is invisible, or turns round what follows, is spelled out:
 * people decide by what they see.
 */
export const escaped = (text: string) =>
  text
    .replace(/(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return `\\u{${code.toString(16)}}`;
    })
    .replace(/[&<>"']/g, (character) => entities[character] ?? '');
