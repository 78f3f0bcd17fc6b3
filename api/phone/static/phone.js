// The page: three phones and any more that take part, kept up to date by asking again and again.

import { Clock } from "./clock.js";
import { Conversation, formatNumber } from "./conversation.js";

const POLL = 700; // milliseconds between two questions; slower in a hidden tab or in trouble
const SLOW_POLL = 4000;
const CLOCK_EVERY = 4; // polls
const MOST_PHONES = 12;

const en = (text) => ({ text, language: "en" });
const es = (text) => ({ text, language: "es" });
const RESIDENT_TEXTS = [
  en("I need food near 60540"),
  es("Necesito comida cerca de Naperville"),
  en("help paying my electric bill"),
  es("ayuda con la renta"),
  en("HELP"),
  en("STOP"),
];
const FIRST_PHONES = [
  {
    number: "+16305550100",
    title: "Resident",
    hint: "Anyone who needs help, in English or Spanish.",
    suggestions: RESIDENT_TEXTS,
  },
  {
    number: "+16305550101",
    title: "Clinician",
    hint: "In the field, looking something up for a person.",
    suggestions: [en("shelter for a family tonight"), en("detox in DuPage"), en("HELP")],
  },
  {
    number: "+16305550102",
    title: "Partner",
    hint: "Gets a link when a referral comes in.",
    suggestions: [en("HELP")],
  },
];

const template = document.getElementById("phone-template");
const phones = document.getElementById("phones");
const switcher = document.getElementById("switch");
const trouble = document.getElementById("trouble");
const conversations = new Map();
const clock = new Clock(call);
const arrivals = remembered("arrivals");
let position = 0;
let polls = 0;
let timer;

/** GET, or POST with a body; rejects with the product's own words when it refuses. */
async function call(path, body) {
  const options = body
    ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }
    : {};
  const response = await fetch(path, options);
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail ?? `The product answered ${response.status}.`);
  }
  return response.json();
}

/** What this tab has kept, as far as the browser lets it keep anything. */
function remembered(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name)) ?? {};
  } catch {
    return {};
  }
}

function remember(name, value) {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Times are then shown as the carrier's after a reload: a loss nobody needs to hear of.
  }
}

function addPhone(description) {
  const conversation = new Conversation(description, template, send);
  conversations.set(description.number, conversation);
  phones.append(conversation.element);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = description.title;
  button.addEventListener("click", () => choose(description.number));
  conversation.button = button;
  switcher.append(button);
  if (conversations.size === 1) choose(description.number);
  return conversation;
}

/** On a narrow screen one phone is shown at a time; on a wide one this changes nothing. */
function choose(number) {
  for (const [each, conversation] of conversations) {
    const chosen = each === number;
    conversation.element.classList.toggle("chosen", chosen);
    conversation.button.setAttribute("aria-pressed", String(chosen));
  }
  const { log, button } = conversations.get(number);
  button.classList.remove("news");
  log.scrollTop = log.scrollHeight;
}

function addResident(number) {
  return addPhone({
    number,
    title: `Resident ${formatNumber(number).slice(-4)}`,
    hint: "Another person, with a story of their own.",
    suggestions: RESIDENT_TEXTS,
  });
}

function nextFreeNumber() {
  for (let last = 103; last < 199; last += 1) {
    const number = `+1630555${String(last).padStart(4, "0")}`;
    if (!conversations.has(number)) return number;
  }
  return null;
}

async function send(number, body) {
  try {
    await call("/phone/api/messages", { from: number, body });
  } catch (error) {
    complain(error);
    throw error;
  }
  poll();
}

function show(message, isNew) {
  let conversation = conversations.get(message.phone);
  if (!conversation && conversations.size < MOST_PHONES) conversation = addResident(message.phone);
  if (!conversation) return;
  // The carrier dates texts by the wall's clock. One that comes while we watch is shown at the
  // product's time instead: with a fast clock that is the time that means something.
  if (isNew && !arrivals[message.sid]) arrivals[message.sid] = clock.now().toISOString();
  const at = arrivals[message.sid] ?? message.created_at;
  conversation.show(message, clock.short(new Date(at)));
  const hidden = conversation.button.getAttribute("aria-pressed") !== "true";
  if (isNew && hidden && message.direction === "outbound") conversation.button.classList.add("news");
}

function complain(error) {
  trouble.textContent = error instanceof TypeError ? "The product doesn’t answer. Trying again…" : error.message;
  trouble.hidden = false;
}

async function update() {
  const watching = polls > 0;
  if (polls % CLOCK_EVERY === 0) await clock.refresh();
  const { messages, next } = await call(`/phone/api/messages?after=${position}`);
  for (const message of messages) show(message, watching);
  if (messages.length) remember("arrivals", arrivals);
  position = next;
  polls += 1;
}

let updating = false;
async function poll() {
  if (updating) return;
  updating = true;
  clearTimeout(timer);
  let pause = document.hidden ? SLOW_POLL : POLL;
  try {
    await update();
    trouble.hidden = true;
  } catch (error) {
    complain(error);
    pause = SLOW_POLL;
  }
  updating = false;
  timer = setTimeout(poll, pause);
}

FIRST_PHONES.forEach(addPhone);
document.getElementById("add-phone").addEventListener("click", () => {
  const number = conversations.size < MOST_PHONES ? nextFreeNumber() : null;
  if (!number) return;
  const conversation = addResident(number);
  choose(number);
  conversation.element.scrollIntoView({ block: "nearest" });
  conversation.box.focus();
});
document.addEventListener("visibilitychange", () => document.hidden || poll());
setInterval(() => clock.draw(), 250);
poll();
