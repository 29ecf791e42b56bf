import { describe, expect, it } from 'vitest';
import { aStatusChange } from '../adapters/aws/a-status-change.ts';
import { aContext } from '../builders/a-context.ts';
import { anAccount } from './an-account.ts';
import { dispatched } from './dispatched.ts';

async function aReconciler() {
  const account = anAccount();
  const { handler } = await import('../../functions/reconcile/handler.ts');
  return { ...account, reconcile: (event: unknown) => handler(event, aContext()) };
}

describe('the reconcile function', () => {
  it.each([
    ['ABORTED', { status: 'CANCELLED', reason: 'execution_aborted' }],
    ['TIMED_OUT', { status: 'FAILED', error: { code: 'timeout' } }],
    ['FAILED', { status: 'FAILED', error: { code: 'infrastructure' } }],
  ])('ends the run of an execution that ended %s', async (status, expected) => {
    const { reconcile, ...account } = await aReconciler();
    const run = await dispatched(account);
    const input = JSON.stringify({ runId: run.id, orgId: run.orgId, epoch: run.epoch });

    await reconcile(aStatusChange({ status, input }));

    expect(await account.latest(run)).toMatchObject(expected);
  });

  it.each(['{"hello":"world"}', null])(
    'says which execution belongs to no run, and does nothing: %j',
    async (input) => {
      const { reconcile, dynamo, logged } = await aReconciler();
      const event = aStatusChange({ input });

      await reconcile(event);

      expect(dynamo.calls()).toEqual([]);
      expect(logged).toEqual([
        expect.objectContaining({
          level: 'WARN',
          message: 'execution of no run',
          executionArn: event.detail.executionArn,
        }),
      ]);
    },
  );

  it('fails for an event that is another', async () => {
    const { reconcile } = await aReconciler();

    await expect(reconcile(aStatusChange({ status: 'SUCCEEDED' }))).rejects.toThrow('status');
  });
});
