(function () {
  var count = 0;
  document.querySelectorAll(".card").forEach(function (card) {
    var button = document.createElement("button");
    button.textContent = "Добавить в корзину";
    button.addEventListener("click", function () {
      count += 1;
      document.querySelector(".navbar__cart i").textContent = String(count);
    });
    card.appendChild(button);
  });
})();
