/** A moment on the wire, in UTC. @param at epoch milliseconds */
export const iso = (at: number) => new Date(at).toISOString();
