import { createAgent } from './new-agent/create-agent.ts';

const usage = `npm run new-agent -- ID

Writes an agent with a tool, agents/<id>.ts, and its test, test/agents/<id>.test.ts. What is there is
never overwritten.

  ID   what callers put into the path: letters, digits, _ and -, as in my_agent`;

const [id, ...more] = process.argv.slice(2);
if (id === '--help') console.log(usage);
else if (id === undefined || more.length > 0) {
  console.error(usage);
  process.exitCode = 2;
} else {
  try {
    const root = import.meta.dirname.replace(/[/\\]bin$/, '');
    const { agentFile, testFile } = await createAgent(root, id);
    console.log(`Written: ${agentFile} and ${testFile}

Run it:   npm run demo -- ${id}
Test it:  npm test -- ${testFile}

A service that is up serves it already.`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
