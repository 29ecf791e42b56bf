import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { isPlaybookFile, toolsFileOf } from './playbook-file.ts';

const versionCharacters = 16;

/**
 * Of the agent's file and all that lies in its folder, and of the tools where these may be its own:
 * any change of them is another version.
 */
export function versionOf(folder: string, file: string): string {
  const hash = createHash('sha256').update(readFileSync(file));
  const tools = isPlaybookFile(file) ? toolsFileOf(folder) : undefined;
  const folders = [file, ...(tools ? [tools] : [])].map((one) =>
    join(folder, basename(one, extname(one)), '/'),
  );
  const inside = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path === tools || folders.some((own) => path.startsWith(own)))
    .sort();
  for (const path of inside) hash.update(path.slice(folder.length)).update(readFileSync(path));
  return hash.digest('hex').slice(0, versionCharacters);
}
