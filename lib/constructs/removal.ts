import { CfnDeletionPolicy, type CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import type { StageConfig } from '../stage-config.ts';

export const removalPolicyOf = ({ removalPolicy }: StageConfig) =>
  removalPolicy === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

/** An update that replaces the resource leaves the old one, and what is in it, behind. */
export function surviveReplacement(resource: CfnResource): void {
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
}
