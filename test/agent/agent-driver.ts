import { randomUUID } from 'node:crypto';
import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import * as z from 'zod';
import { FileBlobStore } from '#adapters/embedded/file-blob-store.ts';
import type { AgentDeclaration, AgentReach } from '#agent/agent-declaration.ts';
import { makeAgent } from '#agent/make-agent.ts';
import type { ModelAccess } from '#agent/models/model-access.ts';
import type {
  Agent,
  AgentRequest,
  AgentState,
  ApprovalRequest,
  Decision,
  StepInput,
  StepResult,
} from '#core/run/agents.ts';
import type { RunEventBody } from '#core/run/run-event.ts';
import { Message, type ToolCallRecord, toolCallsOf } from '#core/session/transcript.ts';
import { aFolder } from '../builders/an-engine.ts';

export const aRequest = (overrides: Partial<AgentRequest> = {}): AgentRequest => ({
  message: 'hello',
  media: [],
  options: {},
  generateFollowups: false,
  context: {},
  ...overrides,
});

interface DriverOptions {
  readonly request?: Partial<AgentRequest>;
  readonly history?: readonly Message[];
  readonly version?: string;
  readonly signal?: AbortSignal;
  readonly access?: Partial<ModelAccess>;
  /** @default - none */
  readonly blobs?: FileBlobStore;
  readonly reach?: AgentReach;
}

const mostSteps = 50;

/** Takes a run of an agent from step to step, as the engine does, and keeps what the engine would. */
export class AgentDriver {
  readonly events: RunEventBody[] = [];
  readonly messages: Message[] = [];
  readonly begun: string[] = [];
  readonly usages: StepResult['usage'][] = [];
  readonly blobs: FileBlobStore;
  readonly runId = randomUUID();
  readonly #definition: AgentDeclaration;
  readonly #options: DriverOptions;
  #agent: Agent;
  #state: AgentState | undefined;

  constructor(definition: AgentDeclaration, options: DriverOptions = {}) {
    this.#definition = definition;
    this.#options = options;
    this.blobs = options.blobs ?? new FileBlobStore(aFolder());
    this.#agent = this.#make(options.version ?? 'v1');
  }

  /** What the model has been told by the tools, in order. */
  get toolCalls(): ToolCallRecord[] {
    return toolCallsOf(this.messages);
  }

  /** Of all steps that were kept. */
  get usage(): StepResult['usage'] {
    return {
      inputTokens: this.usages.reduce((sum, { inputTokens }) => sum + inputTokens, 0),
      outputTokens: this.usages.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
    };
  }

  /** Deploys the agent anew, in the middle of the run. */
  redeploy(version: string): void {
    this.#agent = this.#make(version);
  }

  /** The run as another process takes it up, with nothing of this one but what the engine stores. */
  inAnotherProcess(definition: AgentDeclaration, options: DriverOptions = {}): AgentDriver {
    const other = new AgentDriver(definition, { ...this.#options, ...options });
    other.messages.push(...z.array(Message).parse(JSON.parse(JSON.stringify(this.messages))));
    other.#state = this.#state;
    return other;
  }

  /** One step, of which everything is kept. */
  async step(more: Partial<StepInput> = {}): Promise<StepResult> {
    const result = await this.#take(more);
    this.messages.push(...result.appended);
    this.usages.push(result.usage);
    // What the engine stores is JSON.
    this.#state = JSON.parse(JSON.stringify(result.state));
    return result;
  }

  /** A step whose process is killed before anything of it was kept. */
  async crash(more: Partial<StepInput> = {}): Promise<void> {
    await this.#take(more).catch(() => undefined);
  }

  /** Step by step to the outcome that is not "go on". */
  async drive(more: Partial<StepInput> = {}): Promise<StepResult['outcome']> {
    for (let result = await this.step(more), steps = 1; ; result = await this.step(), steps += 1) {
      if (result.outcome.kind !== 'continue') return result.outcome;
      if (steps === mostSteps) throw new Error(`The agent came to no end in ${mostSteps} steps`);
    }
  }

  /** Drives to a pause and gives what a person is asked. */
  async ask(more: Partial<StepInput> = {}): Promise<ApprovalRequest> {
    const outcome = await this.drive(more);
    if (outcome.kind !== 'pause') throw new Error(`Nobody is asked: ${JSON.stringify(outcome)}`);
    return outcome.approval;
  }

  /** Drives to the end and gives the answer. */
  async answer(more: Partial<StepInput> = {}): Promise<string> {
    const outcome = await this.drive(more);
    if (outcome.kind !== 'done') throw new Error(`No answer: ${JSON.stringify(outcome)}`);
    return outcome.output.content;
  }

  #make(version: string): Agent {
    return makeAgent(this.#definition, version, this.blobs, {
      ...this.#options.reach,
      ...this.#options.access,
    });
  }

  #take(more: Partial<StepInput>): Promise<StepResult> {
    return this.#agent.step({
      run: { orgId: 'acme', runId: this.runId, sessionId: 'session', userId: 'ann' },
      step: this.usages.length + 1,
      request: aRequest(this.#options.request),
      history: this.#options.history ?? [],
      messages: [...this.messages],
      state: this.#state,
      usage: this.usage,
      decision: undefined,
      signal: this.#options.signal ?? new AbortController().signal,
      emit: (event) => void this.events.push(event),
      begin: async (toolCallId) => void this.begun.push(toolCallId),
      begun: undefined,
      ...more,
    });
  }
}

export const approved = ({ toolCallId, callHash }: ApprovalRequest): Decision => ({
  toolCallId,
  callHash,
  decision: 'APPROVE',
});

export const approvedWith = (
  approval: ApprovalRequest,
  edited: NonNullable<Decision['arguments']>,
): Decision => ({ ...approved(approval), arguments: edited });

export const rejected = (approval: ApprovalRequest, reason?: string): Decision => ({
  ...approved(approval),
  decision: 'REJECT',
  reason,
});

/** A model that keeps what it is called with, and then does as the given one does. */
export function listeningModel(model: LanguageModelV4) {
  const heard: LanguageModelV4CallOptions[] = [];
  return {
    heard,
    model: {
      ...model,
      doStream: (options: LanguageModelV4CallOptions) => {
        heard.push(options);
        return model.doStream(options);
      },
    } satisfies LanguageModelV4,
  };
}
