import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

const hashCharacters = 12;

/** Files that bundled modules read, each named after its content. */
export class Assets {
  readonly #content = new Map<string, Buffer>();

  /** @returns the name that it gets beside the bundle */
  add(file: string, content: Uint8Array): string {
    const hash = createHash('sha256').update(content).digest('hex').slice(0, hashCharacters);
    const name = `${hash}-${basename(file)}`;
    this.#content.set(name, Buffer.from(content));
    return name;
  }

  /** Writes what the code names, and what that names in turn; a dropped module's files are left out. */
  async writeNamedIn(code: string, folder: string): Promise<void> {
    const names = this.#namedIn(code);
    if (names.size > 0) await mkdir(folder, { recursive: true });
    for (const name of names) await writeFile(join(folder, name), this.#content.get(name) ?? '');
  }

  #namedIn(code: string, found = new Set<string>()): Set<string> {
    for (const [name, content] of this.#content) {
      if (found.has(name) || !code.includes(name)) continue;
      found.add(name);
      if (name.endsWith('.mjs')) this.#namedIn(content.toString(), found);
    }
    return found;
  }
}
