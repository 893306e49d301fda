/* Keeps the underlined layer of a sentence box in step with what is typed; htmx fetches the marks. */
(function () {
  "use strict";
  function follow(box) {
    var text = box.querySelector("[data-sentence-text]");
    var layer = box.querySelector("[data-sentence-layer]");
    if (!text || !layer) return;
    layer.classList.toggle("sentence__layer--stale", layer.textContent !== text.value);
    if (!window.CSS || !CSS.supports("field-sizing", "content")) {
      text.style.height = "auto";
      text.style.height = text.scrollHeight + "px";
    }
  }
  function followAll() {
    document.querySelectorAll("[data-sentence]").forEach(follow);
  }
  document.addEventListener("input", function (event) {
    var box = event.target.closest && event.target.closest("[data-sentence]");
    if (box) follow(box);
  });
  document.addEventListener("htmx:oobAfterSwap", followAll);
  document.addEventListener("htmx:afterSettle", followAll);
  window.addEventListener("pageshow", followAll);
  followAll();
})();
