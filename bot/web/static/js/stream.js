// One stream tells what became stale; the browser reconnects and resumes by itself.

/**
 * Follow the changes. `onChange` gets {cases, accounts, timeline, totals, everything};
 * `onState` gets "live", "away" (the store) or "lost" (the program).
 */
export function follow(onChange, onState) {
  let source = null;
  const open = () => {
    if (source && source.readyState !== EventSource.CLOSED) return;
    source = new EventSource("/events");
    source.addEventListener("open", () => onState("live"));
    source.addEventListener("change", (event) => {
      const change = JSON.parse(event.data);
      onState(change.away ? "away" : "live");
      onChange(change);
    });
    source.addEventListener("error", () => {
      onState("lost");
      // After some errors browsers give up: begin anew, which reads everything again.
      if (source.readyState === EventSource.CLOSED && !document.hidden) setTimeout(open, 1500);
    });
  };
  open();
  // Leaving the page must not hold a connection that the next page needs.
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && open());
  // Browsers allow six connections to one place: tabs that nobody sees give theirs back,
  // and read everything again when they are seen.
  document.addEventListener("visibilitychange", () => (document.hidden ? source.close() : open()));
}
