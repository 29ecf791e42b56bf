import middy from '@middy/core';
import httpRouter, { type Route } from '@middy/http-router';
import type { Context } from 'aws-lambda';
import { ApiError } from './api-error.ts';
import type { ApiEvent, ApiResult } from './api-event.ts';
import { type BindDeps, bind, failure } from './bind.ts';
import { contracts } from './contracts.ts';
import type { DialectDeps } from './dialect-deps.ts';
import { backgroundTasksContract } from './dialects/background-tasks/contract.ts';
import { encodeBackgroundTasksError } from './dialects/background-tasks/errors.ts';
import { backgroundTasksOperations } from './dialects/background-tasks/operations.ts';
import { langgraphContract } from './dialects/langgraph/contract.ts';
import { encodeLangGraphError } from './dialects/langgraph/errors.ts';
import { notServedContract, notServedOperations } from './dialects/langgraph/not-served.ts';
import { langgraphOperations } from './dialects/langgraph/operations.ts';
import { longrunContract } from './dialects/longrun/contract.ts';
import { encodeLongrunError } from './dialects/longrun/errors.ts';
import { longrunOperations } from './dialects/longrun/operations.ts';
import { operativusContract } from './dialects/operativus/contract.ts';
import { encodeOperativusError } from './dialects/operativus/errors.ts';
import { operativusOperations } from './dialects/operativus/operations.ts';
import { praisonaiContract } from './dialects/praisonai/contract.ts';
import { encodePraisonaiError } from './dialects/praisonai/errors.ts';
import { praisonaiOperations } from './dialects/praisonai/operations.ts';
import { apiDescription } from './open-api.ts';

export type Api = (event: ApiEvent, context: Context) => Promise<ApiResult>;

/** Every dialect over one engine. */
export function makeApi(deps: BindDeps & DialectDeps): Api {
  const describeApi = apiDescription(contracts);
  const routes = [
    ...bind(
      deps,
      operativusContract,
      operativusOperations(deps, describeApi),
      encodeOperativusError,
    ),
    ...bind(
      deps,
      backgroundTasksContract,
      backgroundTasksOperations(deps),
      encodeBackgroundTasksError,
    ),
    ...bind(deps, praisonaiContract, praisonaiOperations(deps), encodePraisonaiError),
    ...bind(deps, longrunContract, longrunOperations(deps, describeApi), encodeLongrunError),
    ...bind(deps, langgraphContract, langgraphOperations(deps), encodeLangGraphError),
    ...bind(deps, notServedContract, notServedOperations, encodeLangGraphError),
  ];
  // Waiting has a limit of its own, with an answer of its own.
  const handler = middy<ApiEvent, ApiResult>({ timeoutEarlyInMillis: 0 })
    .handler(httpRouter<ApiEvent, ApiResult>({ routes, notFoundResponse: noRoute(routes) }))
    .onError((request) => {
      request.response = failure(deps, request.error, encoderOf(request.event));
    });
  return (event, context) => handler(event, context);
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
