import { createWriteStream } from 'node:fs';
import type * as z from 'zod';
import { batchContract } from '#api/dialects/longrun/batches/contract.ts';

export type BatchView = z.output<typeof batchContract.getBatch.response>;

export interface Target {
  readonly url: string;
  readonly token: string;
}

interface BatchRequest {
  readonly lines: Uint8Array;
  readonly agentId: string;
  readonly priority: string | undefined;
  /** A batch of that name that is there already is the one that is meant. */
  readonly name: string | undefined;
}

export class BatchClient {
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
  }

  async make({ lines, agentId, priority, name }: BatchRequest): Promise<BatchView> {
    const upload = batchContract.createUpload.response.parse(
      await this.#ask('POST', '/api/batches/uploads'),
    );
    const put = await fetch(upload.url, { method: upload.method, body: lines.slice() });
    if (!put.ok)
      throw new Error(`The file could not be uploaded: ${put.status} ${await put.text()}`);
    return batchContract.createBatch.response.parse(
      await this.#ask('POST', '/api/batches', {
        agentId,
        file: upload.id,
        defaults: priority === undefined ? {} : { priority },
        ...(name === undefined ? {} : { idempotencyPrefix: name }),
      }),
    );
  }

  async get(id: string): Promise<BatchView> {
    return batchContract.getBatch.response.parse(await this.#ask('GET', `/api/batches/${id}`));
  }

  /** @param file @default - standard output */
  async writeResults(id: string, file: string | undefined): Promise<void> {
    const { url } = batchContract.getBatchResults.response.parse(
      await this.#ask('GET', `/api/batches/${id}/results`),
    );
    const { body } = await fetch(url);
    if (body === null) return;
    const out = file === undefined ? process.stdout : createWriteStream(file);
    for await (const part of body)
      if (!out.write(part)) await new Promise<void>((go) => out.once('drain', () => go()));
    if (file !== undefined) await new Promise<void>((go) => out.end(() => go()));
  }

  async #ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#target.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#target.token}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`${method} ${path} answers ${response.status}: ${await response.text()}`);
    return response.json();
  }
}
