import { Construct } from 'constructs';
import type { FunctionBundles } from '../bundling/function-bundle.ts';
import type { StageConfig } from '../stage-config.ts';
import { ServiceFunction } from './service-function.ts';

export interface EngineFunctionsProps {
  readonly config: StageConfig;
  readonly bundles: FunctionBundles;
}

/** Dispatching waits for Step Functions at most; a message comes again long after that. */
export const dispatchTimeoutSeconds = 30;
/** Above what the state waits, so that it is the state that says so. */
const segmentTimeoutSeconds = 900;
/** Above what the state waits. */
const submitTimeoutSeconds = 300;
/** Beyond a minute the next sweep works beside it, which does no harm. */
const sweepTimeoutSeconds = 300;

/** The functions that move runs on. What each may do is decided where they are wired. */
export class EngineFunctions extends Construct {
  readonly dispatch: ServiceFunction;
  readonly segment: ServiceFunction;
  readonly registerPause: ServiceFunction;
  readonly expirePause: ServiceFunction;
  readonly finalize: ServiceFunction;
  readonly outbox: ServiceFunction;
  readonly reconcile: ServiceFunction;
  readonly sweep: ServiceFunction;
  readonly batch: ServiceFunction;
  readonly advanceBatch: ServiceFunction;
  readonly submitChunk: ServiceFunction;

  constructor(scope: Construct, id: string, props: EngineFunctionsProps) {
    super(scope, id);
    this.dispatch = new ServiceFunction(this, 'Dispatch', {
      ...props,
      bundle: 'dispatch',
      description: 'Starts queued runs as slots come free',
      timeoutSeconds: dispatchTimeoutSeconds,
    });
    this.segment = new ServiceFunction(this, 'Segment', {
      ...props,
      bundle: 'segment',
      description: 'Takes the steps of agents',
      timeoutSeconds: segmentTimeoutSeconds,
      memorySizeMiB: 512,
    });
    // What agents keep in files they may lose: each instance of the function has a disk of its own.
    if (!props.config.isEmulator) this.segment.addEnvironment('DATA_DIR', '/tmp/longrun');
    this.registerPause = new ServiceFunction(this, 'RegisterPause', {
      ...props,
      bundle: 'register-pause',
      description: 'Keeps the task token of a run that waits for a decision',
    });
    this.expirePause = new ServiceFunction(this, 'ExpirePause', {
      ...props,
      bundle: 'expire-pause',
      description: 'Ends the longest wait that there may be',
    });
    this.finalize = new ServiceFunction(this, 'Finalize', {
      ...props,
      bundle: 'finalize',
      description: 'Makes sure that a run ends with its execution',
    });
    this.outbox = new ServiceFunction(this, 'Outbox', {
      ...props,
      bundle: 'outbox',
      description: 'Tells the event bus of changes of status',
    });
    this.reconcile = new ServiceFunction(this, 'Reconcile', {
      ...props,
      bundle: 'reconcile',
      description: 'Ends runs whose execution was ended',
    });
    this.sweep = new ServiceFunction(this, 'Sweep', {
      ...props,
      bundle: 'sweep',
      description: 'Does again whatever was lost',
      timeoutSeconds: sweepTimeoutSeconds,
      memorySizeMiB: 512,
    });
    this.batch = new ServiceFunction(this, 'Batch', {
      ...props,
      bundle: 'batch',
      description: 'Makes batches of events',
    });
    this.advanceBatch = new ServiceFunction(this, 'AdvanceBatch', {
      ...props,
      bundle: 'advance-batch',
      description: 'Says what has to be done for a batch',
      timeoutSeconds: segmentTimeoutSeconds,
      memorySizeMiB: 512,
    });
    this.submitChunk = new ServiceFunction(this, 'SubmitChunk', {
      ...props,
      bundle: 'submit-chunk',
      description: 'Submits lines of a batch',
      timeoutSeconds: submitTimeoutSeconds,
    });
  }

  get all(): readonly ServiceFunction[] {
    return this.node.children.filter((child) => child instanceof ServiceFunction);
  }
}
