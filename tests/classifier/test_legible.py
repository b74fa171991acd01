"""Text, and what only looks like it: octets, and text read in another encoding than it was written in."""

import random

import pytest

from classifier.legible import fault_in_text

RUSSIAN = "Свежий хлеб и торты на заказ каждый день с семи утра. Район, рынок, РАДИО РОССИИ. Доставка по городу бесплатна. "
SOUP = random.Random(4).randbytes(3_000)


@pytest.mark.parametrize(
    "text",
    [
        RUSSIAN * 3,
        (RUSSIAN * 3).upper(),
        "Қазақстан Республикасы, балабақша кестесі, ұлттық өлең, әңгіме. " * 3,
        "Französische Äpfel, süße Brötchen: größer, höher, weiter. Où êtes-vous allés, à l'été dernier? " * 3,
        "Það er ekki það sama að vera og að vera ekki, þótt ýmsir haldi því fram. " * 3,
        "Được rồi, chúng tôi sẽ đến vào ngày mai, trước khi trời tối. " * 3,
        "ตัวอย่างข้อความภาษาไทย " * 5,
        "这是一个普通的网页，介绍面包和蛋糕。" * 4,
        "مرحبا بكم في موقعنا الجديد للخبز والكعك " * 3,
        RUSSIAN * 3 + "\ufffd" * 10,
        "\ufffd" * 39,
        "",
        "5 000 ₸ — 12:00, 13:30, 15:45 (пн–пт) … *** +7 000 111 22 33 ***",
    ],
)
def test_text_in_any_language_and_a_few_broken_letters_are_no_fault(text):
    assert fault_in_text(text) == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SOUP.decode("utf-8", "replace"), "does not read as text: "),
        ("\ud83d" * 100, "does not read as text"),
        ("<" * 300, "only 0% of its characters are letters"),
        ("\ufffd" * 40, "does not read as text: 100%"),
        ("%PDF-1.7 \x00\x01\x02\x03" * 20, "does not read as text"),
        ((RUSSIAN * 3).encode().decode("cp1251", "replace"), "another encoding"),
        ((RUSSIAN * 3).encode().decode("latin-1"), "another encoding"),
        ((RUSSIAN * 3).encode("cp1251").decode("latin-1"), "another encoding"),
        (("Қазақстан Республикасы, балабақша кестесі " * 3).encode().decode("cp1251", "replace"), "another encoding"),
    ],
)
def test_what_is_no_text_says_why(text, says):
    assert says in fault_in_text(text.encode("utf-8", "replace").decode())
