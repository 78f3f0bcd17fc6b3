// What the console does beyond plain pages: it tells of danger by sound and title as soon as the
// server does. Without this script the page shows the same when it is loaded.
"use strict";

(() => {
  const alarm = document.getElementById("alarm");
  if (!alarm || !window.EventSource) return;

  const title = document.title;
  let heard = 0;

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

  const events = new EventSource(alarm.dataset.events);
  events.addEventListener("danger", (event) => show(Number(event.data)));
  events.addEventListener("tasks", () => {
    document.body.dispatchEvent(new CustomEvent("tasks-changed"));
  });
  // Nobody is signed in here any more: to the sign-in, and what stood here is gone from the screen.
  events.addEventListener("over", () => {
    events.close();
    location.reload();
  });
  addEventListener("pagehide", () => events.close());
})();
