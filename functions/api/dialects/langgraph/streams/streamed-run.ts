/** A run of LangGraph: one of ours, or what is left of it after a decision. */
export interface StreamedRun {
  /** As the caller knows it. */
  readonly id: string;
  readonly threadId: string;
  readonly assistantId: string;
  readonly agentId: string;
  /** The run that does the work. */
  readonly runId: string;
  /** How many decisions it was asked for before this run of LangGraph begins. */
  readonly pausesBefore: number;
}

export type Node = 'agent' | 'tools';
