// The list of answers: find one by its name or its words.

import { byId } from "/static/js/dom.js";

const field = byId("find");

field.addEventListener("input", () => {
  const wanted = field.value.trim().toLowerCase();
  let left = 0;
  for (const section of document.querySelectorAll(".answers")) {
    let here = 0;
    for (const card of section.querySelectorAll(".card")) {
      card.hidden = !card.dataset.find.toLowerCase().includes(wanted);
      here += !card.hidden;
    }
    section.hidden = here === 0;
    left += here;
  }
  byId("none").hidden = left > 0;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input, textarea")) return;
  event.preventDefault();
  field.focus();
});
