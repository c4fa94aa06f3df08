// The server, as functions. Every write carries a key, so that a repetition is harmless.

/** What the server refused: `message` and further `problems`, for the person here. */
export class Refusal extends Error {
  constructor(status, message, problems = [], code = "", answer = {}) {
    super(message);
    this.status = status;
    this.problems = problems;
    this.code = code;
    this.answer = answer; // all that it said
  }
}

const PATIENCE_MS = 15_000;
const LONG_PATIENCE_MS = 90_000;
const UNREACHABLE = "The program does not answer. Your text is kept; please try again.";

export const newKey = () => crypto.randomUUID();

/** A signal to give to `read` or `write` where an answer may take long. */
export const patient = () => ({ signal: AbortSignal.timeout(LONG_PATIENCE_MS) });

export const read = (path, options = {}) => call(path, options);

export function write(path, fields, key = newKey(), options = {}) {
  return call(path, {
    ...options,
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify(fields),
  });
}

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, { signal: AbortSignal.timeout(PATIENCE_MS), ...options });
  } catch {
    throw new Refusal(0, UNREACHABLE);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Refusal(response.status, answer.error ?? `The program answered ${response.status}.`, answer.problems, answer.code, answer);
  }
  return answer;
}

/**
 * Turn `load` into a function that can be called as often as one likes: it runs one at a
 * time, and once more if it was called meanwhile, so that the last state is always shown.
 * `pauseMs` lies between two runs: what changes all the time is not read all the time.
 */
export function refresher(load, pauseMs = 0) {
  let running = null;
  let again = false;
  const run = async () => {
    do {
      again = false;
      await load();
      if (pauseMs) await new Promise((done) => setTimeout(done, pauseMs));
    } while (again);
  };
  return () => {
    if (running) {
      again = true;
      return running;
    }
    running = run()
      .catch((error) => {
        if (!(error instanceof Refusal)) throw error; // the connection's state says it
      })
      .finally(() => {
        running = null;
      });
    return running;
  };
}
