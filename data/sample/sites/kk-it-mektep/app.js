document.querySelectorAll("details").forEach(function (one) {
  one.addEventListener("toggle", function () {
    if (one.open) document.querySelectorAll("details").forEach(function (other) { if (other !== one) other.open = false; });
  });
});
