import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

const repository = join(import.meta.dirname, '../..');
const nodePackage = `node_modules/node-${process.platform}-${process.arch}`;

export type Packages = Record<string, { version?: string; dev?: boolean; optional?: boolean }>;

export const lockedPackages: Packages = {
  '': {},
  'node_modules/needed': { version: '1.0.0' },
  'node_modules/for-development': { version: '1.0.0', dev: true },
  'node_modules/for-another-platform': { version: '1.0.0', optional: true },
  [nodePackage]: { version: '24.21.0', optional: true },
};

export interface LaunchOptions {
  readonly args?: readonly string[];
  /** The version that the launcher believes to run on. @default the one that it runs on */
  readonly nodeVersion?: string;
  readonly env?: Record<string, string>;
  /** @default the one with the npm that downloads nothing, and what a shell script needs */
  readonly path?: string;
}

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with the launcher, commands to launch and an npm that downloads nothing. */
export class Checkout {
  readonly root = mkdtempSync(join(tmpdir(), 'longrun-launcher-'));

  constructor() {
    cpSync(join(repository, 'bin/launch.mjs'), join(this.root, 'bin/launch.mjs'));
    cpSync(join(repository, 'bin/launch'), join(this.root, 'bin/launch'), { recursive: true });
    this.write('package.json', '{"type":"module"}');
    this.write('package-lock.json', JSON.stringify({ packages: lockedPackages }));
    const npm = readFileSync(join(import.meta.dirname, 'fake-npm.cjs'), 'utf8');
    this.write('tools/package.json', '{"type":"commonjs"}');
    this.writeProgram('tools/npm', `#!${process.execPath}\n${npm}`);
    for (const command of ['serve', 'verify']) this.command(command, `console.log('it runs')`);
    onTestFinished(() => rmSync(this.root, { recursive: true }));
  }

  write(path: string, content: string, mode = 0o644): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content, { mode });
  }

  writeProgram(path: string, content: string): void {
    this.write(path, content, 0o755);
  }

  command(name: string, source: string): void {
    this.write(`bin/${name}.ts`, source);
  }

  /** Leaves npm's record of what it installed. */
  installed(packages: Packages = lockedPackages): void {
    this.write('node_modules/.package-lock.json', JSON.stringify({ packages }));
  }

  /** Brings a Node for this platform. @default one that runs and says `bundled` */
  bundledNode(script = `export NODE_IS=bundled\nexec "${process.execPath}" "$@"\n`): string {
    this.writeProgram(join(nodePackage, 'bin/node'), `#!/bin/sh\n${script}`);
    return join(this.root, nodePackage, 'bin');
  }

  /** The arguments of every npm that was started. */
  npmCalls(): string[] {
    try {
      return readFileSync(join(this.root, 'npm.log'), 'utf8').trim().split('\n');
    } catch {
      return [];
    }
  }

  start(command: string, options: LaunchOptions = {}): ChildProcess {
    const {
      args = [],
      nodeVersion,
      env = {},
      path = `${this.root}/tools${delimiter}/usr/bin:/bin`,
    } = options;
    const pretend = `Object.defineProperty(process, 'versions', { value: { node: '${nodeVersion}' } })`;
    const imports = nodeVersion ? ['--import', `data:text/javascript,${pretend}`] : [];
    return spawn(process.execPath, [...imports, 'bin/launch.mjs', command, ...args], {
      cwd: this.root,
      env: { PATH: path, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async launch(command: string, options?: LaunchOptions): Promise<Outcome> {
    return outcomeOf(this.start(command, options));
  }
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  if (!child.stdout || !child.stderr) throw new Error('started without pipes');
  const closed = new Promise<Pick<Outcome, 'code' | 'signal'>>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });

  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { ...(await closed), stdout, stderr };
}
