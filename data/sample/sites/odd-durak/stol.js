(function () {
  var suits = ["♠", "♣", "♦", "♥"];
  var ranks = ["6", "7", "8", "9", "10", "В", "Д", "К", "Т"];
  var deck = [];
  suits.forEach(function (suit) {
    ranks.forEach(function (rank) { deck.push(rank + suit); });
  });
  document.getElementById("sdat").onclick = function () {
    var hand = deck.slice().sort(function () { return Math.random() - 0.5; }).slice(0, 6);
    document.getElementById("ruka").innerHTML = hand.map(function (card) { return '<span class="karta">' + card + "</span>"; }).join("");
  };
})();
