/* Menus are <details>; this closes them with Escape, on a click elsewhere, and keeps filters open on a wide screen. */
(function () {
  "use strict";
  function openMenus() {
    return Array.prototype.slice.call(document.querySelectorAll("details[data-menu][open]"));
  }
  document.addEventListener("click", function (event) {
    openMenus().forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener(
    "toggle",
    function (event) {
      var field =
        event.target.matches("details[data-menu][open]") && event.target.querySelector("input:not([type=hidden])");
      if (field) field.focus();
    },
    true,
  );
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    openMenus().forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  function openFilters(root) {
    if (!window.matchMedia("(min-width: 960px)").matches) return;
    root.querySelectorAll("details[data-open-wide]").forEach(function (panel) {
      panel.open = true;
    });
  }
  openFilters(document);
  document.addEventListener("htmx:load", function (event) {
    if (event.detail.elt.querySelectorAll) openFilters(event.detail.elt);
  });
})();
