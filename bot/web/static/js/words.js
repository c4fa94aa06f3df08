// Codes as people read them.

export const OUTCOMES = {
  answered: "answered",
  asked: "asked back",
  handed_off: "handed to people",
  joined: "joined a case",
  coalesced: "read with the next",
  ignored: "left alone",
  pending: "pending",
  dead: "could not be handled",
};

export const STATUS = {
  open: "unclaimed",
  claimed: "claimed",
  waiting: "waiting for the customer",
  resolved: "resolved",
};

export const label = (code) => code.replaceAll("_", " ");

export const percent = (share) => `${Math.round(share * 100)} %`;

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
