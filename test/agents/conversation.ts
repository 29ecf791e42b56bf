import type {
  JSONValue,
  LanguageModelV4,
  LanguageModelV4Content,
  LanguageModelV4Prompt,
  LanguageModelV4ToolCall,
  LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider';
import type { AgentDefinition, ToolContext, ToolDefinition } from 'longrun/agent';
import * as z from 'zod';
import { aToolContext } from './a-tool-context.ts';

type Output = LanguageModelV4ToolResultPart['output'];
type Decision = 'approve' | { readonly refuse: string | undefined };

interface Options {
  readonly context?: Partial<ToolContext>;
  /** What a person says to a call that needs approval. @default - approves */
  readonly decide?: (toolName: string) => Decision;
}

/** An agent whose model is there to be asked. */
type ScriptedAgent = AgentDefinition & { readonly model: LanguageModelV4 };

export interface Exchange {
  readonly text: string;
  readonly reasoning: readonly string[];
  readonly calls: readonly {
    readonly name: string;
    readonly input: unknown;
    readonly output: Output;
  }[];
}

/** Drives an agent the way the engine does: one model call, then its tool calls, until there are none. */
export class Conversation {
  readonly prompt: LanguageModelV4Prompt;
  readonly #agent: ScriptedAgent;
  readonly #options: Options;
  #callCount = 0;

  constructor(agent: ScriptedAgent, options: Options = {}) {
    this.#agent = agent;
    this.#options = options;
    this.prompt = [{ role: 'system', content: agent.instructions }];
  }

  async say(message: string): Promise<Exchange> {
    this.prompt.push({ role: 'user', content: [{ type: 'text', text: message }] });
    const reasoning: string[] = [];
    const calls: Exchange['calls'][number][] = [];
    for (let step = 0; step < 20; step++) {
      const turn = await this.#speak();
      reasoning.push(...turn.flatMap((part) => (part.type === 'reasoning' ? [part.text] : [])));
      const toolCalls = turn.filter((part) => part.type === 'tool-call');
      if (toolCalls.length === 0) return { text: textOf(turn), reasoning, calls };
      for (const call of toolCalls) calls.push(await this.#run(call));
    }
    throw new Error('The agent did not come to an end within 20 steps');
  }

  async followUps(): Promise<readonly string[]> {
    const { content } = await this.#agent.model.doGenerate({
      prompt: this.prompt,
      responseFormat: { type: 'json' },
    });
    return z.object({ questions: z.array(z.string()) }).parse(JSON.parse(textOf(content)))
      .questions;
  }

  async #speak(): Promise<LanguageModelV4Content[]> {
    const { content } = await this.#agent.model.doGenerate({ prompt: this.prompt });
    this.prompt.push({ role: 'assistant', content: content.flatMap(toPromptPart) });
    return content;
  }

  async #run({ toolCallId, toolName, input }: LanguageModelV4ToolCall) {
    const tool = this.#agent.tools?.find(({ name }) => name === toolName);
    if (!tool) throw new Error(`The agent calls ${toolName}, which it does not have`);
    const context = aToolContext({
      idempotencyKey: `run:${toolCallId}:${this.#callCount++}`,
      ...this.#options.context,
    });
    const output = await this.#execute(tool, JSON.parse(input), context);
    this.prompt.push({
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId, toolName, output }],
    });
    return { name: toolName, input: JSON.parse(input), output };
  }

  async #execute(tool: ToolDefinition, input: unknown, context: ToolContext): Promise<Output> {
    const parsed = tool.input.safeParse(input);
    if (!parsed.success) return { type: 'error-text', value: z.prettifyError(parsed.error) };
    const decision = tool.approval ? (this.#options.decide?.(tool.name) ?? 'approve') : 'approve';
    if (decision !== 'approve') return refusal(decision.refuse);
    try {
      return { type: 'json', value: toJson(await tool.execute(parsed.data, context)) };
    } catch (error) {
      return { type: 'error-text', value: error instanceof Error ? error.message : String(error) };
    }
  }
}

const refusal = (reason: string | undefined): Output =>
  reason === undefined ? { type: 'execution-denied' } : { type: 'execution-denied', reason };

const toJson = (value: unknown): JSONValue => z.json().parse(JSON.parse(JSON.stringify(value)));

const textOf = (content: readonly LanguageModelV4Content[]) =>
  content.map((part) => (part.type === 'text' ? part.text : '')).join('');

type AssistantPart = Extract<
  LanguageModelV4Prompt[number],
  { role: 'assistant' }
>['content'][number];

function toPromptPart(part: LanguageModelV4Content): AssistantPart[] {
  if (part.type === 'text' || part.type === 'reasoning') return [part];
  return part.type === 'tool-call' ? [{ ...part, input: JSON.parse(part.input) }] : [];
}
