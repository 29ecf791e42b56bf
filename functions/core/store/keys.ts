import { createHash } from 'node:crypto';
import type { RunPriority } from '../run/run-priority.ts';
import type { Key } from './item-store.ts';

/*
 * Every key of the store is built here and nowhere else. The keys of a tenant start with
 * `T#<org>#`, so that `dynamodb:LeadingKeys` can fence a role in; API keys, users, what was tried to log
 * in, and the due index, which cross tenants, do not.
 */

/** Sorts as text like the number it holds, up to 10^9 − 1. */
const ordinal = (n: number) => String(n).padStart(9, '0');

export interface RunKey {
  readonly orgId: string;
  readonly runId: string;
}

export interface ScheduleKey {
  readonly orgId: string;
  readonly scheduleId: string;
}

export interface SessionKey {
  readonly orgId: string;
  readonly sessionId: string;
}

const tenant = (orgId: string) => `T#${orgId}#`;

export const runPartition = ({ orgId, runId }: RunKey) => `${tenant(orgId)}R#${runId}`;
export const runKey = (run: RunKey): Key => ({ pk: runPartition(run), sk: 'META' });
export const runInputKey = (run: RunKey): Key => ({ pk: runPartition(run), sk: 'IN' });
export const pauseKey = (run: RunKey, pause: number): Key => ({
  pk: runPartition(run),
  sk: `PAUSE#${ordinal(pause)}`,
});
export const pauseRange = { after: 'PAUSE#', before: 'PAUSE#~' } as const;
/** An event item is named after the last event in it, so that "after n" finds the rest of it. */
export const eventKey = (run: RunKey, lastSeq: number): Key => ({
  pk: runPartition(run),
  sk: `EVT#${ordinal(lastSeq)}`,
});
export const lastEventKey = 'EVT#~';
/** What the world has still to be told of a run. */
export const outboxKey = (run: RunKey, seq: number): Key => ({
  pk: runPartition(run),
  sk: `${outboxPrefix}${ordinal(seq)}`,
});
const outboxPrefix = 'OUT#';
export const outboxRange = { after: outboxPrefix, before: `${outboxPrefix}~` } as const;
export const isOutboxKey = ({ sk }: Key) => sk.startsWith(outboxPrefix);
/** What a receiver is to be told of a run's event. */
export const deliveryKey = (run: RunKey, seq: number, receiver: string): Key => ({
  pk: runPartition(run),
  sk: `${deliveryPrefix}${ordinal(seq)}#${receiver}`,
});
const deliveryPrefix = 'WH#';
export const isDeliveryKey = ({ sk }: Key) => sk.startsWith(deliveryPrefix);
export const deliveryRange = { after: deliveryPrefix, before: `${deliveryPrefix}~` } as const;
/** Somebody reads the run's events as they come. */
export const readerKey = (run: RunKey): Key => ({ pk: runPartition(run), sk: 'READER' });

export const sessionPartition = ({ orgId, sessionId }: SessionKey) =>
  `${tenant(orgId)}S#${sessionId}`;
export const sessionKey = (session: SessionKey): Key => ({
  pk: sessionPartition(session),
  sk: 'META',
});
export const sessionHeadKey = (session: SessionKey): Key => ({
  pk: sessionPartition(session),
  sk: 'HEAD',
});
export const turnKey = (session: SessionKey, turn: number): Key => ({
  pk: sessionPartition(session),
  sk: `TURN#${ordinal(turn)}`,
});
export const turnRange = { after: 'TURN#', before: 'TURN#~' } as const;
/** In the place of a turn, behind all of them: a run that takes its turn only when its time has come. */
export const delayedKey = (session: SessionKey, runId: string): Key => ({
  pk: sessionPartition(session),
  sk: `TURN#~${runId}`,
});
/** Turns, and what will take one. */
export const turnAndDelayedRange = { after: 'TURN#', before: 'TURN$' } as const;
/** Part of a run under an id of its own. */
export const legKey = (session: SessionKey, legId: string): Key => ({
  pk: sessionPartition(session),
  sk: `LEG#${legId}`,
});
export const legRange = { after: 'LEG#', before: 'LEG#~' } as const;
export const checkpointKey = (session: SessionKey, runId: string, step: number): Key => ({
  pk: sessionPartition(session),
  sk: `CKPT#${runId}#${ordinal(step)}`,
});
/** The run that wrote the checkpoint of this key. */
export const runOfCheckpoint = ({ sk }: Key) => sk.slice('CKPT#'.length, sk.lastIndexOf('#'));
export const checkpointRange = { after: 'CKPT#', before: 'CKPT#~' } as const;
export const runCheckpointRange = (runId: string) =>
  ({ after: `CKPT#${runId}#`, before: `CKPT#${runId}#~` }) as const;

