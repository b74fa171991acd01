var box = document.getElementById("grafik");
var values = box.dataset.series.split(",").map(Number);
var top_value = Math.max.apply(null, values);
box.innerHTML = '<svg width="240" height="120" role="img" aria-label="Принято ставок, млрд тенге">' + values.map(function (value, i) {
  var high = Math.round((value / top_value) * 100);
  return '<rect x="' + (20 + i * 70) + '" y="' + (110 - high) + '" width="40" height="' + high + '" fill="#577"/>';
}).join("") + "</svg>";
