interface Detail {
  readonly status: string;
  readonly input: string | null | undefined;
}

/** An event of Step Functions as EventBridge hands it over. */
export const aStatusChange = (detail: Partial<Detail> = {}) => ({
  version: '0',
  id: '315c1398-40ff-a850-213b-158f73e60175',
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  account: '123456789012',
  time: '2026-01-01T00:00:00Z',
  region: 'eu-central-1',
  resources: ['arn:aws:states:eu-central-1:123456789012:execution:Lifecycle:name'],
  detail: {
    executionArn: 'arn:aws:states:eu-central-1:123456789012:execution:Lifecycle:name',
    stateMachineArn: 'arn:aws:states:eu-central-1:123456789012:stateMachine:Lifecycle',
    name: 'name',
    status: 'ABORTED',
    startDate: 1_767_225_600_000,
    stopDate: 1_767_225_660_000,
    input: '{}',
    output: null,
    inputDetails: { included: true },
    outputDetails: null,
    error: null,
    cause: null,
    ...detail,
  },
});
