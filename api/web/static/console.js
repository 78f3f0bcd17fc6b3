// What the console does beyond plain pages: it tells of danger by sound and title as soon as the
// server does, has the list of tasks fetched anew when it changed, and says when it hears nothing
// any more. Without this script the page shows the same when it is loaded.
"use strict";

(() => {
  const alarm = document.getElementById("alarm");
  if (!alarm || !window.EventSource) return;

  const title = document.title;
  const list = document.getElementById("tasks");
  const stale = document.getElementById("stale");
  // Milliseconds.
  const A_CLICK = 1000;
  const A_LOOK = 5000;
  const ASLEEP = 90000;  // what nobody sees may be given one look a minute
  let heard = 0;
  let owed = false;

  function beep() {
    try {
      const audio = new AudioContext();
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      volume.gain.value = 0.2;
      tone.frequency.value = 880;
      tone.connect(volume).connect(audio.destination);
      tone.start();
      tone.stop(audio.currentTime + 0.4);
    } catch {
      // A browser that may not make a sound before the first click: the title and the bar tell it.
    }
  }

  function show(open) {
    alarm.hidden = open === 0;
    document.title = open === 0 ? title : `(${open}) ! ${title}`;
    if (open > heard) beep();
    heard = open;
  }

  function isInUse(field) {
    if (field.type === "hidden") return false;
    if (field === document.activeElement) return true;
    if ("kept" in field.dataset && field.value) return true;  // it came with what was not taken
    if (field.type === "checkbox" || field.type === "radio") {
      return field.checked !== field.defaultChecked;
    }
    if (field.options) {
      const usual = [...field.options].findIndex((option) => option.defaultSelected);
      return field.selectedIndex !== Math.max(usual, 0);
    }
    return field.value !== field.defaultValue;
  }

  function fields() {
    return list === null ? [] : [...list.querySelectorAll("input, select, textarea")];
  }

  function isWrittenOn() {
    return fields().some(isInUse);
  }

  // Something is half written, and not in this form.
  function isWrittenBeside(form) {
    return fields().some((field) => field.form !== form && field.value && isInUse(field));
  }

  // A list that is fetched anew takes with it what somebody is writing there: it waits for them.
  // The danger itself does not wait, it has the bar.
  function refresh() {
    owed = isWrittenOn();
    if (!owed) document.body.dispatchEvent(new CustomEvent("tasks-changed"));
  }

  if (list) {
    // What was asked for before the first letter may come after it.
    list.addEventListener("htmx:before:swap", (event) => {
      if (!isWrittenOn()) return;
      event.preventDefault();
      owed = true;
    });
    // A form that is sent brings the whole page anew. The focus also goes at the beginning of a
    // click: the button beneath it must not change before the end.
    list.addEventListener("focusout", () => {
      setTimeout(() => {
        if (owed) refresh();
      }, A_CLICK);
    });
  }

  // What is half written would be gone with the page: what else is opened or pressed meanwhile, a
  // danger first of all, comes in a tab of its own.
  function openBeside(element, form) {
    if (isWrittenBeside(form)) {
      element.setAttribute("target", "_blank");
      element.dataset.beside = "";
    } else if ("beside" in element.dataset) {
      element.removeAttribute("target");
      delete element.dataset.beside;
    }
  }

  if (list) {
    document.addEventListener("submit", (event) => openBeside(event.target, event.target));
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href]:not([href^='#'])");
      if (link) openBeside(link, null);
    });
  }

  const drawn = list && list.dataset.drawn ? `?drawn=${list.dataset.drawn}` : "";
  let events = null;
  let lost = 0;  // since when; 0 while the line is open

  function connect() {
    if (events) events.close();
    events = new EventSource(alarm.dataset.events + drawn);
    events.addEventListener("open", () => {
      const missed = !stale.hidden;
      lost = 0;
      stale.hidden = true;
      if (missed) refresh();
    });
    events.addEventListener("error", () => {
      lost ||= Date.now();
    });
    events.addEventListener("danger", (event) => show(Number(event.data)));
    events.addEventListener("tasks", refresh);
    // Nobody is signed in here any more: to the sign-in, and what stood here is gone from the
    // screen.
    events.addEventListener("over", () => {
      events.close();
      clearInterval(looking);
      location.reload();
    });
  }

  // A machine that slept still believes in its old line, and a line that was refused is not tried
  // again by the browser.
  let looked = Date.now();
  const looking = setInterval(() => {
    const slept = Date.now() - looked > ASLEEP;
    looked = Date.now();
    if (slept) lost ||= looked;
    if (lost && (slept || looked - lost >= A_LOOK)) stale.hidden = false;
    if (slept || events.readyState === EventSource.CLOSED) connect();
  }, A_LOOK);
  connect();
  addEventListener("pagehide", () => {
    clearInterval(looking);
    events.close();
  });
})();
