const hidden = '[hidden]';
const longestCharacters = 2_000;

/** What gives access, whoever's it is. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=*-]{6,}/gi, `$1 ${hidden}`],
  [/\b(?:sk|pk|rk|xai|gsk)-[\w*.-]{6,}/g, hidden],
  [/\b(?:AKIA|ASIA|ABSK)[\w+/=]{12,}/g, hidden],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, hidden],
  // A signed URL is a key to what it names; so is a name and a password before the host.
  [/(https?:\/\/[^\s?#"'<>]+)\?[^\s"'<>]*/g, `$1?${hidden}`],
  [/(https?:\/\/)[^\s/@"'<>]+@/g, `$1${hidden}@`],
  [
    /\b(api[_-]?key|token|secret|signature|password)(["']?\s*[=:]\s*["']?)[^\s"',;&]{6,}/gi,
    `$1$2${hidden}`,
  ],
];

/** A text that may be shown to a caller, without what it may not know. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, hidden);
  for (const [pattern, replacement] of patterns) clean = clean.replaceAll(pattern, replacement);
  return clean.length > longestCharacters ? `${clean.slice(0, longestCharacters)}…` : clean;
}
