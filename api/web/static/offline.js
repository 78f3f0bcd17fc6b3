// A form that is sent without a connection would be put away for the browser's own error page, and
// in some browsers all that was typed with it. It stays instead, and the page says why.
"use strict";

(() => {
  const notice = document.getElementById("offline");
  if (!notice) return;

  // Before htmx sees it, too. A browser can only be sure of having no connection at all: where it
  // merely leads nowhere, the form goes out as it would without this script.
  addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    notice.hidden = false;
  }, true);
  addEventListener("online", () => {
    notice.hidden = true;
  });
})();
