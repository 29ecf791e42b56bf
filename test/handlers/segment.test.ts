import { describe, expect, it } from 'vitest';
import { executionOf } from '#core/run/run-repository.ts';
import { bundleAgents } from '../adapters/aws/bundle-agents.ts';
import { aContext } from '../builders/a-context.ts';
import { isIn } from '../builders/a-run.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anAccount } from './an-account.ts';
import { dispatched } from './dispatched.ts';

type Tool = Parameters<typeof workingAgent>[0];

async function aWorker(tool: Tool = () => undefined) {
  const account = anAccount([workingAgent(tool)]);
  const { handler } = await import('../../functions/segment/handler.ts');
  return { ...account, handler };
}

/** Works until it is told to stop. */
const patient: Tool = (_, { signal }) =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()));

const withTime = (ms: number, awsRequestId = 'first') =>
  aContext({ awsRequestId, getRemainingTimeInMillis: () => ms });

describe('the segment function', () => {
  it('takes a run to its end, and says how it has ended', async () => {
    const { handler, ...account } = await aWorker();
    const run = await dispatched(account, 'safe');

    const outcome = await handler(executionOf(run), withTime(300_000));

    expect(outcome).toEqual({ next: 'DONE', status: 'COMPLETED', steps: 3, lastTool: 'safe' });
    expect(await account.latest(run)).toMatchObject({ status: 'COMPLETED' });
  });

  it('lets go of a step before its invocation ends, for the next one to take it again', async () => {
    const { handler, ...account } = await aWorker(patient);
    const run = await dispatched(account, 'safe');

    const outcome = await handler(executionOf(run), withTime(10_050));

    expect(outcome).toMatchObject({ next: 'CONTINUE' });
    const left = isIn(await account.latest(run), 'RUNNING');
    expect(left).toMatchObject({ lease: null, deaths: 0, epoch: run.epoch });
  });

  it('begins nothing where it has no time for it', async () => {
    const { handler, ...account } = await aWorker(patient);
    const run = await dispatched(account, 'safe');

    const outcome = await handler(executionOf(run), withTime(10_000));

    expect(outcome).toMatchObject({ next: 'CONTINUE' });
    expect(await account.latest(run)).toMatchObject({ status: 'RUNNING', lease: null });
  });

  it('works in the name of its invocation, and alone', async () => {
    const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { handler, ...account } = await aWorker(() => {
      begin();
      return letGo;
    });
    const run = await dispatched(account, 'safe');
    const working = handler(executionOf(run), withTime(300_000, 'first'));
    await begun;

    const second = handler(executionOf(run), withTime(10_050, 'second'));

    await expect(second).rejects.toMatchObject({ name: 'LeaseHeld' });
    expect(isIn(await account.latest(run), 'RUNNING').lease?.owner).toBe('first');
    release();
    expect(await working).toMatchObject({ next: 'DONE', status: 'COMPLETED' });
  });

  it('ends the run of an agent that is no longer deployed', async () => {
    const account = anAccount();
    const run = await dispatched(account);
    bundleAgents();
    const { handler } = await import('../../functions/segment/handler.ts');

    const outcome = await handler(executionOf(run), withTime(300_000));

    expect(outcome).toMatchObject({ next: 'FAIL', error: { code: 'agent_error' } });
  });

  it('fails for an input that names no run', async () => {
    const { handler } = await aWorker();

    await expect(handler({ runId: 'run' }, withTime(300_000))).rejects.toThrow('orgId');
  });
});
