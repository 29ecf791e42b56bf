import { SendTaskSuccessCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#adapters/system-clock.ts';
import { executionOf, keyOf } from '#core/run/run-repository.ts';
import { pauseKey } from '#core/store/keys.ts';
import { aContext } from '../builders/a-context.ts';
import { aWorkflowThat, isIn } from '../builders/a-run.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { decide } from '../core/tasks.ts';
import { anAccount } from './an-account.ts';
import { dispatched } from './dispatched.ts';

/** A run that asks for an approval, as its segment left it, and what its segment handed on. */
async function aPause() {
  const account = anAccount();
  const run = await dispatched(account, 'guarded');
  const { handler } = await import('../../functions/segment/handler.ts');
  const { next: _, ...handed } = await handler(executionOf(run), aContext());
  const input = { ...executionOf(run), handed };
  return { ...account, run: isIn(await account.latest(run), 'PAUSED'), input };
}

describe('the register-pause function', () => {
  it('keeps the token of the wait', async () => {
    const { run, input, deps } = await aPause();
    const { handler } = await import('../../functions/register-pause/handler.ts');

    await handler({ ...input, taskToken: 'token' }, aContext());

    const pause = await deps.store.get(pauseKey(keyOf(run), 1));
    expect(pause?.value).toMatchObject({ taskToken: 'token' });
  });

  it('sends back what was decided before', async () => {
    const { run, input, deps, sfn } = await aPause();
    await decide({ ...deps, workflow: aWorkflowThat() }, run, 'APPROVE');
    const { handler } = await import('../../functions/register-pause/handler.ts');

    await handler({ ...input, taskToken: 'token' }, aContext());

    expect(sfn.commandCalls(SendTaskSuccessCommand)[0]?.args[0].input).toMatchObject({
      taskToken: 'token',
    });
  });
});

describe('the expire-pause function', () => {
  it('finds the decision that came first', async () => {
    const { run, input, deps } = await aPause();
    await decide({ ...deps, workflow: aWorkflowThat() }, run, 'REJECT');
    const { handler } = await import('../../functions/expire-pause/handler.ts');

    expect(await handler(input, aContext())).toEqual({ next: 'DECIDED' });
  });
});

describe('the finalize function', () => {
  it('makes a run fail that has not ended, with what the workflow saw', async () => {
    const account = anAccount();
    const run = await dispatched(account);
    const { handler } = await import('../../functions/finalize/handler.ts');
    const handed = { cause: 'States.Timeout: too long' };

    const outcome = await handler({ ...executionOf(run), handed }, aContext());

    const error = { code: 'infrastructure', message: 'States.Timeout: too long' };
    expect(outcome).toEqual({ next: 'FAILED', error });
    expect(await account.latest(run)).toMatchObject({ status: 'FAILED', error });
  });
});

describe('the sweep function', () => {
  it('rings for a queued run and starts the execution of a running one that stand still', async () => {
    const anHourAgo = { ...systemClock, now: () => Date.now() - 3_600_000 };
    const account = anAccount([workingAgent(() => undefined)], anHourAgo);
    const { submit, logged, sqs, sfn, events } = account;
    const [queued, running] = [await submit(), await dispatched(account)];
    events.resolves({ Entries: [] });
    const { handler } = await import('../../functions/sweep/handler.ts');

    await handler({}, aContext());

    const bodies = sqs
      .commandCalls(SendMessageBatchCommand)
      .flatMap(({ args }) => args[0].input.Entries ?? [])
      .map(({ MessageBody }) => MessageBody);
    expect(bodies).toContain(JSON.stringify({ runId: queued.id, orgId: 'acme' }));
    const started = sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input.name);
    expect(started).toEqual([`${running.id}-1`]);
    expect(logged).toContainEqual(expect.objectContaining({ message: 'swept' }));
  });

  it('says nothing where nothing is due', async () => {
    const { logged } = anAccount();
    const { handler } = await import('../../functions/sweep/handler.ts');

    await handler({}, aContext());

    expect(logged).toEqual([]);
  });
});