export const webhookPartition = (orgId: string) => `${tenant(orgId)}WEBHOOKS`;
export const webhookKey = (orgId: string, webhookId: string): Key => ({
  pk: webhookPartition(orgId),
  sk: `${webhookPrefix}${webhookId}`,
});
const webhookPrefix = 'WEBHOOK#';
export const webhookRange = { after: webhookPrefix, before: `${webhookPrefix}~` } as const;
/** Signs what the tenant's runs tell their own webhooks. */
export const signingSecretKey = (orgId: string): Key => ({
  pk: webhookPartition(orgId),
  sk: 'SECRET',
});
/** The tenant whose webhooks have changed with this key. */
export const tenantOfWebhookKey = ({ pk }: Key): string | undefined =>
  /^T#([^#]*)#WEBHOOKS$/.exec(pk)?.[1];
/** Deliveries to one webhook, by the time of what they tell. @param at epoch milliseconds */
export const webhookIndexKey = (orgId: string, webhookId: string, at: number, id: string): Key => ({
  pk: `${tenant(orgId)}WH#${webhookId}`,
  sk: `${dueTime(at)}#${id}`,
});

/** Signs the links by which a tenant's approvals are decided. */
export const approvalLinkSecretKey = (orgId: string): Key => ({
  pk: `${tenant(orgId)}LINKS`,
  sk: 'SECRET',
});

export const schedulePartition = (orgId: string) => `${tenant(orgId)}SCHEDULES`;
export const scheduleKey = ({ orgId, scheduleId }: ScheduleKey): Key => ({
  pk: schedulePartition(orgId),
  sk: `${schedulePrefix}${scheduleId}`,
});
const schedulePrefix = 'SCHEDULE#';
export const isScheduleKey = ({ sk }: Key) => sk.startsWith(schedulePrefix);
export const scheduleRange = { after: schedulePrefix, before: `${schedulePrefix}~` } as const;

export const slotPartition = (orgId: string) => `${tenant(orgId)}SLOT`;
export const slotKey = (orgId: string, slot: number): Key => ({
  pk: slotPartition(orgId),
  sk: ordinal(slot),
});
export const slotOf = (key: Key) => Number(key.sk);

export interface BatchKey {
  readonly orgId: string;
  readonly batchId: string;
}

export const batchPartition = ({ orgId, batchId }: BatchKey) => `${tenant(orgId)}B#${batchId}`;
export const batchKey = (batch: BatchKey): Key => ({ pk: batchPartition(batch), sk: 'META' });
/** What may be uploaded has not become a batch yet. */
export const uploadKey = (batch: BatchKey): Key => ({ pk: batchPartition(batch), sk: 'UPLOAD' });
export const chunkKey = (batch: BatchKey, number: number): Key => ({
  pk: batchPartition(batch),
  sk: `CHUNK#${ordinal(number)}`,
});
export const chunkRange = { after: 'CHUNK#', before: 'CHUNK#~' } as const;
export const batchOutboxKey = (batch: BatchKey, seq: number): Key => ({
  pk: batchPartition(batch),
  sk: `${outboxPrefix}${ordinal(seq)}`,
});
/** The batch that a caller's own name for it stands for, for as long as there is the batch. */
export const batchPrefixKey = (orgId: string, prefix: string): Key => ({
  pk: `${tenant(orgId)}BP#${createHash('sha256').update(prefix).digest('hex')}`,
  sk: 'META',
});
export const isBatchItem = ({ pk }: Key) => /^T#[^#]+#B#/.test(pk);
export const batchIndexKey = ({ orgId, batchId }: BatchKey): Key => ({
  pk: `${tenant(orgId)}BATCHES`,
  sk: batchId,
});

export const idempotencyKey = (orgId: string, route: string, key: string): Key => ({
  pk: `${tenant(orgId)}K#${createHash('sha256').update(`${route}\n${key}`).digest('hex')}`,
  sk: idempotencySortKey,
});

/**
 * Which of the store's tables an item lies in, where there are several: idempotency records come and
 * go by the day and are worth no backup.
 */
export const tableOf = ({ sk }: Key) => (sk === idempotencySortKey ? 'idempotency' : 'runs');
const idempotencySortKey = 'IDEMPOTENCY';

/** How many runs a tenant, or one of its groups, has in each status. */
export const tallyKey = (orgId: string, groupId: string | undefined): Key => ({
  pk: `${tenant(orgId)}TALLY`,
  sk: groupId === undefined ? 'ALL' : `G#${groupId}`,
});

/** Limits of a tenant, and what of it is paused. */
export const tenantSettingsKey = (orgId: string): Key => ({
  pk: `${tenant(orgId)}SETTINGS`,
  sk: 'META',
});
/** What holds for all tenants. */
export const serviceSettingsKey: Key = { pk: 'SERVICE', sk: 'SETTINGS' };
/** How much a tenant has submitted in a minute since the epoch. */
export const submitRateKey = (orgId: string, minute: number): Key => ({
  pk: `${tenant(orgId)}RATE`,
  sk: ordinal(minute),
});

