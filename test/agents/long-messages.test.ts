import { describe, expect, it } from 'vitest';
import financeAgent from '../../agents/finance-agent.ts';
import opsAgent from '../../agents/ops-agent.ts';
import slowAgent from '../../agents/slow-agent.ts';

const agents = [financeAgent, opsAgent, slowAgent];
const pieces = ['a', '1', ' ', ',', '"', '- ', 'jan ', '2009-', 'and ', 'AAPL, ', 'send email '];
const furtherPieces = [
  'delete tables ',
  'a@b.co ',
  'about ',
  'select ',
  '`',
  "x's ",
  '12 ',
  'may ',
];

describe.each(agents.map(({ id, model }) => ({ id, model })))('$id', ({ model }) => {
  it.each([...pieces, ...furtherPieces])(
    'answers a long message of %j without delay',
    async (piece) => {
      for (const length of [900, 1_900, 24_000, 256_000]) {
        const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
        const begun = performance.now();

        await model.doGenerate({ prompt: [{ role: 'user', content: [{ type: 'text', text }] }] });

        expect(performance.now() - begun, `${length} characters`).toBeLessThan(1_000);
      }
    },
  );
});
