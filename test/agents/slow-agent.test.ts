import type { ToolContext } from 'longrun/agent';
import { describe, expect, it } from 'vitest';
import slowAgent from '../../agents/slow-agent.ts';
import { Conversation } from './conversation.ts';

type Progress = Parameters<ToolContext['progress']>[0];

/** The arguments of the tool call that the agent answers a message with. */
async function callFor(message: string) {
  const { content } = await slowAgent.model.doGenerate({
    prompt: [{ role: 'user', content: [{ type: 'text', text: message }] }],
  });
  return content.flatMap((part) => (part.type === 'tool-call' ? JSON.parse(part.input) : []));
}

describe('the slow agent', () => {
  it('works as long as it is told and reports how far it is', async () => {
    const reports: Progress[] = [];
    const context = { progress: (report: Progress) => void reports.push(report) };
    const begun = performance.now();

    const { text, reasoning } = await new Conversation(slowAgent, { context }).say(
      'Work for 2 seconds.',
    );

    const seconds = (performance.now() - begun) / 1000;
    expect(text).toBe('Done: I worked for **2 s**.');
    expect(reasoning).toHaveLength(1);
    expect(reports).toEqual([
      { phase: 'working', percentage: 50, message: '1 of 2 s' },
      { phase: 'working', percentage: 100, message: '2 of 2 s' },
    ]);
    expect(seconds).toBeGreaterThan(1.95);
  });

  it('stops at once when it is aborted', async () => {
    const begun = performance.now();
    const signal = AbortSignal.timeout(50);

    const { calls } = await new Conversation(slowAgent, { context: { signal } }).say(
      'Work for 15 seconds',
    );

    expect(calls[0]?.output.type).toBe('error-text');
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it.each([
    ['Take your time', 40],
    ['Work for 5 seconds', 5],
    ['work 90s', 90],
    ['Work for 2 minutes.', 120],
    ['1 minute and 30 seconds, please', 90],
    ['Work for 1.5 min', 90],
  ])('takes "%s" for %d seconds', async (message, seconds) => {
    expect(await callFor(message)).toEqual([{ seconds }]);
  });

  it.each([
    ['Work for 0 seconds', 'Work for 1 second at least.'],
    ['Work for -3 seconds', 'Work for 1 second at least.'],
    ['Work for 601 seconds', 'Work for 600 seconds at most.'],
    ['Work for 1 hour', 'Work for 600 seconds at most.'],
  ])('says what it can do instead of "%s"', async (message, reason) => {
    const { text } = await new Conversation(slowAgent).say(message);

    expect(text).toContain('I can for 1 to 600 seconds');
    expect(text).toContain(reason);
  });

  it('suggests shorter and longer work', async () => {
    expect(await new Conversation(slowAgent).followUps()).toEqual([
      'Work for 5 seconds.',
      'Work for 2 minutes.',
    ]);
  });
});
