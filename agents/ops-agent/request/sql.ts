/** How SQL begins, and no English sentence. `DROP TABLE` is left to the tool that asks a person. */
const beginnings: readonly RegExp[] = [
  /^select\b(?! all | the | some )/i,
  /^with\s+(recursive\s+)?\w+\s*(\(|as\b)/i,
  /^values\s*\(/i,
  /^explain\s+(query\s+plan\s+)?(select|with)\b/i,
  /^insert\s+(or\s+\w+\s+)?into\b/i,
  /^replace\s+into\b/i,
  /^update\s+\S+\s+set\b/i,
  /^delete\s+from\b/i,
  /^(create|alter)\s+\w+/i,
  /^(pragma|attach|detach|vacuum|begin|reindex)\b/i,
];

const fence = /^```(?:sql)?\s*([\s\S]*?)```$/;

/** The message's SQL, when it is nothing else. */
export function readSql(message: string): string | undefined {
  const text = message.trim();
  const sql = (fence.exec(text)?.[1] ?? text).trim();
  return beginnings.some((beginning) => beginning.test(sql)) ? sql : undefined;
}
