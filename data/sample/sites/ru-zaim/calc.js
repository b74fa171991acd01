document.getElementById("kalkulyator").addEventListener("input", () => {
  const value = (id) => Number(document.getElementById(id).value.replace(",", "."));
  const total = value("sum") * (1 + (value("rate") / 100) * value("days"));
  document.getElementById("out").textContent = "К возврату: " + Math.round(total).toLocaleString("ru") + " ₸";
});
