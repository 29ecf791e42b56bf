import { Construct } from 'constructs';
import type { ServiceFunction } from './service-function.ts';

export interface RemoteAgentAccessProps {
  /** Takes the steps of agents. */
  readonly fn: ServiceFunction;
  /** Of the functions that the deployed agents are; whole ARNs, with the version or alias that is asked. */
  readonly functionArns: readonly string[];
}

/** Lets a function ask the remote agents that are Lambda functions, those that are declared and no others. */
export class RemoteAgentAccess extends Construct {
  constructor(scope: Construct, id: string, { fn, functionArns }: RemoteAgentAccessProps) {
    super(scope, id);
    const arns = [...new Set(functionArns)];
    if (arns.length > 0) fn.allow(['lambda:InvokeFunction'], arns);
  }
}
