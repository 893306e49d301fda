/* <button data-copy="text">: copies and says so for two seconds. */
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-copy]");
    if (!button || !navigator.clipboard) return;
    navigator.clipboard.writeText(button.dataset.copy).then(function () {
      var label = button.querySelector("[data-copy-label]");
      var before = label.textContent;
      label.textContent = button.dataset.copied;
      setTimeout(function () {
        label.textContent = before;
      }, 2000);
    });
  });
})();
