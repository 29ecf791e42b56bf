import type { ToolOutput } from '#core/session/transcript.ts';

/** What came of a tool call, where only a text can be said. */
export function toolOutputText(output: ToolOutput): string {
  switch (output.type) {
    case 'json':
      return JSON.stringify(output.value);
    case 'execution-denied':
      return `Rejected: ${output.reason}`;
    default:
      return output.value;
  }
}
