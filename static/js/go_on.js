/* <form data-go-on>: goes on by itself, so that nobody has to press the button; coming back to the page waits. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-go-on]");
  if (!form || window.history.state === "gone-on") return;
  window.history.replaceState("gone-on", "");
  form.requestSubmit();
})();
