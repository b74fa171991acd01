"""What a program makes of one page that never changes: a model is good only with a program that reads pages as the one that it was fitted with."""

import hashlib

import numpy as np

from classifier.features import Extractor
from classifier.page import read_page

PROBE = """
<title>Казино Тумар: играть онлайн</title><meta name=description content="Бонус на первый депозит"><h1 class="casino_hero">Онлайн каzино Тумар</h1>
<p>Игровые автоматы и рулетка на реальные деньги, 50 фриспинов, вывод на карту. Тегін айналымдар, бәс тігу. Free spins, live casino, güncel giriş. 18+</p>
<p hidden>recipe of the day</p><a href="/go/bonus" rel="nofollow"><img src="/slots/1.png" alt="Слот"></a><a href="https://other.test/">зеркало</a>
<form><input type=password name=pass></form><iframe src="https://games.test/aviator"></iframe><script src="/app.js"></script>
"""


def reading_of(extractor: Extractor) -> str:
    """The digest of all numbers and words of the probe page, three decimals."""
    found = extractor.read(read_page("https://probe.test/", PROBE))
    told = np.round(found.dense.astype(np.float64), 3) + 0.0
    return hashlib.sha256(told.tobytes() + found.text.hashes.tobytes() + "\0".join(extractor.columns).encode()).hexdigest()
