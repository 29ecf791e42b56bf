import { describe, expect, it } from 'vitest';
import { pictureSize } from '../../agents/print-agent/picture-size.ts';
import printAgent from '../../agents/print-agent.ts';
import { aToolContext } from './a-tool-context.ts';
import { Conversation } from './conversation.ts';

const png = (width: number, height: number) => {
  const bytes = Buffer.alloc(24);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
};

const gif = (width: number, height: number) => {
  const bytes = Buffer.from('GIF89a\0\0\0\0', 'latin1');
  bytes.writeUInt16LE(width, 6);
  bytes.writeUInt16LE(height, 8);
  return bytes;
};

/** What the agent does first with a message and a picture. */
async function firstTurn(text: string, picture: Uint8Array) {
  const { content } = await printAgent.model.doGenerate({
    prompt: [
      {
        role: 'user',
        content: [
          { type: 'text', text },
          { type: 'file', mediaType: 'image/png', data: { type: 'data', data: picture } },
        ],
      },
    ],
  });
  return content;
}

describe('the print agent', () => {
  it.each([
    ['Print it.', { copies: 1, widthCm: 20, heightCm: 15 }],
    ['3 prints, 10 cm wide', { copies: 3, widthCm: 10, heightCm: 7.5 }],
    ['40cm, 2 copies', { copies: 2, widthCm: 40, heightCm: 30 }],
  ])('orders for "%s", in the shape of the picture', async (message, input) => {
    const content = await firstTurn(message, png(640, 480));

    expect(content).toMatchObject([
      { type: 'reasoning', text: expect.stringContaining('PNG of 640 × 480 pixels') },
      { type: 'tool-call', toolName: 'order_prints', input: JSON.stringify(input) },
    ]);
  });

  it('asks for a picture where there is none', async () => {
    const { text, calls } = await new Conversation(printAgent).say('Print it.');

    expect(text).toContain('Send me a picture');
    expect(calls).toEqual([]);
  });

  it('says that it cannot read what is no picture', async () => {
    const content = await firstTurn('Print it.', Buffer.from('%PDF-1.7'));

    expect(content).toMatchObject([{ type: 'text', text: 'I cannot read this image/png.' }]);
  });

  it('waits for an approval of every order', () => {
    expect(printAgent.tools?.map(({ approval }) => approval?.when)).toEqual(['always']);
  });

  it('writes the same receipt however often it is asked for one order', async () => {
    const [tool] = printAgent.tools ?? [];
    const order = { copies: 3, widthCm: 10, heightCm: 7.5 };

    const receipts = [1, 2].map(() =>
      tool?.execute(order, aToolContext({ idempotencyKey: '0123456789:call_0' })),
    );

    expect(receipts[0]).toEqual({ ...order, orderId: 'demo-01234567', euros: 0.9 });
    expect(receipts[1]).toEqual(receipts[0]);
  });
});

it.each([
  [png(640, 480), { format: 'PNG', width: 640, height: 480 }],
  [gif(3, 500), { format: 'GIF', width: 3, height: 500 }],
  [png(0, 480), undefined],
  [png(640, 480).subarray(0, 23), undefined],
  [gif(3, 5).subarray(0, 9), undefined],
  [new Uint8Array(), undefined],
  [Buffer.from('not a picture at all, but long enough'), undefined],
])('the size of picture %# is read from its head, or not at all', (bytes, size) => {
  expect(pictureSize(bytes)).toEqual(size);
});
