/* Shows that a form was sent: its buttons rest until the answer comes, or until somebody comes back to the page. */
(function () {
  "use strict";
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post") return;
    setTimeout(function () {
      if (!event.defaultPrevented) rest(form, true);
    });
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-pressed]").forEach(function (form) {
      rest(form, false);
    });
  });
  function rest(form, resting) {
    form.toggleAttribute("data-pressed", resting);
    form.querySelectorAll("button:not([type=button])").forEach(function (button) {
      button.disabled = resting;
    });
  }
})();
