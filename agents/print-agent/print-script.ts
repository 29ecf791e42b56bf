import type { Script, ScriptedResult, ScriptedTurn } from 'longrun/scripted-model';
import { orderPrints, Receipt } from './order-prints.ts';
import { type PictureSize, pictureSize } from './picture-size.ts';

const usualWidthCm = 20;

export const printScript: Script = ({ message, media, results: [result], wantsJson }) => {
  if (wantsJson) return { json: { questions: ['And two more, half as wide?'] } };
  if (result) return { text: describe(result) };
  const [picture] = media;
  if (picture?.bytes === undefined)
    return { text: 'Send me a picture (PNG or GIF), and say how many prints, how wide.' };
  const size = pictureSize(picture.bytes);
  return size ? order(message, size) : { text: `I cannot read this ${picture.mediaType}.` };
};

function order(message: string, { format, width, height }: PictureSize): ScriptedTurn {
  const copies = numberBefore(message, /(?:prints?|copies|copy|times)/) ?? 1;
  const widthCm = numberBefore(message, /cm/) ?? usualWidthCm;
  const heightCm = Math.round((widthCm * height * 10) / width) / 10;
  return {
    reasoning: `This is a ${format} of ${width} × ${height} pixels. At ${widthCm} cm it is ${heightCm} cm high. Prints cost money, so a person has to approve the order.`,
    toolCalls: [{ name: orderPrints.name, input: { copies, widthCm, heightCm } }],
  };
}

function numberBefore(message: string, unit: RegExp): number | undefined {
  const [, digits] = new RegExp(`(\\d{1,4})\\s*${unit.source}`, 'i').exec(message) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function describe({ outcome, value }: ScriptedResult): string {
  if (outcome === 'denied') return `Nothing is ordered: ${value}`;
  const receipt = Receipt.safeParse(value);
  if (outcome === 'error' || !receipt.success) return `That did not work. ${value}`;
  const { copies, widthCm, heightCm, euros, orderId } = receipt.data;
  return `Ordered: **${copies} × ${widthCm} × ${heightCm} cm** for ${euros.toFixed(2)} € (\`${orderId}\`).`;
}
