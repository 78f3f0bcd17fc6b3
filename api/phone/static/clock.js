// The product's clock: read now and then, drawn in between, and set by the speed buttons.

const PACES = {
  1: "Real time.",
  60: "A minute passes each second.",
  3600: "An hour passes each second.",
  7200: "Two hours pass each second.",
};

export class Clock {
  /** `call(path, body?)` asks the product. */
  constructor(call) {
    this.call = call;
    this.base = Date.now();
    this.read = performance.now();
    this.speed = 1;
    this.timeZone = "America/Chicago";
    this.time = document.getElementById("clock-time");
    this.date = document.getElementById("clock-date");
    this.pace = document.getElementById("clock-pace");
    this.buttons = [...document.querySelectorAll('input[name="speed"]')];
    for (const button of this.buttons) {
      button.addEventListener("change", () => this.setSpeed(Number(button.value)));
    }
    this.#makeFormats();
  }

  #makeFormats() {
    const options = { timeZone: this.timeZone };
    this.timeFormat = new Intl.DateTimeFormat("en-US", { ...options, hour: "numeric", minute: "2-digit" });
    this.dateFormat = new Intl.DateTimeFormat("en-US", {
      ...options, weekday: "long", month: "long", day: "numeric",
    });
    this.shortFormat = new Intl.DateTimeFormat("en-US", {
      ...options, weekday: "short", month: "short", day: "numeric", hour: "numeric", minute: "2-digit",
    });
  }

  now() {
    return new Date(this.base + (performance.now() - this.read) * this.speed);
  }

  /** "Sat, Nov 21, 5:55 PM" */
  short(date) {
    return this.shortFormat.format(date);
  }

  async refresh() {
    this.#take(await this.call("/phone/api/clock"));
  }

  async setSpeed(speed) {
    try {
      this.#take(await this.call("/phone/api/clock", { speed }));
    } catch (error) {
      this.#mark(); // the button goes back to the speed that holds
      this.pace.textContent = error.message;
    }
  }

  #take(state) {
    this.base = Date.parse(state.now);
    this.read = performance.now();
    const changed = this.speed !== state.speed || !this.pace.textContent;
    this.speed = state.speed;
    if (this.timeZone !== state.time_zone) {
      this.timeZone = state.time_zone;
      this.#makeFormats();
    }
    this.#mark();
    if (changed) this.pace.textContent = PACES[this.speed] ?? `${this.speed} times as fast.`;
    this.draw();
  }

  #mark() {
    for (const button of this.buttons) button.checked = Number(button.value) === this.speed;
  }

  draw() {
    const now = this.now();
    this.time.dateTime = now.toISOString();
    this.time.textContent = this.timeFormat.format(now);
    this.date.textContent = this.dateFormat.format(now);
  }
}
