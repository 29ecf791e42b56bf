export interface PictureSize {
  readonly format: string;
  readonly width: number;
  readonly height: number;
}

const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const gif = [0x47, 0x49, 0x46, 0x38];

/** In pixels, from the head of a PNG or a GIF; `undefined` where it is neither. */
export function pictureSize(bytes: Uint8Array): PictureSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begins = (magic: readonly number[]) => magic.every((byte, i) => bytes[i] === byte);
  const size =
    begins(png) && bytes.length >= 24
      ? { format: 'PNG', width: view.getUint32(16), height: view.getUint32(20) }
      : begins(gif) && bytes.length >= 10
        ? { format: 'GIF', width: view.getUint16(6, true), height: view.getUint16(8, true) }
        : undefined;
  return size && size.width > 0 && size.height > 0 ? size : undefined;
}
