// One message of the queue: choose what it is, write beside it, save.

import { Refusal, write } from "/static/js/api.js";
import { toast } from "/static/js/dialogs.js";
import { byId, h } from "/static/js/dom.js";
import { author } from "./frame.js";
import { idsOf, mountEditor } from "./editor.js";

const toQueue = () => { location.href = "/train/queue"; };

const place = document.querySelector("[data-editor]");
if (place) {
  const editor = mountEditor(place, { saved: toQueue });
  for (const guess of document.querySelectorAll("[data-guess]")) {
    guess.disabled = false; // before, a click would be lost
    guess.addEventListener("click", () => {
      const name = place.querySelector('[name="label"]');
      name.value = guess.dataset.guess;
      name.dispatchEvent(new Event("input", { bubbles: true }));
      place.querySelector(".line__text").focus();
    });
  }
  if (place.dataset.text) {
    const button = h("button.link", { type: "button", on: { click: () => editor.put(place.dataset.text) } }, "Use the message's words");
    place.querySelector(".lines").after(button);
  }
  editor.focus();
}

byId("acts")?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  const { items, label } = byId("acts").dataset;
  if (button) close(button.dataset.act, { items: idsOf(items), label });
});
byId("reopen")?.addEventListener("click", (event) => close("reopen", { items: idsOf(event.target.dataset.items) }, () => location.reload()));

async function close(act, fields, then = toQueue) {
  try {
    await author();
    const { faster } = await write(`/api/train/queue/${act}`, fields);
    if (faster?.length && act !== "reopen") toast(`${faster.join(", ")} was faster with this one.`);
    then();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, "problem");
  }
}
