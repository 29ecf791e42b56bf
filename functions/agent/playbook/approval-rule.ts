import type { ToolApproval } from '../define-agent.ts';
import type { Approval } from './playbook.ts';

/** What a rule asks for; `undefined` where nobody is to be asked. */
export function approvalOf(rule: Approval): ToolApproval<unknown> | undefined {
  const { when, expires_after_seconds, on_expiry } =
    typeof rule === 'string' ? { when: rule } : { ...rule };
  if (when === 'never') return undefined;
  return {
    when,
    ...(expires_after_seconds === undefined ? {} : { expiresAfterSeconds: expires_after_seconds }),
    ...(on_expiry === undefined ? {} : { onExpiry: on_expiry }),
  };
}
