// What all columns share: who is who, what is chosen, and who wants to know.

const listeners = new Map();

export const state = {
  facts: null, // what the server says once
  account: "", // the customer that one writes as
  message: null, // the message under the magnifier; null follows the latest
  agent: "",
  opened: null, // the id of the opened case
};

/** Call `listener` whenever one of `names` is set. */
export function on(names, listener) {
  for (const name of names.split(" ")) {
    listeners.set(name, [...(listeners.get(name) ?? []), listener]);
  }
}

/** Change the state and tell who wants to know. */
export function set(changes) {
  const changed = Object.keys(changes).filter((name) => state[name] !== changes[name]);
  Object.assign(state, changes);
  const called = new Set(changed.flatMap((name) => listeners.get(name) ?? []));
  for (const listener of called) listener();
}
