// Puts the page together and keeps it current.

import { read } from "./api.js";
import { refreshCase, startCase } from "./case.js";
import { refreshCustomer, refreshCustomers, refreshTimeline, show, startCustomer } from "./customer.js";
import { refreshCases, startDesk } from "./desk.js";
import { byId } from "./dom.js";
import { startDrift } from "./drift.js";
import { startIncidents } from "./incidents.js";
import { startKeys } from "./keys.js";
import { startMoney } from "./money.js";
import { set, state } from "./state.js";
import { startQuiet } from "./quiet.js";
import { follow } from "./stream.js";
import { startClock } from "./time.js";
import { showTotals } from "./totals.js";
import { startTrace } from "./trace.js";

const STATES = {
  connecting: "Connecting",
  live: "Live",
  away: "The store is away. What you write is kept.",
  lost: "The program does not answer. Trying again.",
};
const RETRY_MS = 1500;

async function start() {
  set({ facts: await read("/api/page") });
  byId("model").textContent = state.facts.model;
  startTrace();
  startDesk();
  startCase();
  startIncidents();
  startQuiet();
  startMoney();
  startDrift();
  startCustomer();
  show("public");
  startKeys();
  startClock();
  showTotals(state.facts.totals, state.facts.ratings);
  follow(apply, showState);
}

function apply(change) {
  showTotals(change.totals, change.ratings);
  if (change.everything) {
    refreshAll();
    return;
  }
  if (change.timeline) {
    refreshTimeline();
    refreshCustomers();
  }
  if (change.accounts.includes(state.account)) refreshCustomer();
  if (change.cases.length) refreshCases(change.cases);
  // what changes in an incident may be the opened case
  if (change.cases.some((id) => id === state.opened || id.startsWith("I-"))) refreshCase();
}

function refreshAll() {
  refreshTimeline();
  refreshCustomers();
  refreshCustomer();
  refreshCases();
  refreshCase();
}

function showState(name) {
  const element = byId("connection");
  const before = element.dataset.state;
  if (before === name) return;
  element.dataset.state = name;
  element.textContent = STATES[name];
  // What was asked for during an outage failed: ask again.
  if (name === "live" && before !== "connecting") refreshAll();
}

function begin() {
  start().catch((error) => {
    showState("lost");
    console.error(error);
    setTimeout(() => location.reload(), RETRY_MS);
  });
}

begin();
