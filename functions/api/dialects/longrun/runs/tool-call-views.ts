import type { Run } from '#core/run/run.ts';
import type { ToolCallRecord } from '#core/session/transcript.ts';

export function toCallView({ toolCallId, name, arguments: args, output }: ToolCallRecord) {
  const call = { toolCallId, tool: name, arguments: args };
  switch (output.type) {
    case 'error-text':
      return { ...call, outcome: 'error' as const, result: output.value };
    case 'execution-denied':
      return { ...call, outcome: 'denied' as const, result: output.reason };
    default:
      return { ...call, outcome: 'ok' as const, result: output.value };
  }
}

export const toListedCall = (run: Run, call: ToolCallRecord, baseUrl: string) => ({
  ...toCallView(call),
  ...(call.full === undefined ? {} : { cutFromBytes: call.full.bytes }),
  links: {
    self: `${baseUrl}/api/runs/${run.id}/tool-calls/${encodeURIComponent(call.toolCallId)}`,
  },
});
