import { describe, expect, it } from 'vitest';
import type { Script } from '#agent/scripted-model.ts';
import { AgentDriver, approved } from '../agent-driver.ts';
import { aPlaybookAgent, systemOf, twoRoles } from './a-playbook.ts';

const callsWorkOnce: Script = (context) => {
  if (!systemOf(context).includes('Researcher')) return { text: context.message };
  const [result] = context.results;
  return result
    ? { text: `found ${JSON.stringify(result.value)}` }
    : { toolCalls: [{ name: 'work', input: { n: 7 } }] };
};

describe('a playbook', () => {
  it('has its tasks done one after the other, and answers with the last result', async () => {
    const asked: string[] = [];
    const script: Script = (context) => {
      const task = /Task: (.*)/.exec(systemOf(context))?.[1] ?? '';
      asked.push(task);
      return { text: `done: ${task}` };
    };
    const driver = new AgentDriver(aPlaybookAgent(twoRoles, { script }));

    const answer = await driver.answer();

    expect(asked).toEqual([
      'Collect what there is on hello.',
      'Write a draft.',
      'Polish the draft.',
    ]);
    expect(answer).toBe('done: Polish the draft.');
  });

  it('tells each task its role, goal, backstory and expected output, with the message as topic', async () => {
    const heard: string[] = [];
    const script: Script = (context) => {
      heard.push(systemOf(context));
      return { text: 'x' };
    };
    const request = { message: '$& of {topic}' };
    await new AgentDriver(aPlaybookAgent(twoRoles, { script }), { request }).answer();

    expect(heard[0]).toBe(
      'Role: Researcher\n\nGoal: Find out about $& of {topic}\n\nReads a lot.\n\n' +
        'Task: Collect what there is on $& of {topic}.\n\nExpected output: A list',
    );
  });

  it('gives a task the message and the results of those before it', async () => {
    const driver = new AgentDriver(aPlaybookAgent(twoRoles));

    await driver.answer();

    const questions = driver.messages.filter(({ role }) => role === 'user');
    expect(questions.map(({ content }) => content)).toEqual([
      [{ type: 'text', text: 'hello' }],
      [
        {
          type: 'text',
          text: 'hello\n\n# Results so far\n\n## Researcher: collect\n\nresearcher did',
        },
      ],
      [
        {
          type: 'text',
          text: 'hello\n\n# Results so far\n\n## Researcher: collect\n\nresearcher did\n\n## Writer: draft\n\nwriter did',
        },
      ],
    ]);
  });

  it('gives a task with a context the results that it names and no others', async () => {
    const yaml = twoRoles.replace(
      'expected_output: A better page',
      'expected_output: A better page\n        context: [draft]',
    );
    const driver = new AgentDriver(aPlaybookAgent(yaml));

    await driver.answer();

    const last = JSON.stringify(driver.messages.findLast(({ role }) => role === 'user'));
    expect(last).toContain('writer did');
    expect(last).not.toContain('researcher did');
  });

  it('shows a task neither the words nor the tool calls of another', async () => {
    const prompts: number[] = [];
    const script: Script = (context) => {
      prompts.push(context.prompt.length);
      return callsWorkOnce(context);
    };

    await new AgentDriver(aPlaybookAgent(twoRoles, { script })).answer();

    expect(prompts).toEqual([2, 4, 2, 2]);
  });

  it('is taken up by another process after any step', async () => {
    const options = { script: callsWorkOnce };
    const driver = new AgentDriver(aPlaybookAgent(twoRoles, options));
    const whole = await driver.answer();

    for (let steps = 1; steps < driver.usages.length; steps += 1) {
      const first = new AgentDriver(aPlaybookAgent(twoRoles, options));
      for (let taken = 0; taken < steps; taken += 1) await first.step();
      expect(await first.inAnotherProcess(aPlaybookAgent(twoRoles, options)).answer()).toBe(whole);
    }
  });

  it('asks a person where its approval rule says so, and goes on with the decision', async () => {
    const done: unknown[] = [];
    const yaml = `${twoRoles}approval:\n  work: { when: always, expires_after_seconds: 60, on_expiry: fail }\n`;
    const tool = { does: (args: unknown) => done.push(args) };
    const driver = new AgentDriver(aPlaybookAgent(yaml, { script: callsWorkOnce, tool }));

    const approval = await driver.ask();
    const doneBefore = [...done];
    await driver.answer({ decision: approved(approval) });

    expect(approval).toMatchObject({
      tool: 'work',
      arguments: { n: 7 },
      expiresAfterSeconds: 60,
      onExpiry: 'fail',
    });
    expect(doneBefore).toEqual([]);
    expect(done).toEqual([{ n: 7 }]);
  });

  it('may take a tool its own rule away', async () => {
    const tool = { approval: { when: 'always' as const } };
    const yaml = `${twoRoles}approval: { work: never }\n`;
    const driver = new AgentDriver(aPlaybookAgent(yaml, { script: callsWorkOnce, tool }));

    expect(await driver.answer()).toContain('found {"n":7}');
  });

  it('counts the model calls of all its tasks against one limit', async () => {
    const yaml = `${twoRoles}limits: { max_steps: 2 }\n`;

    const outcome = await new AgentDriver(aPlaybookAgent(yaml)).drive();

    expect(outcome).toMatchObject({ kind: 'fail', error: { code: 'step_limit' } });
  });

  it('counts the tokens of all its tasks against one limit', async () => {
    const driver = new AgentDriver(aPlaybookAgent(`${twoRoles}limits: { max_tokens: 1 }\n`));

    expect(await driver.drive()).toMatchObject({ kind: 'fail', error: { code: 'token_limit' } });
    expect(driver.usages.filter(({ outputTokens }) => outputTokens > 0)).toHaveLength(1);
  });

  it('suggests further questions once, at its end', async () => {
    const script: Script = ({ wantsJson }) =>
      wantsJson ? { json: { questions: ['More?'] } } : { text: 'x' };
    const request = { generateFollowups: true };
    const driver = new AgentDriver(aPlaybookAgent(twoRoles, { script }), { request });

    const outcome = await driver.drive();

    expect(outcome).toMatchObject({ output: { content: 'x', followups: ['More?'] } });
    expect(driver.events.filter(({ type }) => type === 'followups')).toHaveLength(1);
  });

  it('says how far it is', async () => {
    const driver = new AgentDriver(aPlaybookAgent(twoRoles, { script: callsWorkOnce }));

    await driver.answer();

    const progress = driver.events.filter(({ type }) => type === 'progress');
    expect(progress.map(({ data }) => data)).toEqual([
      { phase: 'Researcher: collect', percentage: 0 },
      { phase: 'Writer: draft', percentage: 33 },
      { phase: 'Writer: polish', percentage: 67 },
    ]);
  });

  it('fails where it has changed and the task in hand is gone', async () => {
    const driver = new AgentDriver(aPlaybookAgent(twoRoles));
    await driver.step();
    const changed = aPlaybookAgent(twoRoles.replace('draft:', 'outline:'));

    const outcome = await driver.inAnotherProcess(changed).drive();

    expect(outcome).toMatchObject({ kind: 'fail', error: { code: 'agent_error' } });
    expect(JSON.stringify(outcome)).toContain('writer.draft');
  });

  it('lets a role without tasks do what the message says', async () => {
    const yaml = 'llm: rehearsal\nagents: { helper: { instructions: Help. } }';

    const driver = new AgentDriver(aPlaybookAgent(yaml));

    expect(await driver.answer()).toBe('helper did');
    expect(driver.events.filter(({ type }) => type === 'progress')).toEqual([]);
  });
});
