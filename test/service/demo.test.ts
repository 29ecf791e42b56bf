import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LLMock } from '@copilotkit/aimock';
import { describe, expect, it, onTestFinished } from 'vitest';
import { operativusContract } from '#api/dialects/operativus/contract.ts';
import { ServiceProcess } from '../../bin/bench/service-process.ts';
import { runCommand } from './command.ts';

const token = 'token-of-a-service-that-is-up';

/** On port 0 nothing is up, so that the demo starts a service of its own. */
const alone = { PORT: '0' };

async function aServiceThatIsUp(): Promise<ServiceProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'longrun-demo-test-'));
  const service = await ServiceProcess.start({
    DATA_DIR: dataDir,
    LONGRUN_DEV_TOKEN: token,
    LONGRUN_LOG_LEVEL: 'error',
  });
  onTestFinished(async () => {
    await service.stop();
    rmSync(dataDir, { recursive: true });
  });
  return service;
}

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'longrun-demo-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A provider of models as it is told to a service; it answers everything with `content`. */
async function aProvider(content: string) {
  const provider = new LLMock({ port: 0, logLevel: 'silent' });
  provider.addFixtures([{ match: {}, response: { content } }]);
  const url = await provider.start();
  onTestFinished(() => provider.stop());
  return {
    ANTHROPIC_API_KEY: '',
    OPENAI_API_KEY: 'sk-proj-of-a-test',
    OPENAI_BASE_URL: `${url}/v1`,
  };
}

/** Of one agent, `greeter`, on whatever model there is a key for. */
function aFolderOfAgents(): string {
  const folder = aFolder();
  const agent = `import { defineAgent } from 'longrun/agent';
    export default defineAgent({
      id: 'greeter',
      name: 'Greeter',
      description: 'Greets.',
      instructions: 'Greet.',
      model: 'default',
    });`;
  writeFileSync(join(folder, 'greeter.ts'), agent);
  return folder;
}

