import middy from '@middy/core';
import httpRouter, { type Route } from '@middy/http-router';
import type { Context } from 'aws-lambda';
import { ApiError } from './api-error.ts';
import type { ApiEvent, ApiResult } from './api-event.ts';
import { type BindDeps, bind, failure } from './bind.ts';
import { contracts } from './contracts.ts';
import { type DescribeApi, lazyDescription } from './describe-api.ts';
import type { DialectDeps } from './dialect-deps.ts';
import { approvalPageContract } from './dialects/approval-page/contract.ts';
import { encodePageError } from './dialects/approval-page/errors.ts';
import { backgroundTasksContract } from './dialects/background-tasks/contract.ts';
import { encodeBackgroundTasksError } from './dialects/background-tasks/errors.ts';
import { langgraphContract } from './dialects/langgraph/contract.ts';
import { encodeLangGraphError } from './dialects/langgraph/errors.ts';
import { notServedContract, notServedOperations } from './dialects/langgraph/not-served.ts';
import { longrunContract } from './dialects/longrun/contract.ts';
import { encodeLongrunError } from './dialects/longrun/errors.ts';
import { operativusContract } from './dialects/operativus/contract.ts';
import { encodeOperativusError } from './dialects/operativus/errors.ts';
import { praisonaiContract } from './dialects/praisonai/contract.ts';
import { encodePraisonaiError } from './dialects/praisonai/errors.ts';

export type Api = (event: ApiEvent, context: Context) => Promise<ApiResult>;

/** Every dialect over one engine. */
export function makeApi(deps: BindDeps & DialectDeps): Api {
  const describeApi = lazyDescription(contracts);
  const routes = [
    ...bind(deps, operativusContract, operativus(deps, describeApi), encodeOperativusError),
    ...bind(deps, backgroundTasksContract, backgroundTasks(deps), encodeBackgroundTasksError),
    ...bind(deps, praisonaiContract, praisonai(deps), encodePraisonaiError),
    ...bind(deps, approvalPageContract, approvalPage(deps), encodePageError),
    ...bind(deps, longrunContract, longrun(deps, describeApi), encodeLongrunError),
    ...bind(deps, langgraphContract, langgraph(deps), encodeLangGraphError),
    ...bind(deps, notServedContract, () => notServedOperations, encodeLangGraphError),
  ];
  // Waiting has a limit of its own, with an answer of its own.
  const handler = middy<ApiEvent, ApiResult>({ timeoutEarlyInMillis: 0 })
    .handler(httpRouter<ApiEvent, ApiResult>({ routes, notFoundResponse: noRoute(routes) }))
    .onError((request) => {
      request.response = failure(deps, request.error, encoderOf(request.event));
    });
  return (event, context) => handler(event, context);
}

const operativus = (deps: DialectDeps, describe: DescribeApi) =>
  once(async () =>
    (await import('./dialects/operativus/operations.ts')).operativusOperations(deps, describe),
  );
const backgroundTasks = (deps: DialectDeps) =>
  once(async () =>
    (await import('./dialects/background-tasks/operations.ts')).backgroundTasksOperations(deps),
  );
const praisonai = (deps: DialectDeps) =>
  once(async () => (await import('./dialects/praisonai/operations.ts')).praisonaiOperations(deps));
const approvalPage = (deps: DialectDeps) =>
  once(async () =>
    (await import('./dialects/approval-page/operations.ts')).approvalPageOperations(deps),
  );
const longrun = (deps: DialectDeps, describe: DescribeApi) =>
  once(async () =>
    (await import('./dialects/longrun/operations.ts')).longrunOperations(deps, describe),
  );
const langgraph = (deps: DialectDeps) =>
  once(async () => (await import('./dialects/langgraph/operations.ts')).langgraphOperations(deps));

/** Most callers of a deployment speak one dialect: each is loaded when it is first spoken. */
function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loaded: Promise<Value> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}

/** Of a path that no dialect has, in the words of the one that has paths like it. */
const encoderOf = ({ path }: ApiEvent) =>
  /^\/(?:assistants|threads|runs|store)(?:\/|$)/.test(path)
    ? encodeLangGraphError
    : encodeLongrunError;

/** Tells a path that does not exist from one that does not know the method. */
function noRoute(routes: readonly Route<ApiEvent, ApiResult>[]) {
  const byShape = routes.map(({ method, path }) => ({
    method,
    shape: new RegExp(`^${path.replace(/\{[^/]+\}/g, '[^/]+')}/?$`),
  }));
  return ({ method, path }: { method: string; path: string }): never => {
    const allowed = byShape.filter(({ shape }) => shape.test(path)).map((route) => route.method);
    if (allowed.length === 0) throw new ApiError('route_not_found', `There is no path ${path}.`);
    const allow = [...new Set(allowed)].join(', ');
    throw new ApiError('method_not_allowed', `${path} takes ${allow}, not ${method}.`, {
      headers: { allow },
    });
  };
}
