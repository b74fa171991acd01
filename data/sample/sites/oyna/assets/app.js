"use strict";
(() => {
  const root = document.getElementById("root");
  const make = (tag, text, parent, extra) => { const node = Object.assign(document.createElement(tag), extra || {}); if (text) node.textContent = text; parent.appendChild(node); return node; };
  window.dataLayer = window.dataLayer || [];
  const tag = document.createElement("script"); tag.async = true; tag.src = "https://www.googletagmanager.com/gtag/js?id=G-OYNATEST42"; document.head.appendChild(tag);
  const chat = document.createElement("script"); chat.src = "https://embed.tawk.to/7b20d9e4a1c35f8806e4b97d/1oynatest"; chat.async = true; document.head.appendChild(chat);
  localStorage.setItem("oyna_device", "web"); localStorage.setItem("oyna_wallet", "KZT"); sessionStorage.setItem("oyna_lobby_seen", "1");
  function draw(lobby) {
    document.title = lobby.title;
    const head = make("header", "", root); make("b", "OYNA", head);
    const nav = make("nav", "", head);
    lobby.menu.forEach((item) => make("a", item.name, nav, {href: item.href}));
    make("h1", lobby.headline, root);
    lobby.paragraphs.forEach((text) => make("p", text, root));
    const grid = make("section", "", root, {className: "games"});
    lobby.games.forEach((game) => { const card = make("div", "", grid, {className: "game"}); make("img", "", card, {alt: game.name, src: "/assets/" + game.id + ".webp"}); make("span", game.name + " · " + game.note, card); });
    const frame = make("iframe", "", root, {width: 480, height: 270}); frame.src = lobby.frame;
    const cash = make("form", "", root, {method: "post", action: lobby.cashier.action});
    make("h2", lobby.cashier.title, cash); make("input", "", cash, {name: "amount", value: "5000"}); make("input", "", cash, {name: "promo", placeholder: lobby.code}); make("button", "Внести депозит", cash);
    make("p", lobby.cashier.words, cash);
    make("footer", lobby.legal, root);
  }
  fetch("/api/v1/lobby.json", {headers: {"X-Oyna": "web"}}).then((r) => r.json()).then(draw).catch(() => { root.textContent = "Сервис временно недоступен"; });
  const rates = new XMLHttpRequest(); rates.open("GET", "https://edge.oynahub.example/api/v1/jackpots.json"); rates.onload = () => { try { make("div", "Джекпот сети: " + JSON.parse(rates.responseText).grand + " ₸", root, {className: "jackpot"}); } catch (e) {} }; rates.send();
  fetch("https://gate.marjan-kassa.example/v3/methods.json").catch(() => {});
  try { const socket = new WebSocket("wss://ws.oynahub.example/lobby"); socket.onopen = () => socket.send("hello"); } catch (e) {}
})();
