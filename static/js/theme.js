/* Light, dark, or as the device: remembered in a cookie so that the server draws the page right at once. */
(function () {
  "use strict";
  var box = document.querySelector("[data-theme-switch]");
  if (!box) return;
  var root = document.documentElement;
  function show() {
    box.querySelectorAll("[data-theme-choice]").forEach(function (button) {
      var chosen = button.dataset.themeChoice === (root.dataset.theme || "");
      button.setAttribute("aria-pressed", String(chosen));
    });
  }
  box.addEventListener("click", function (event) {
    var button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    var choice = button.dataset.themeChoice;
    if (choice) root.dataset.theme = choice;
    else delete root.dataset.theme;
    document.cookie = "theme=" + choice + ";path=/;max-age=" + (choice ? 31536000 : 0) + ";samesite=lax";
    show();
  });
})();
