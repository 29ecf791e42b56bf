import { webhookDeliveries } from '../webhook/webhook-deliveries.ts';
import type { Follower } from './follower.ts';

/** All that follows from an event; see `mayFollow` for where a row is written at all. */
export const followers: readonly Follower[] = [webhookDeliveries];
