import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];
/** @default 'dim' for the style */
export type Line = readonly [label: string, text: string, style?: Style];

const indent = '   ';
const labelWidth = 11;
const hanging = `\n${indent}${' '.repeat(labelWidth)}`;

/** Without colours where standard output is no terminal or NO_COLOR is set. */
const styled = (style: Style, text: string) => styleText(style, text, { stream: process.stdout });

/** What the demo prints: lines with a label, and text that flows in word by word. */
export class Screen {
  #flowing: string | undefined;

  heading(text: string): void {
    this.#print(`\n${styled('bold', text)}\n`);
  }

  line(...[label, text, style = 'dim']: Line): void {
    const lines = text.replaceAll('\n', hanging);
    this.#print(
      `${indent}${styled(style, text === '' ? label : label.padEnd(labelWidth))}${lines}`,
    );
  }

  text(text: string): void {
    this.#print(text.replace(/^(?=.)/gm, indent));
  }

  /** A part of a text that begins with the label, or goes on. */
  flow(label: string, part: string): void {
    const opening = indent + styled('dim', label.padEnd(labelWidth));
    const isNew = this.#flowing !== label;
    if (isNew) this.#endFlow();
    process.stdout.write((isNew ? opening : '') + part.replaceAll('\n', hanging));
    this.#flowing = label;
  }

  #endFlow(): void {
    if (this.#flowing !== undefined) process.stdout.write('\n');
    this.#flowing = undefined;
  }

  #print(text: string): void {
    this.#endFlow();
    console.log(text);
  }
}
