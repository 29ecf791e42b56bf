import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { decideApproval } from '#core/approval/decide-approval.ts';
import { toEnvelope } from '#core/outbox/event-envelope.ts';
import type { OutboxEvent } from '#core/outbox/outbox-event.ts';
import { hasEnded } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { inOrder } from '../../docs/event-consumer.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anEngine } from '../builders/an-engine.ts';

/** All that was told of runs which asked for decisions, some of them twice. */
async function eventsOfRuns(): Promise<OutboxEvent[]> {
  const told: OutboxEvent[] = [];
  const bus = {
    publish: async (events: readonly OutboxEvent[]) => {
      told.push(...events);
      return [];
    },
  };
  const engine = await anEngine({ bus, agents: [workingAgent(() => undefined)] });
  for (const message of ['safe', 'guarded', 'guarded guarded']) {
    const run = await engine.submit({ agentId: 'worker', message });
    for (let asked = message.split('guarded').length - 1; asked > 0; asked -= 1) {
      await engine.reach(run, (now) => now.status === 'PAUSED' && now.pauses > 0);
      const decision = asked === 1 ? 'REJECT' : 'APPROVE';
      await decideApproval(engine.deps, {
        ...{
          ...keyOf(run),
          decision,
          by: { orgId: 'acme', userId: 'ann', name: 'ann' },
          idempotency: undefined,
        },
      });
    }
    await engine.reach(run, hasEnded);
  }
  await vi.waitFor(() => expect(told.filter(isLast)).toHaveLength(3));
  return told;
}

const isLast = (event: OutboxEvent) =>
  event.type === 'Agent Run Status Changed' && event.status === 'COMPLETED';

it('the consumer of the docs has the right view of each run, however its events come', async () => {
  const events = (await eventsOfRuns()).map(toEnvelope);
  const numbers = (runId: unknown) => events.filter(({ detail }) => detail['runId'] === runId);
  const places = events.map((_, i) => i);
  // Every event once, and any of them any number of times more, in any order.
  const anyOrder = fc.array(fc.constantFrom(...places), { maxLength: 40 }).chain((doubles) =>
    fc.shuffledSubarray(
      [...places, ...doubles].map((at, i) => [at, i] as const),
      {
        minLength: places.length + doubles.length,
      },
    ),
  );

  fc.assert(
    fc.property(anyOrder, (order) => {
      const views = new Map<string, { status: unknown; changes: number[] }>();
      const consume = inOrder<(typeof events)[number] & Detailed>(({ detail }) => {
        const { changes = [], status } = views.get(detail.runId) ?? {};
        if ('previousStatus' in detail) expect(detail['previousStatus']).toBe(status ?? null);
        const now = 'status' in detail ? detail['status'] : status;
        views.set(detail.runId, { status: now, changes: [...changes, detail.change] });
      });

      for (const [at] of order) consume(detailed(events[at]));

      expect(views.size).toBe(3);
      for (const [runId, { status, changes }] of views) {
        expect(status).toBe('COMPLETED');
        expect(changes).toEqual(numbers(runId).map((_, i) => i + 1));
      }
    }),
    { numRuns: 200 },
  );
});

interface Detailed {
  readonly detail: Readonly<Record<string, unknown>> & { runId: string; change: number };
}

function detailed(event: ReturnType<typeof toEnvelope> | undefined) {
  if (!event) throw new Error('no event');
  const { runId, change } = event.detail;
  return { ...event, detail: { ...event.detail, runId: `${runId}`, change: Number(change) } };
}
