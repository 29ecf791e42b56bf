import { describe, expect, it, vi } from 'vitest';
import { decideApproval } from '#core/approval/decide-approval.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { hasEnded, type Run } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { sweep } from '#core/run/sweep.ts';
import { aBus, type FakeBus } from '../builders/a-bus.ts';
import { aPrincipal } from '../builders/a-principal.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anEngine, type Engine } from '../builders/an-engine.ts';
import { allEvents } from './legal-history.ts';
import { outboxOf } from './outbox-rows.ts';

/** An engine at work that tells a bus what becomes of its runs. */
async function anAnnouncingEngine(bus: FakeBus = aBus(), settings = { announces: true }) {
  const agents = [workingAgent(() => undefined, { limits: { maxSteps: 1 } })];
  return { bus, engine: await anEngine({ agents, bus, settings }) };
}

const approve = (engine: Engine, run: Run) =>
  decideApproval(engine.deps, {
    ...keyOf(run),
    decision: 'APPROVE',
    by: aPrincipal('ann'),
    idempotency: undefined,
  });

const paused = ({ status }: Run) => status === 'PAUSED';

/** Runs to their ends, and the events that tell of each change of their status. */
const lives: [
  name: string,
  message: string,
  after: (engine: Engine, run: Run) => Promise<unknown>,
  events: string[],
  statuses: string[],
][] = [
  [
    'completes',
    '',
    async () => undefined,
    ['run.queued', 'run.started', 'run.completed'],
    ['QUEUED', 'RUNNING', 'COMPLETED'],
  ],
  [
    'fails',
    'safe safe',
    async () => undefined,
    ['run.queued', 'run.started', 'run.failed'],
    ['QUEUED', 'RUNNING', 'FAILED'],
  ],
  [
    'pauses and goes on',
    'guarded',
    async (engine, run) => approve(engine, await engine.reach(run, paused)),
    ['run.queued', 'run.started', 'run.paused', 'run.resumed', 'run.failed'],
    ['QUEUED', 'RUNNING', 'PAUSED', 'RUNNING', 'FAILED'],
  ],
  [
    'is cancelled',
    'guarded',
    async (engine, run) => cancelRun(engine.deps, keyOf(await engine.reach(run, paused)), 'test'),
    ['run.queued', 'run.started', 'run.paused', 'run.cancelled'],
    ['QUEUED', 'RUNNING', 'PAUSED', 'CANCELLED'],
  ],
];

