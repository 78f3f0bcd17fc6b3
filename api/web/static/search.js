// A search is answered while it is typed, when a choice changes and when it is sent: often several
// times with the same. What stands already stays, and with it the box that was just ticked there and
// the link under a finger.
"use strict";

(() => {
  const shown = new WeakMap();

  addEventListener("htmx:before:swap", (event) => {
    const { sourceElement: form, text } = event.detail.ctx;
    if (form.matches("[role=search]") && shown.get(form) === text) event.preventDefault();
  });
  addEventListener("htmx:after:swap", (event) => {
    const { sourceElement: form, text } = event.detail.ctx;
    if (form.matches("[role=search]")) shown.set(form, text);
  });
})();
