/* Counts the ticks of a form and says so in its dock. */
(function () {
  "use strict";
  function update(form) {
    var bar = form.querySelector("[data-dock-bar]");
    if (!bar) return;
    var ticks = form.querySelectorAll("[data-dock-tick]:checked").length;
    var words = bar.querySelector("[data-dock-count]");
    words.textContent = ticks ? words.dataset.some.replace("#", String(ticks)) : words.dataset.none;
    bar.querySelector("[data-dock-button]").disabled = ticks === 0;
  }
  function updateAll() {
    document.querySelectorAll("form[data-dock]").forEach(update);
  }
  document.addEventListener("change", function (event) {
    var form = event.target.closest && event.target.closest("form[data-dock]");
    if (form) update(form);
  });
  document.addEventListener("htmx:afterSettle", updateAll);
  window.addEventListener("pageshow", updateAll);
  updateAll();
})();