/** All keys lie in one partition: they are few, seldom listed, and cached where they are checked. */
export const apiKeyKey = (id: string): Key => ({ pk: 'K#', sk: `K#${id}` });
export const apiKeyRange = { pk: 'K#', after: 'K#', before: 'K#~' } as const;
/** People who log in lie there too: what may make no keys may make no users. */
export const userKey = (username: string): Key => ({ pk: 'K#', sk: `U#${username}` });
export const userRange = { pk: 'K#', after: 'U#', before: 'U#~' } as const;
/** There is where there are users. */
export const usersKey: Key = { pk: 'K#', sk: 'USERS' };
/** Passwords that were tried on a name, which is as long as anybody likes. */
export const loginAttemptsKey = (username: string): Key => ({
  pk: `LOGIN#${createHash('sha256').update(username).digest('hex')}`,
  sk: 'ATTEMPTS',
});

export const tenantIndexKey = ({ orgId, runId }: RunKey): Key => ({
  pk: `${tenant(orgId)}RUNS`,
  sk: runId,
});
export const agentIndexKey = ({ orgId, runId }: RunKey, agentId: string): Key => ({
  pk: `${tenant(orgId)}A#${agentId}`,
  sk: runId,
});
/** Runs that share a label of the caller's. */
export const groupIndexKey = ({ orgId, runId }: RunKey, groupId: string): Key => ({
  pk: `${tenant(orgId)}G#${groupId}`,
  sk: runId,
});
/** The tenant's sessions, oldest first. */
export const sessionsPartition = (orgId: string) => `${tenant(orgId)}SESSIONS`;
export const sessionsIndexKey = ({ orgId, sessionId }: SessionKey, createdAt: number): Key => ({
  pk: sessionsPartition(orgId),
  sk: `${dueTime(createdAt)}#${sessionId}`,
});
export const sessionIdOf = ({ sk }: Key) => sk.slice(sk.indexOf('#') + 1);
export const sessionIndexKey = (session: SessionKey, turn: number): Key => ({
  pk: sessionPartition(session),
  sk: ordinal(turn),
});
/** Queued runs that found no slot free: by priority, high first, then the oldest first. */
export const waitingPartition = (orgId: string) => `${tenant(orgId)}WAITING`;
export const waitingIndexKey = ({ orgId, runId }: RunKey, priority: RunPriority): Key => ({
  pk: waitingPartition(orgId),
  sk: `${rankOf[priority]}#${runId}`,
});
export const runIdOfWaiting = ({ sk }: Key) => sk.slice(2);
export const waitingRange = (priority: RunPriority) => ({
  after: `${rankOf[priority]}#`,
  before: `${rankOf[priority]}#~`,
});
const rankOf = { high: 0, normal: 1, low: 2 } as const satisfies Record<RunPriority, number>;

/** Queued runs whose agent or tenant is paused. They lie in the index `waiting`. */
export const heldPartition = (orgId: string) => `${tenant(orgId)}HELD`;
export const heldIndexKey = ({ orgId, runId }: RunKey, agentId: string): Key => ({
  pk: heldPartition(orgId),
  sk: `${agentId}#${runId}`,
});
export const runIdOfHeld = ({ sk }: Key) => sk.slice(sk.lastIndexOf('#') + 1);
/** Those of one agent, or of all. */
export const heldRange = (agentId: string | undefined) =>
  agentId === undefined
    ? { after: '', before: '~' }
    : { after: `${agentId}#`, before: `${agentId}#~` };

/** Runs that wait for a decision, by when it was asked for. */
export const pendingApprovalIndexKey = ({ orgId, runId }: RunKey, requestedAt: number): Key => ({
  pk: `${tenant(orgId)}APPROVALS#PENDING`,
  sk: `${dueTime(requestedAt)}#${runId}`,
});
/** Approvals that were decided, by when that was. */
export const decidedApprovalIndexKey = (
  orgId: string,
  approvalId: string,
  decidedAt: number,
): Key => ({
  pk: `${tenant(orgId)}APPROVALS#DECIDED`,
  sk: `${dueTime(decidedAt)}#${approvalId}`,
});
/** The same of one agent: no agent's id has a `#` in it. */
export const decidedByAgentIndexKey = (
  orgId: string,
  agentId: string,
  approvalId: string,
  decidedAt: number,
): Key => ({
  pk: `${tenant(orgId)}A#${agentId}#DECIDED`,
  sk: `${dueTime(decidedAt)}#${approvalId}`,
});

const dueShardCount = 8;
export const dueShards = Array.from({ length: dueShardCount }, (_, shard) => `DUE#${shard}`);
/**
 * @param at epoch milliseconds after which the sweeper looks at the item
 * @param part tells apart what belongs to one id
 */
export const dueIndexKey = (id: string, at: number, part = ''): Key => ({
  pk: `DUE#${Number.parseInt(id.slice(-2), 16) % dueShardCount}`,
  sk: `${dueTime(at)}#${id}${part}`,
});
/** Sorts as text like the time it holds. */
export const dueTime = (at: number) => String(Math.max(0, at)).padStart(15, '0');
