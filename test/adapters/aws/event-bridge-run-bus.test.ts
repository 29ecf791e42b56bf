import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { EventBridgeRunBus } from '#adapters/aws/event-bridge-run-bus.ts';
import type { RunStatusChanged } from '#core/outbox/run-status-changed.ts';

function aBusOnEventBridge() {
  const client = new EventBridgeClient({ region: 'eu-central-1' });
  const events = mockClient(client);
  return { events, bus: new EventBridgeRunBus({ client, busName: 'runs' }) };
}

const aChange = (seq: number, more: Partial<RunStatusChanged> = {}): RunStatusChanged => ({
  type: 'Agent Run Status Changed',
  schemaVersion: 1,
  runId: '01a2014c-0000-7000-8000-000000000001',
  orgId: 'acme',
  userId: 'ann',
  agentId: 'echo',
  sessionId: '00000000-0000-4000-8000-000000000001',
  seq,
  at: Date.parse('2026-01-01T00:00:00.123Z'),
  previousStatus: 'RUNNING',
  status: 'COMPLETED',
  ...more,
});

const changes = (count: number) => Array.from({ length: count }, (_, i) => aChange(i + 1));
const taken = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ EventId: `event-${i + 1}` }));

describe('publishing on EventBridge', () => {
  it('puts a change as an event with its own time', async () => {
    const { events, bus } = aBusOnEventBridge();
    events.on(PutEventsCommand).resolves({ Entries: taken(1) });
    const failed = aChange(7, { status: 'FAILED', errorCode: 'timeout' });

    const left = await bus.publish([failed]);

    expect(left).toEqual([]);
    expect(events.commandCalls(PutEventsCommand).map(({ args }) => args[0].input)).toEqual([
      {
        Entries: [
          {
            EventBusName: 'runs',
            Source: 'longrun',
            DetailType: 'Agent Run Status Changed',
            Time: new Date('2026-01-01T00:00:00.123Z'),
            Detail: expect.any(String),
          },
        ],
      },
    ]);
    const [entry] = events.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? [];
    const { type: _, ...detail } = failed;
    expect(JSON.parse(entry?.Detail ?? '')).toEqual({ ...detail, at: '2026-01-01T00:00:00.123Z' });
  });

  it('puts an approval under its own type, with all its times in words', async () => {
    const { events, bus } = aBusOnEventBridge();
    events.on(PutEventsCommand).resolves({ Entries: taken(1) });
    const detail = {
      ...({ schemaVersion: 1, orgId: 'acme', runId: 'r', agentId: 'echo', seq: 4 } as const),
      ...{ approvalId: 'r-1', tool: 'send' },
    };
    const requestedAt = Date.parse('2026-01-01T00:00:00.123Z');
    const expiresAt = Date.parse('2026-01-08T00:00:00.123Z');

    await bus.publish([{ type: 'Approval Requested', ...detail, requestedAt, expiresAt }]);

    const [entry] = events.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? [];
    expect(entry).toMatchObject({ DetailType: 'Approval Requested', Time: new Date(requestedAt) });
    expect(JSON.parse(entry?.Detail ?? '')).toEqual({
      ...detail,
      requestedAt: '2026-01-01T00:00:00.123Z',
      expiresAt: '2026-01-08T00:00:00.123Z',
    });
  });

  it('tells the first change of a run apart by having none before', async () => {
    const { events, bus } = aBusOnEventBridge();
    events.on(PutEventsCommand).resolves({ Entries: taken(1) });

    await bus.publish([aChange(1, { previousStatus: null, status: 'QUEUED' })]);

    const [entry] = events.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? [];
    expect(JSON.parse(entry?.Detail ?? '')).toMatchObject({
      previousStatus: null,
      status: 'QUEUED',
    });
  });

  it.each([
    [0, []],
    [10, [10]],
    [11, [10, 1]],
    [25, [10, 10, 5]],
  ])('puts %d changes in requests of %j, each once', async (count, sizes) => {
    const { events, bus } = aBusOnEventBridge();
    events.on(PutEventsCommand).resolves({ Entries: taken(10) });

    await bus.publish(changes(count));

    const requests = events
      .commandCalls(PutEventsCommand)
      .map(({ args }) => args[0].input.Entries ?? []);
    expect(requests.map((entries) => entries.length)).toEqual(sizes);
    const seqs = requests.flat().map(({ Detail = '' }) => JSON.parse(Detail).seq);
    expect(seqs).toEqual(changes(count).map(({ seq }) => seq));
  });

  it('returns in full what was refused, of any request, and nothing else', async () => {
    const { events, bus } = aBusOnEventBridge();
    const refused = { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' };
    events
      .on(PutEventsCommand)
      .resolvesOnce({ FailedEntryCount: 1, Entries: [...taken(9), refused] })
      .resolvesOnce({ FailedEntryCount: 1, Entries: [refused, ...taken(1)] });
    const all = changes(12);

    const left = await bus.publish(all);

    expect(left).toEqual([aChange(10), aChange(11)]);
    expect(left[0]).toBe(all[9]);
  });

  it('takes what the service does not mention for refused', async () => {
    const { events, bus } = aBusOnEventBridge();
    events.on(PutEventsCommand).resolves({});

    expect(await bus.publish(changes(2))).toEqual(changes(2));
  });

  it('fails where a request does: whoever asked has told nobody', async () => {
    const { events, bus } = aBusOnEventBridge();
    const error = new Error('connect ECONNREFUSED');
    events
      .on(PutEventsCommand)
      .resolvesOnce({ Entries: taken(10) })
      .rejects(error);

    await expect(bus.publish(changes(11))).rejects.toBe(error);
  });
});
