interface Named {
  readonly id: string;
}

/** The agent that is meant, however the words of its name are joined. */
export const agentNamed = <Agent extends Named>(
  agents: readonly Agent[],
  name: string,
): Agent | undefined =>
  agents.find(({ id }) => id === name) ?? agents.find(({ id }) => plain(id) === plain(name));

const plain = (name: string) => name.toLowerCase().replace(/[\s._-]+/g, '_');
