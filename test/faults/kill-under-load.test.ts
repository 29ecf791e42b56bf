import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Caller, type Event, isLast, type Run } from './caller.ts';
import { eventually } from './eventually.ts';
import { Hold } from './hold.ts';
import { type Entry, Ledger } from './ledger.ts';
import { Load, Person, type Submitted } from './load.ts';
import { aPlan, callsOf } from './plan.ts';
import { aService, type Exit, type Service } from './service.ts';

const slots = 12;
const kills = 8;
/** Long enough that a step can end in it: three deaths at one step fail its run. */
const lifeMs = () => 250 + Math.random() * 1250;
const startMs = () => 100 + Math.random() * 400;

interface Ended extends Submitted {
  readonly run: Run;
  readonly events: readonly Event[];
  readonly attempts: readonly Entry[];
  readonly effects: readonly Entry[];
}

let service: Service;
let caller: Caller;
let ended: Ended[];
let asked: readonly Run[];
const stops: Exit[] = [];

const cleanUps: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(cleanUps.map((cleanUp) => cleanUp())));

beforeAll(async () => {
  const env = { LONGRUN_SLOTS_PER_TENANT: String(slots) };
  service = await aService({ env }, (cleanUp) => cleanUps.push(cleanUp));
  caller = new Caller(service);
  const ledger = new Ledger(service.dataDir);
  await service.start();
  const load = new Load(caller);
  const person = new Person(caller, ledger);
  for (let kill = 1; kill <= kills; kill += 1) {
    await sleep(lifeMs());
    if (kill % 4 === 0) stops.push(await service.stop('SIGTERM'));
    else await service.kill();
    if (kill % 3 === 0) await killWhileItStarts();
    await service.start();
  }
  const submitted = await load.stop();
  await eventually('every run has ended', async () =>
    (await caller.runs(['QUEUED', 'RUNNING', 'PAUSED'])).length === 0 ? true : undefined,
  );
  await person.stop();
  asked = person.asked;
  const [attempts, effects] = [ledger.attempts(), ledger.effects()].map(byLabel);
  ended = await Promise.all(
    submitted.map(async (each) => ({
      ...each,
      run: await caller.run(each.id),
      events: await caller.events(each.id),
      attempts: attempts?.get(each.plan.label) ?? [],
      effects: effects?.get(each.plan.label) ?? [],
    })),
  );
});

async function killWhileItStarts(): Promise<void> {
  service.launch();
  await sleep(startMs());
  await service.kill();
}

const byLabel = (entries: readonly Entry[]) => Map.groupBy(entries, ({ label }) => label);

describe('a service that is killed again and again under load', () => {
  it('completes every run that it acknowledged', () => {
    const others = ended.filter(({ run }) => run.status !== 'COMPLETED').map(({ run }) => run);

    expect(others).toEqual([]);
    expect(ended.length).toBeGreaterThan(50);
  });

  it('makes one run for each key, and knows the keys afterwards', async () => {
    const all = await caller.runs();

    const again = await Promise.all(
      ended.map(({ plan, sessionId, key }) => caller.submit(plan, { sessionId, key })),
    );

    expect(again).toEqual(ended.map(({ id }) => id));
    expect(all.map(({ id }) => id).toSorted()).toEqual(ended.map(({ id }) => id).toSorted());
  });

  it('applies every effect once', () => {
    const wrong = ended.filter(({ plan, effects }) => {
      const items = effects.map(({ item }) => item).toSorted((a, b) => a - b);
      return String(items) !== String(callsOf(plan).map(({ work }) => work.item));
    });

    expect(wrong).toEqual([]);
  });

  it('hands a tool the same idempotency key at each attempt at a call', () => {
    const wrong = ended.filter(({ plan, attempts }) => {
      const calls = new Set(
        attempts.map(({ idempotencyKey, item }) => `${idempotencyKey} ${item}`),
      );
      const keys = new Set(attempts.map(({ idempotencyKey }) => idempotencyKey));
      return calls.size !== callsOf(plan).length || keys.size !== calls.size;
    });

    expect(wrong).toEqual([]);
  });

  it('repeats no call that has a result', () => {
    const repeated = ended.flatMap(({ id, events, attempts }) =>
      events
        .filter(({ type }) => type === 'tool.completed')
        .flatMap(({ at, data }) =>
          attempts.filter(
            (attempt) =>
              attempt.idempotencyKey === `${id}:${data['toolCallId']}` && attempt.at > at,
          ),
        ),
    );

    expect(repeated).toEqual([]);
  });

  it('tells of each outcome of a call once', () => {
    const wrong = ended.filter(({ plan, events }) => {
      const outcomes = events.filter(isOutcome).map(({ data }) => data['toolCallId']);
      return outcomes.length !== callsOf(plan).length || new Set(outcomes).size < outcomes.length;
    });

    expect(wrong).toEqual([]);
  });

  it('pauses for nothing but calls that were interrupted and must not be repeated', () => {
    const reasons = asked.map(({ pendingApproval }) => pendingApproval);

    for (const pending of reasons)
      expect(pending).toMatchObject({ tool: 'post', reason: expect.stringMatching(/interrupted/) });
  });

  it('numbers the events of every run from 1 without gaps, to one last event', () => {
    const wrong = ended.filter(
      ({ events }) =>
        events.some(({ seq }, i) => seq !== i + 1) ||
        events.findIndex(isLast) !== events.length - 1,
    );

    expect(wrong).toEqual([]);
  });

  it('runs those of a session one after the other, each knowing the ones before', () => {
    const bySession = Map.groupBy(
      ended.filter(({ sessionId }) => sessionId !== undefined),
      ({ sessionId }) => sessionId,
    );

    for (const runs of bySession.values()) {
      const times = runs.flatMap(({ events }) => [startOf(events), events.at(-1)?.at ?? 0]);
      const labels = runs.map(({ plan }) => plan.label);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(runs.map(({ run }) => run.output?.content)).toEqual(
        labels.map((_, i) => labels.slice(0, i + 1).join(' ')),
      );
    }
  });

  it('ends with 0 when it is asked to under load', () => {
    expect(stops).toEqual(stops.map(() => ({ code: 0, signal: null })));
  });

  it('has all its slots free afterwards', async () => {
    const hold = new Hold(service);
    const plans = Array.from({ length: slots }, (_, i) =>
      aPlan(`holds slot ${i}`, { tool: 'record', holdFile: hold.file }),
    );

    const ids = await Promise.all(plans.map((plan) => caller.submit(plan)));
    await Promise.all(ids.map((id) => caller.untilIs(id, 'RUNNING')));

    hold.release();
    await Promise.all(ids.map((id) => caller.untilIs(id, 'COMPLETED')));
  });

  it('logs no error of its own', () => {
    const errors = service.output.split('\n').filter((line) => line.includes('"level":"error"'));

    expect(errors).toEqual([]);
  });
});

const isOutcome = ({ type, data }: Event) =>
  type === 'tool.completed' ||
  type === 'tool.failed' ||
  (type === 'approval.decided' && data['decision'] === 'REJECT');

const startOf = (events: readonly Event[]) =>
  events.find(({ type }) => type === 'run.started')?.at ?? 0;
