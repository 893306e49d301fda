/* <form data-search-box="address">: suggests while one types. Asks after a short rest, never for the same text twice and
   never for what the input method has not settled yet; an answer that comes too late is dropped. Keys: combobox-nav. */
(function () {
  "use strict";
  var REST = 120;
  var told = new Map();
  function equip(form) {
    var input = form.querySelector("input[name=q]");
    var list = form.querySelector("[role=listbox]");
    var status = form.querySelector("[data-search-said]");
    var combobox = new Combobox(input, list, { tabInsertsSuggestions: false });
    var resting = 0;
    var asking = null;
    var text = "";
    function forget() {
      clearTimeout(resting);
      if (asking) asking.abort();
      asking = null;
    }
    function close() {
      forget();
      text = "";
      status.textContent = "";
      if (list.hidden) return;
      combobox.stop();
      list.hidden = true;
      list.textContent = "";
    }
    function show(answer) {
      list.innerHTML = answer;
      var options = list.querySelectorAll("[role=option]");
      var count = options.length;
      options.forEach(function (option, number) {
        option.id = list.id + "-" + number;
      });
      if (count && list.hidden) {
        list.hidden = false;
        combobox.start();
      }
      combobox.clearSelection();
      list.scrollTop = 0;
      list.hidden = !count;
      if (!count) combobox.stop();
      status.textContent = count ? status.dataset.searchSaid.replace("#", String(count)) : "";
    }
    function ask() {
      var address = form.dataset.searchBox + "&q=" + encodeURIComponent(text);
      if (told.has(address)) return show(told.get(address));
      var mine = (asking = new AbortController());
      fetch(address, { signal: mine.signal, headers: { "HX-Request": "true" } })
        .then(function (answer) {
          return answer.ok ? answer.text() : "";
        })
        .then(function (answer) {
          if (mine !== asking) return;
          asking = null;
          told.set(address, answer);
          show(answer);
        })
        .catch(function () {
          if (mine === asking) close();
        });
    }
    function follow() {
      var now = input.value.trim();
      if (now === text) return;
      if (!now) return close();
      forget();
      text = now;
      resting = setTimeout(ask, REST);
    }
    input.addEventListener("input", function (event) {
      if (!event.isComposing) follow();
    });
    input.addEventListener("compositionend", follow);
    input.addEventListener("blur", close);
    input.addEventListener("keydown", function (event) {
      if (event.isComposing) return;
      if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        event.stopPropagation();
        close();
      } else if (event.key === "ArrowDown" && list.hidden) {
        event.preventDefault();
        follow();
      }
    });
    list.addEventListener("mousedown", function (event) {
      event.preventDefault();
    });
    list.addEventListener("combobox-commit", function (event) {
      var words = event.target.dataset.searchWords;
      var click = event.detail.event;
      if (!words || click.ctrlKey || click.metaKey || click.shiftKey) return;
      click.preventDefault();
      input.value = words;
      form.requestSubmit();
    });
    form.addEventListener("submit", close);
    window.addEventListener("pagehide", close);
  }
  document.querySelectorAll("[data-search-box]").forEach(equip);
})();