describe('npm run demo', () => {
  it('answers from real data, shows the calls to approve, and their results', async () => {
    const { code, stdout, stderr } = await runCommand('demo', ['--yes'], alone);

    expect(stdout).toMatch(
      /says +The highest price of Apple \(AAPL\) in 2009 was \*\*\$210\.73\*\*/,
    );
    expect(stdout).toMatch(/Exactly this call:\n\n +delete_table\(\{\n +"table": "invoices"\n/);
    expect(stdout).toMatch(
      /Exactly this call:\n\n +send_email\(\{\n +"to": "anna@example\.com",\n/,
    );
    expect(stdout).toMatch(/PAUSED\n +approved +by --yes\n/);
    expect(stdout).toMatch(/says +The table \*\*invoices\*\* is deleted, with its 30 rows\./);
    expect(stdout).toMatch(/stored as COMPLETED[\s\S]*stored as COMPLETED/);
    expect(stdout).not.toContain('\u001b');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('rejects, says so and ends with 2 where nobody can be asked', async () => {
    const { code, stdout } = await runCommand('demo', [], alone);

    expect(stdout).toMatch(/rejected +by there is no terminal to ask in, and no --yes\n/);
    expect(stdout).toMatch(/I did \*\*not\*\* delete the table \*\*invoices\*\*/);
    expect(stdout).toMatch(/Nobody could be asked, so the call was rejected/);
    expect(code).toBe(2);
  });

  it('runs on a service that is up, also when the table is gone', async () => {
    const service = await aServiceThatIsUp();
    const env = { PORT: `${service.port}`, LONGRUN_DEV_TOKEN: token };

    const first = await runCommand('demo', ['--yes'], env);
    const second = await runCommand('demo', ['--yes'], env);

    expect(first.stdout).toContain(`http://localhost:${service.port}\n`);
    expect(first.code).toBe(0);
    expect(second.stdout).toMatch(/gone since an earlier demo[\s\S]*The email “[\s\S]*” is sent/);
    expect(second.code).toBe(0);
  });

  it('says what to set where the service that is up refuses its token', async () => {
    const service = await aServiceThatIsUp();
    const env = { PORT: `${service.port}`, LONGRUN_DEV_TOKEN: 'token-of-another' };

    const { code, stderr } = await runCommand('demo', ['--yes'], env);

    expect(stderr).toMatch(/it refuses the token\. Set LONGRUN_DEV_TOKEN/);
    expect(code).toBe(1);
  });

  it.each([
    ['drafting', /says +Drafted "Release notes"/],
    ['finance_agent', /says +The highest price of Apple/],
    ['ops_agent', /approved +by --yes[\s\S]*The table \*\*invoices\*\* is deleted/],
    ['print_agent', /says +Send me a picture/],
    ['recommendation', /says +Recommends SQLite/],
    ['slow_agent', /progress[\s\S]*Done: I worked for \*\*5 s\*\*/],
    ['synthesis', /says +Extracted 4 insights across 2 themes/],
    ['text_team', /progress +Analyst: measure[\s\S]*my advice is: \*\*/],
  ])('shows a run of %s, told what suits it', async (agent, shows) => {
    const { code, stdout } = await runCommand('demo', [agent, '--yes'], alone);

    expect(stdout).toMatch(shows);
    expect(stdout).toMatch(/stored as COMPLETED/);
    expect(code).toBe(0);
  });

  it('has an example of every agent that needs no key', async () => {
    const service = await aServiceThatIsUp();
    const response = await fetch(`http://localhost:${service.port}/api/agents`, {
      headers: { authorization: `Bearer ${token}` },
    });

    const served = operativusContract.listAgents.response.parse(await response.json());

    expect(served.map(({ agentId }) => agentId).sort()).toEqual([
      'drafting',
      'finance_agent',
      'ops_agent',
      'print_agent',
      'recommendation',
      'slow_agent',
      'synthesis',
      'text_team',
    ]);
  });

  it('tells an agent what it is given, and needs nobody where nobody is asked', async () => {
    const { code, stdout } = await runCommand('demo', ['text_team', 'Be brief.'], alone);

    expect(stdout).toMatch(/you +Be brief\.\n/);
    expect(stdout).toContain('2 words, 1 sentences');
    expect(code).toBe(0);
  });

  it('says which agents there are where it is asked for another', async () => {
    const { code, stderr } = await runCommand('demo', ['nobody'], alone);

    expect(stderr).toMatch(/There is no agent nobody here, but [a-z_, ]*finance_agent, ops_agent/);
    expect(code).toBe(1);
  });

  it.each([
    ['the key of a provider', {}],
    ['a model of this machine', { LONGRUN_MODEL: 'compatible:llama3.2', OPENAI_API_KEY: '' }],
  ])('has chat on %s that it was given', async (_, settings) => {
    const provider = await aProvider('A workflow that survives.');
    const env = { ...alone, ...provider, ...settings };

    const { code, stdout, stderr } = await runCommand('demo', ['chat'], env);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/says +A workflow that survives\./);
  });

  it('has the agents of another folder that it was given', async () => {
    const provider = await aProvider('Good morning.');
    const env = { ...alone, ...provider, LONGRUN_AGENTS: aFolderOfAgents() };

    const { code, stdout } = await runCommand('demo', ['greeter', 'Hi'], env);

    expect(stdout).toMatch(/says +Good morning\./);
    expect(code).toBe(0);
  });

  it('leaves alone what is meant for another service', async () => {
    const events = join(aFolder(), 'events.jsonl');
    const another = { LONGRUN_EVENTS_FILE: events, PUBLIC_BASE_URL: 'https://elsewhere.example' };

    const { code } = await runCommand('demo', ['text_team', 'Hi'], { ...alone, ...another });

    expect(code).toBe(0);
    expect(existsSync(events)).toBe(false);
  });
});
