/* Adds and removes rows of a form in place; without it the same buttons submit and the server does it. */
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    var add = event.target.closest && event.target.closest("[data-rows-add]");
    var remove = event.target.closest && event.target.closest("[data-row-remove]");
    if (add) addRow(event, add.closest("[data-rows]"));
    if (remove) removeRow(event, remove.closest("[data-row]"));
  });
  function addRow(event, rows) {
    var blank = rows.querySelector("[data-rows-blank]");
    if (!blank) return;
    event.preventDefault();
    var number = Number(rows.dataset.rowsNext || 0);
    rows.dataset.rowsNext = String(number + 1);
    var holder = document.createElement("template");
    holder.innerHTML = blank.innerHTML.replace(/__n__/g, String(number));
    var list = rows.querySelector("[data-rows-list]");
    list.appendChild(holder.content);
    var added = list.lastElementChild;
    if (window.htmx) window.htmx.process(added);
    var first = added.querySelector("input:not([type=hidden]), select, textarea");
    if (first) first.focus();
    rows.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function removeRow(event, row) {
    var rows = row.closest("[data-rows]");
    if (!rows || !rows.querySelector("[data-rows-blank]")) return;
    event.preventDefault();
    var next = row.nextElementSibling || row.previousElementSibling;
    rows.dispatchEvent(new Event("input", { bubbles: true }));
    row.remove();
    var target = next && next.querySelector("input:not([type=hidden]), select, textarea");
    (target || rows.querySelector("[data-rows-add]")).focus();
  }
})();
