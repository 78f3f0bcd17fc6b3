// One phone on the page: its bubbles, its suggestions and its typing box.
// Everything a text holds is set as text, never as markup.

const STATUS_WORDS = {
  accepted: "Accepted",
  scheduled: "Scheduled",
  queued: "Queued",
  sending: "Sending",
  sent: "Sent",
  delivered: "Delivered",
  read: "Read",
};

const FAILURE_WORDS = {
  30003: "phone unreachable",
  30005: "unknown number",
  30006: "landline",
  30007: "filtered by the carrier",
  30034: "sender not registered",
  30036: "waited too long",
};

/** (630) 555-0100 for +16305550100; other numbers as they are. */
export function formatNumber(number) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return parts ? `(${parts[1]}) ${parts[2]}-${parts[3]}` : number;
}

export class Conversation {
  /** `send(number, body)` hands a text over and rejects when it can't. */
  constructor({ number, title, hint, suggestions }, template, send) {
    this.number = number;
    this.title = title;
    this.send = send;
    this.bubbles = new Map();
    this.element = template.content.firstElementChild.cloneNode(true);
    this.log = this.element.querySelector(".log");
    this.box = this.element.querySelector("textarea");
    this.#label(hint);
    this.#suggest(suggestions);
    this.#listen();
  }

  #label(hint) {
    const id = `phone-${this.number.slice(1)}`;
    const heading = this.element.querySelector("h2");
    heading.id = `${id}-title`;
    heading.textContent = this.title;
    this.element.id = id;
    this.element.setAttribute("aria-labelledby", heading.id);
    this.element.querySelector(".number").textContent = formatNumber(this.number);
    this.element.querySelector(".hint").textContent = hint;
    this.log.setAttribute("aria-label", `Messages on the phone: ${this.title}`);
    this.box.id = `${id}-text`;
    const label = this.element.querySelector("label");
    label.htmlFor = this.box.id;
    label.textContent = `Text from the phone: ${this.title}`;
  }

  #suggest(suggestions) {
    const group = this.element.querySelector(".suggestions");
    group.setAttribute("aria-label", `Texts to try: ${this.title}`);
    for (const { text, language } of suggestions) {
      const button = document.createElement("button");
      button.type = "button";
      button.lang = language;
      button.textContent = text;
      button.addEventListener("click", () => {
        this.box.value = text;
        this.#fit();
        this.box.focus();
      });
      group.append(button);
    }
  }

  #listen() {
    const form = this.element.querySelector("form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#sendBox();
    });
    this.box.addEventListener("keydown", (event) => {
      // isComposing: Enter that ends an accent or a word being composed is not "send".
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#sendBox();
      }
    });
    this.box.addEventListener("input", () => this.#fit());
  }

  async #sendBox() {
    const body = this.box.value;
    if (!body.trim()) return;
    this.box.value = "";
    this.#fit();
    try {
      await this.send(this.number, body);
    } catch {
      // Not lost: back into the box, unless something new has been typed meanwhile.
      if (!this.box.value) this.box.value = body;
      this.#fit();
    }
  }

  #fit() {
    const lines = this.box.value.split("\n").length;
    const wrapped = Math.ceil(this.box.value.length / 30);
    this.box.rows = Math.min(5, Math.max(1, lines, wrapped));
  }

  /** Show a text, or what has changed about it. `when` is the label of its time. */
  show(message, when) {
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 48;
    let bubble = this.bubbles.get(message.sid);
    if (!bubble) {
      bubble = newBubble(message, when);
      this.bubbles.set(message.sid, bubble);
      this.log.append(bubble.item);
    }
    const { words, failed } = deliveryState(message);
    bubble.state.textContent = words;
    bubble.item.classList.toggle("failed", failed);
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
  }
}

function newBubble(message, when) {
  const own = message.direction === "inbound";
  const item = document.createElement("li");
  item.className = own ? "own" : "theirs";
  const who = document.createElement("span");
  who.className = "visually-hidden";
  who.textContent = own ? "You texted: " : message.by_carrier ? "The carrier texted: " : "Handoff texted: ";
  const text = document.createElement("p");
  text.className = "text";
  text.append(who, ...linked(message.body || (message.media.length ? "(picture)" : "(empty text)")));
  const about = document.createElement("p");
  about.className = "about";
  const time = document.createElement("time");
  time.dateTime = message.created_at;
  time.textContent = when;
  const state = document.createElement("span");
  state.setAttribute("aria-live", "off");
  const segments = document.createElement("span");
  segments.textContent = message.segments === 1 ? "1 segment" : `${message.segments} segments`;
  about.append(time, state, segments);
  if (message.by_carrier) about.append(document.createTextNode("from the carrier itself"));
  item.append(text, about);
  return { item, state };
}

function deliveryState(message) {
  if (message.direction === "inbound") {
    if (message.webhook_status === null) return { words: "On its way", failed: false };
    if (message.webhook_status === 0) return { words: "No answer from Handoff", failed: true };
    const taken = message.webhook_status < 300;
    return taken
      ? { words: "Received", failed: false }
      : { words: `Refused (${message.webhook_status})`, failed: true };
  }
  const words = STATUS_WORDS[message.status];
  if (words) return { words, failed: false };
  const why = FAILURE_WORDS[message.error_code] ?? `error ${message.error_code ?? "unknown"}`;
  return { words: `Not delivered: ${why}`, failed: true };
}

/** The text as nodes; addresses of this very site, such as a partner's link, can be followed. */
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part) => {
    if (!part.startsWith(`${location.origin}/`)) return document.createTextNode(part);
    const link = document.createElement("a");
    link.href = part;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = part;
    return link;
  });
}
