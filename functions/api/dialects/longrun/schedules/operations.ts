import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { runNow } from '#core/schedule/fire-schedule.ts';
import {
  createSchedule,
  deleteSchedule,
  listSchedules,
  pauseSchedule,
  resumeSchedule,
  updateSchedule,
} from '#core/schedule/manage-schedules.ts';
import { getSchedule, type Schedule } from '#core/schedule/schedule.ts';
import type { Principal } from '#core/tenant/principal.ts';
import type { scheduleContract } from './contract.ts';
import { toScheduleView } from './views.ts';

interface OfOne {
  readonly params: { readonly scheduleId: string };
  readonly principal: Principal;
}

const keyOf = ({ params, principal }: OfOne) => ({
  orgId: principal.orgId,
  scheduleId: params.scheduleId,
});

/** Whoever says what is run has asked for the runs. */
const byWhom = ({ name, userId }: Principal) => ({ principal: name, principalUserId: userId });

const replayedHeader = (replayed: boolean): Record<string, string> =>
  replayed ? { 'idempotency-replayed': 'true' } : {};

export function scheduleOperations(deps: DialectDeps): Operations<typeof scheduleContract> {
  const withCalendar = async () => ({ ...deps, calendar: await deps.calendar() });
  const shown = async (schedule: Schedule, { baseUrl }: { readonly baseUrl: string }) => ({
    body: toScheduleView(await deps.calendar(), schedule, baseUrl),
  });
  return {
    createSchedule: async (request) => {
      const { body, principal, baseUrl, idempotency } = request;
      const { agentId, input, ...settings } = body;
      const { userId = principal.userId } = input;
      const run = { ...input, ...byWhom(principal), agentId, userId };
      const { orgId } = principal;
      const { schedule, replayed } = await createSchedule(await withCalendar(), orgId, {
        ...{ ...settings, run, idempotency },
      });
      const location = `${baseUrl}/api/schedules/${schedule.id}`;
      return {
        ...(await shown(schedule, request)),
        headers: { location, ...replayedHeader(replayed) },
      };
    },

    listSchedules: async ({ query, principal, baseUrl }) => {
      const { schedules, cursor } = await listSchedules(deps, principal.orgId, query);
      const calendar = await deps.calendar();
      return {
        body: {
          schedules: schedules.map((one) => toScheduleView(calendar, one, baseUrl)),
          nextCursor: cursor ?? null,
        },
      };
    },

    getSchedule: async (request) => shown(await getSchedule(deps, keyOf(request)), request),

    updateSchedule: async (request) => {
      const { agentId, input, ...change } = request.body;
      const run = (known: Schedule['run']): Schedule['run'] => {
        if (input === undefined && agentId === undefined) return known;
        const asked = input ? { ...input, userId: input.userId ?? known.userId } : known;
        return { ...asked, ...byWhom(request.principal), agentId: agentId ?? known.agentId };
      };
      return shown(
        await updateSchedule(await withCalendar(), keyOf(request), { ...change, run }),
        request,
      );
    },

    deleteSchedule: async (request) => {
      await deleteSchedule(deps, keyOf(request));
      return { body: undefined };
    },

    pauseSchedule: async (request) =>
      shown(await pauseSchedule(await withCalendar(), keyOf(request)), request),

    resumeSchedule: async (request) =>
      shown(await resumeSchedule(await withCalendar(), keyOf(request)), request),

    runScheduleNow: async (request) => {
      const { run, replayed } = await runNow(await withCalendar(), keyOf(request), {
        ...byWhom(request.principal),
        idempotency: request.idempotency,
      });
      return {
        body: { runId: run.id, links: { run: `${request.baseUrl}/api/runs/${run.id}` } },
        headers: replayedHeader(replayed),
      };
    },
  };
}
