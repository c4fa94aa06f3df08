// What this browser remembers: who one is, and every unsent text.

const PREFIX = "firstline:";

export function recall(name, fallback = "") {
  try {
    return localStorage.getItem(PREFIX + name) ?? fallback;
  } catch {
    return fallback; // storage is switched off
  }
}

export function remember(name, value) {
  try {
    if (value) localStorage.setItem(PREFIX + name, value);
    else localStorage.removeItem(PREFIX + name);
  } catch {
    // Storage is full or switched off: the text still stands in its field.
  }
}

export const recallList = (name) => JSON.parse(recall(name, "[]"));
export const rememberList = (name, list) => remember(name, JSON.stringify(list));
