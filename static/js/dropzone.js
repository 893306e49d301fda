/* Shows chosen pictures before they are sent, drawn on a canvas; files can be dropped on the area. */
(function () {
  "use strict";
  var WIDTH = 264;
  var HEIGHT = 198;
  function preview(file) {
    var item = document.createElement("li");
    if (/^image\//.test(file.type) && window.createImageBitmap) {
      var canvas = document.createElement("canvas");
      canvas.width = WIDTH;
      canvas.height = HEIGHT;
      item.appendChild(canvas);
      createImageBitmap(file).then(
        function (picture) {
          var scale = Math.max(WIDTH / picture.width, HEIGHT / picture.height);
          var w = picture.width * scale;
          var h = picture.height * scale;
          canvas.getContext("2d").drawImage(picture, (WIDTH - w) / 2, (HEIGHT - h) / 2, w, h);
        },
        function () {
          canvas.remove();
        },
      );
    }
    var name = document.createElement("span");
    name.className = "dropzone__name";
    name.textContent = file.name;
    item.appendChild(name);
    return item;
  }
  document.addEventListener("change", function (event) {
    var zone = event.target.closest && event.target.closest("[data-dropzone]");
    if (!zone || event.target.type !== "file") return;
    var list = zone.querySelector("[data-dropzone-previews]");
    list.textContent = "";
    Array.prototype.forEach.call(event.target.files, function (file) {
      list.appendChild(preview(file));
    });
  });
  ["dragenter", "dragover", "dragleave", "drop"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      var zone = event.target.closest && event.target.closest("[data-dropzone]");
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("dropzone--over", kind === "dragenter" || kind === "dragover");
      if (kind !== "drop" || !event.dataTransfer.files.length) return;
      var input = zone.querySelector('input[type="file"]');
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  });
})();
