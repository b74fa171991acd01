document.querySelectorAll(".tariff").forEach(function (box) { var more = document.createElement("button"); more.textContent = "Подключить"; box.appendChild(more); });
