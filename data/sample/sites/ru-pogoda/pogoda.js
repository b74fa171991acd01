fetch("/api/seichas.json")
  .then((answer) => answer.json())
  .then((now) => {
    document.querySelector(".now .t").textContent = Math.round(now.t) + "°";
    document.title = Math.round(now.t) + "° — Погода в степи";
  });
