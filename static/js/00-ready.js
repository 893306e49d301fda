/* Tells the style sheet that scripts run, and hands htmx the form token of signed-in pages. */
(function () {
  "use strict";
  document.documentElement.classList.add("has-js");
  var token = document.querySelector('meta[name="csrf-token"]');
  if (token) {
    document.addEventListener("htmx:configRequest", function (event) {
      if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.content;
    });
  }
  var summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
})();
