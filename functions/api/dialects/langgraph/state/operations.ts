import type { OperationRequest, Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import type { CheckpointRef } from '#core/run/run.ts';
import { branchOf } from '#core/session/checkpoints.ts';
import { sessionStanding } from '#core/session/session-standing.ts';
import { earlierWrite, writeState } from '#core/session/write-state.ts';
import type { SessionKey } from '#core/store/keys.ts';
import { writeMessages } from '../messages/written-messages.ts';
import type { ThreadState } from '../threads/contract.ts';
import { checkpointIdOf } from './checkpoint-id.ts';
import type { stateContract } from './contract.ts';
import { ThreadStates } from './thread-states.ts';

type Contract = typeof stateContract;

export const stateOperations = (deps: DialectDeps): Operations<Contract> => ({
  getState: async (request) => ({ body: await (await statesOf(deps, request)).latest() }),

  getStateAt: async (request) => {
    const states = await statesOf(deps, request);
    return { body: await states.at(request.params.checkpointId) };
  },

  getStateAtCheckpoint: async (request) => {
    const states = await statesOf(deps, request);
    const { checkpoint_id } = request.body.checkpoint;
    return { body: await (checkpoint_id ? states.at(checkpoint_id) : states.latest()) };
  },

  updateState: async (request) => {
    const key = keyOf(request);
    const { idempotency } = request;
    // What it changes may have other ids by now: it is not read again.
    const earlier = await earlierWrite(deps, key, idempotency);
    const written = earlier ?? (await write(deps, key, request));
    const checkpoint_id = checkpointIdOf(written);
    const checkpoint = { thread_id: key.sessionId, checkpoint_ns: '', checkpoint_id };
    return {
      body: { checkpoint, configurable: checkpoint, checkpoint_id },
      headers: earlier ? { 'idempotency-replayed': 'true' } : {},
    };
  },

  getHistory: async (request) => {
    const { limit, before, metadata, checkpoint } = request.body;
    const states = await statesOf(deps, request);
    const from = before ?? undefined;
    const only = checkpoint?.checkpoint_id ?? undefined;
    const history: ThreadState[] = [];
    let isBehind = from === undefined;
    for await (const state of states.history()) {
      const wanted = isBehind && fits(state, metadata ?? {}, only);
      isBehind ||= state.checkpoint_id === from;
      if (wanted) history.push(state);
      if (history.length === limit) break;
    }
    return { body: history };
  },
});

type Update = OperationRequest<Contract['updateState']>;

async function write(
  deps: DialectDeps,
  key: SessionKey,
  { body, idempotency }: Pick<Update, 'body' | 'idempotency'>,
): Promise<CheckpointRef> {
  const states = await ThreadStates.of(deps, key);
  const named = body.checkpoint_id ?? body.checkpoint?.checkpoint_id;
  const after = named ? states.find(named) : undefined;
  const from = after ?? (await sessionStanding(deps, key)).tip;
  const branch = await branchOf(deps, key, from);
  return writeState(deps, {
    ...key,
    after,
    ...writeMessages(body.values, branch),
    writtenAs: body.as_node ?? 'agent',
    idempotency,
  });
}

type Request = Pick<OperationRequest<Contract['getState']>, 'params' | 'principal'>;

const keyOf = ({ params, principal }: Request): SessionKey => ({
  orgId: principal.orgId,
  sessionId: params.threadId,
});

const statesOf = (deps: DialectDeps, request: Request) => ThreadStates.of(deps, keyOf(request));

function fits(state: ThreadState, metadata: object, only: string | undefined): boolean {
  const own = new Map(Object.entries(state.metadata ?? {}));
  return (
    (only ?? state.checkpoint_id) === state.checkpoint_id &&
    Object.entries(metadata).every(
      ([key, value]) => JSON.stringify(own.get(key)) === JSON.stringify(value),
    )
  );
}