describe('of a run that', () => {
  it.each(lives)('%s, every change of status is told once', async (_, message, after, ...told) => {
    const [types, statuses] = told;
    const { bus, engine } = await anAnnouncingEngine();

    const run = await engine.submit({ agentId: 'worker', message });
    await after(engine, run);
    await engine.reach(run, hasEnded);

    await vi.waitFor(() => expect(bus.told).toHaveLength(statuses.length));
    const changes = bus.told.toSorted((a, b) => a.seq - b.seq);
    expect(changes.map(({ status }) => status)).toEqual(statuses);
    expect(changes.map(({ previousStatus }) => previousStatus)).toEqual([
      null,
      ...statuses.slice(0, -1),
    ]);
    const events = await allEvents(engine.deps, run);
    expect(changes.map(({ seq }) => events[seq - 1]?.type)).toEqual(types);
    await vi.waitFor(async () => expect(await outboxOf(engine, run)).toEqual([]));
  });

  it('fails, the code of its failure is told, and of no other change', async () => {
    const { bus, engine } = await anAnnouncingEngine();

    const run = await engine.submit({ agentId: 'worker', message: 'safe safe' });
    await engine.reach(run, hasEnded);

    await vi.waitFor(() => expect(bus.told).toHaveLength(3));
    const codes = Object.fromEntries(bus.told.map(({ status, errorCode }) => [status, errorCode]));
    expect(codes).toEqual({ QUEUED: undefined, RUNNING: undefined, FAILED: 'step_limit' });
  });

  it('is told of, it is said whose run it is, and nothing of what it is about', async () => {
    const { bus, engine } = await anAnnouncingEngine();

    const run = await engine.submit({ agentId: 'worker', message: '' });
    await engine.reach(run, hasEnded);

    const { id: runId, orgId, userId, agentId, sessionId, createdAt: at } = run;
    const change = 1;
    await vi.waitFor(() => expect(bus.told).toHaveLength(3));
    expect(bus.told.find(({ seq }) => seq === 1)).toEqual({
      type: 'Agent Run Status Changed',
      schemaVersion: 1,
      ...{ runId, orgId, userId, agentId, sessionId, at, seq: 1, change },
      previousStatus: null,
      status: 'QUEUED',
    });
  });

  it('asks for a decision, both are told: without the arguments', async () => {
    const { bus, engine } = await anAnnouncingEngine();
    const run = await engine.reach(
      await engine.submit({ agentId: 'worker', message: 'guarded' }),
      paused,
    );
    if (run.status !== 'PAUSED' || !run.pendingApproval) throw new Error('not paused');

    await approve(engine, run);
    const ended = await engine.reach(run, hasEnded);

    const { id: runId, orgId, agentId, pendingApproval } = run;
    const { approvalId, tool, requestedAt, expiresAt } = pendingApproval;
    const of = { schemaVersion: 1, orgId, runId, agentId, approvalId };
    await vi.waitFor(() => expect(bus.others).toHaveLength(2));
    const [requested, decided] = bus.others.toSorted((a, b) => a.seq - b.seq);
    const seq = expect.any(Number);
    const change = expect.any(Number);
    expect(requested).toEqual({
      ...{ type: 'Approval Requested', ...of, tool, requestedAt, expiresAt, seq, change },
    });
    const decision = { decision: 'APPROVE', by: 'ann', at: expect.any(Number), seq, change };
    expect(decided).toEqual({ type: 'Approval Decided', ...of, ...decision });
    const events = await allEvents(engine.deps, ended);
    expect([requested, decided].map((event) => event && events[event.seq - 1]?.type)).toEqual([
      'approval.requested',
      'approval.decided',
    ]);
  });

  it('nobody is told of, nothing is kept either', async () => {
    const { bus, engine } = await anAnnouncingEngine(aBus(), { announces: false });

    const run = await engine.submit({ agentId: 'worker', message: '' });
    await engine.reach(run, hasEnded);

    expect(await outboxOf(engine, run)).toEqual([]);
    expect(bus.told).toEqual([]);
  });
});

describe('a bus that is down', () => {
  it('keeps no run from its end, and is told of it later', async () => {
    const { bus, engine } = await anAnnouncingEngine(
      aBus(() => {
        throw new Error('the bus is down');
      }),
    );
    const run = await engine.submit({ agentId: 'worker', message: 'safe safe' });
    await engine.reach(run, hasEnded);
    expect(bus.told).toEqual([]);

    bus.takes = () => true;
    for (let i = 0; i < 2; i += 1) {
      engine.clock.advance(61_000);
      await sweep(engine.deps);
    }

    expect(new Set(bus.told.map(({ status }) => status))).toEqual(
      new Set(['QUEUED', 'RUNNING', 'FAILED']),
    );
    await vi.waitFor(async () => expect(await outboxOf(engine, run)).toEqual([]));
  });
});

describe('of a change that many want to make', () => {
  it('only the one that is made is told', async () => {
    const { bus, engine } = await anAnnouncingEngine();
    const run = await engine.submit({ agentId: 'worker', message: 'guarded' });
    await engine.reach(run, paused);

    await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) =>
        i % 2 === 0 ? approve(engine, run) : cancelRun(engine.deps, keyOf(run), 'test'),
      ),
    );
    const ended = await engine.reach(run, hasEnded);

    const types = (await allEvents(engine.deps, ended)).map(({ type }) => type);
    const changes = types.filter((type) => /^run\./.test(type));
    await vi.waitFor(() => expect(bus.told).toHaveLength(changes.length));
    expect(new Set(bus.told.map(({ seq }) => seq)).size).toBe(changes.length);
    expect(bus.told.filter(({ previousStatus }) => previousStatus === 'PAUSED')).toHaveLength(1);
  });
});
