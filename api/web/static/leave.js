// Leaving a page that nobody should find open: by the button, or by Escape three times.
// Written for browsers of ten years ago too.
(function () {
  "use strict";
  var link = document.querySelector("[data-leave]");
  if (!link) return;
  var pressed = [];

  function leave() {
    document.documentElement.hidden = true;  // at once, however slow the network
    document.title = "";
    window.location.replace(link.href);  // the back button does not lead here
  }

  link.addEventListener("click", function (event) {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" && event.key !== "Esc" && event.keyCode !== 27) return;
    var now = Date.now();
    pressed = pressed.filter(function (at) { return now - at < 2000; }).concat(now);
    if (pressed.length >= 3) leave();
  });
})();
