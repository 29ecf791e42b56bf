import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { iso } from '#api/iso.ts';
import { getBatch, listBatches } from '#core/batch/batch-repository.ts';
import { cancelBatch } from '#core/batch/cancel-batch.ts';
import { createBatch } from '#core/batch/create-batch.ts';
import { createUpload } from '#core/batch/create-upload.ts';
import { readResults } from '#core/batch/read-results.ts';
import type { batchContract } from './contract.ts';
import { toBatchView } from './views.ts';

export const batchOperations = (deps: DialectDeps): Operations<typeof batchContract> => ({
  createUpload: async ({ principal, baseUrl }) => {
    const { id, link } = await createUpload(deps, principal.orgId, baseUrl);
    return { body: { id, url: link.url, method: 'PUT', expiresAt: iso(link.expiresAt) } };
  },

  createBatch: async ({ body, principal, idempotency, baseUrl }) => {
    const { items, file } = body;
    const { batch, replayed } = await createBatch(deps, {
      orgId: principal.orgId,
      userId: principal.userId,
      principal: principal.name,
      principalUserId: principal.userId,
      agentId: body.agentId,
      source: file === undefined ? { items: items ?? [] } : { uploadId: file },
      defaults: body.defaults ?? {},
      webhook: body.webhook && { url: body.webhook.url, dialect: 'longrun' },
      idempotencyPrefix: body.idempotencyPrefix,
      idempotency,
    });
    const location = `${baseUrl}/api/batches/${batch.id}`;
    return {
      body: await toBatchView(deps, batch, baseUrl),
      headers: { location, ...(replayed ? { 'idempotency-replayed': 'true' } : {}) },
    };
  },

  listBatches: async ({ query, principal, baseUrl }) => {
    const { batches, cursor } = await listBatches(deps, { ...query, orgId: principal.orgId });
    const views = batches.map((batch) => toBatchView(deps, batch, baseUrl));
    return { body: { batches: await Promise.all(views), nextCursor: cursor ?? null } };
  },

  getBatch: async ({ params, principal, baseUrl }) => {
    const batch = await getBatch(deps, { orgId: principal.orgId, ...params });
    return { body: await toBatchView(deps, batch, baseUrl) };
  },

  cancelBatch: async ({ params, principal, baseUrl }) => {
    const key = { orgId: principal.orgId, ...params };
    const batch = await cancelBatch(deps, key, principal.name);
    return { body: await toBatchView(deps, batch, baseUrl) };
  },

  getBatchResults: async ({ params, principal, baseUrl }) => {
    const key = { orgId: principal.orgId, ...params };
    const { link, complete } = await readResults(deps, key, baseUrl);
    return { body: { url: link.url, expiresAt: iso(link.expiresAt), complete } };
  },
});
