// Talks to /control.

async function call(method, path, body) {
  const answer = await fetch(`/control/${path}`, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  return said;
}

export const scene = () => call("GET", "scene");
export const changes = (since) => call("GET", `changes?since=${since}`);
export const act = (name, body) => call("POST", `act/${name}`, body);
export const order = (body) => call("POST", "faults", body);
export const calm = () => call("DELETE", "faults");
export const change = (body) => call("POST", "network", body);
