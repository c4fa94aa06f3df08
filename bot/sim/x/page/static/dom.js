// Builds elements; texts are only ever texts.

export function make(name, options = {}, ...children) {
  const { text, on, ...rest } = options;
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(rest)) {
    if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  if (text !== undefined) element.textContent = text;
  if (on) element.addEventListener("click", on);
  element.append(...children.filter(Boolean));
  return element;
}

export const find = (id) => document.getElementById(id);

export function clock(at) {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
