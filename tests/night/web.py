"""A web of 24 hosts as a WARC, for tests that run whole nights: two families of casinos, one of them empty until script runs, plain sites, dead names, a
promoter who names one more host."""

import json
from datetime import UTC, datetime
from pathlib import Path

from casefile.archive import ArchiveWriter

MADE = datetime(2026, 11, 1, tzinfo=UTC)

CASINO = """<!doctype html><html lang="ru"><head><title>Онлайн казино Зар {number} — игровые автоматы и ставки на спорт</title>
<script async src="https://www.googletagmanager.com/gtag/js?id=G-ZAR0FAM{family}Q"></script></head><body><h1>Казино Зар {number}: слоты, рулетка, джекпот</h1>
<p>Играйте в онлайн казино на деньги: игровые автоматы, рулетка, блэкджек, покер, ставки на спорт, фриспины и бонус за первый депозит 200%.
Зеркало казино работает сегодня, вход и регистрация за минуту, быстрый вывод выигрыша на карту. Промокод ZAR{number}WIN даёт 100 фриспинов в слотах.</p>
<p>Популярные слоты: Фараон, Золото ацтеков, Клубничка. Живые дилеры, турниры, кэшбэк, джекпот каждый день. Делайте ставки, крутите барабаны, выигрывайте.</p>
<form action="/deposit" method="post"><input name="amount" placeholder="Сумма депозита"><button>Пополнить счёт и играть</button></form>
<a href="/deposit">Касса: депозит</a> <a href="/rules">Правила казино</a></body></html>"""

DEPOSIT = """<!doctype html><html lang="ru"><head><title>Касса казино Зар {number}</title></head><body><h1>Пополнить депозит в казино</h1>
<p>Внесите депозит и получите бонус на слоты: карта, кошелёк, перевод. Минимальная ставка 100, вывод выигрыша из казино за 15 минут.</p></body></html>"""

SHELL = """<!doctype html><html lang="ru"><head><title>Зар</title>
<script async src="https://www.googletagmanager.com/gtag/js?id=G-ZAR0FAM{family}Q"></script></head><body><div id="app"></div>
<script>document.getElementById("app").innerHTML = {inner};</script></body></html>"""
"""A casino that only a browser sees."""

PROMOTER = """<!doctype html><html lang="ru"><head><title>Обзор казино: лучшие казино с бонусом, рабочее зеркало, промокод</title></head>
<body><h1>Лучшие онлайн казино: обзор, рабочее зеркало и промокод</h1><p>Мой промокод BLOGGER даёт 100 фриспинов и бонус 200% на первый депозит в казино.
Зеркало казино работает сегодня: игровые автоматы, рулетка, ставки на спорт, джекпот. Я играю сам и вывожу выигрыш, делайте ставки по моей ссылке, слоты и
покер, турниры и кэшбэк, фриспины каждый день, регистрация за минуту.</p><p>Рейтинг казино этого месяца, отзывы игроков, бонусы без депозита, как обойти блокировку и
найти зеркало казино. Подписывайтесь на канал, там каждый день новый промокод и новое зеркало.</p>
<a rel="nofollow" href="https://zar777.example/?ref=blogger">Играть по моей ссылке, промокод BLOGGER</a></body></html>"""

PLAIN = """<!doctype html><html lang="ru"><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p><p>Мы работаем ежедневно с девяти до шести.
Наш адрес и телефон есть на странице контактов. Приходите к нам всей семьёй, мы будем рады помочь советом и делом. Для школьников и пенсионеров
действует скидка, а по четвергам у нас проходят открытые занятия, на которые можно записаться у администратора.</p><a href="/contacts">Контакты</a></body></html>"""

PLAINS = (
    (
        "Городская библиотека",
        "Читальный зал открыт для всех, у нас более ста тысяч книг, журналы, карты и тихие места для работы над дипломом.",
    ),
    (
        "Детская поликлиника",
        "Запись к педиатру, прививки по календарю, анализы и приём логопеда ведутся по предварительной записи в регистратуре.",
    ),
    ("Пекарня у дома", "Печём хлеб на закваске, пирожки с капустой и яблоком, торты на заказ, доставляем свежую выпечку по району утром."),
    (
        "Автосервис на Набережной",
        "Ремонт подвески, замена масла, диагностика двигателя, шиномонтаж и хранение колёс до весны с гарантией один год.",
    ),
    ("Музей истории края", "Экспозиции о кочевниках, ремёслах и первых железных дорогах, экскурсии для школ, лекторий и архив фотографий."),
    ("Метеостанция", "Прогноз погоды на неделю: ветер, осадки, давление, температура почвы и воды, предупреждения о метелях и гололёде."),
)


def hosts() -> list[str]:
    """The seeds: 8 + 4 casinos, 6 plain sites, 1 promoter, 4 dead names; the 24th is only named by the promoter."""
    return [*(f"zar{number}.example" for number in range(100, 108)), *(f"zaman{number}.example" for number in range(10, 14)),
            *(f"plain{number}.example" for number in range(6)), "promo.example", *(f"dead{number}.example" for number in range(4))]  # fmt: skip


def write_web(folder: Path) -> tuple[Path, Path]:
    """Write `web.warc.gz` and `seeds.txt`; returns both."""
    writer = ArchiveWriter(folder, "web")

    def page(url: str, html: str) -> None:
        body = html.encode()
        site = url.split("/")[2]
        writer.response(
            url,
            "200 OK",
            [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))],
            body,
            taken_at=MADE,
            site=site,
            vantage="",
        )

    for number in (*range(100, 108), *range(10, 14), 777):
        host = f"zar{number}.example" if number >= 100 else f"zaman{number}.example"
        casino = CASINO.format(number=number, family=1 if number >= 100 else 2)
        inner = json.dumps(casino.partition("<body>")[2].partition("</body>")[0]).replace("</", "<\\/")
        page(f"http://{host}/", casino if number >= 100 else SHELL.format(family=2, inner=inner))
        page(f"http://{host}/deposit", DEPOSIT.format(number=number))
    page("http://zar777.example/?ref=blogger", CASINO.format(number=777, family=1))
    for number, (title, text) in enumerate(PLAINS):
        page(f"http://plain{number}.example/", PLAIN.format(title=title, text=text))
    page("http://promo.example/", PROMOTER)
    finished = writer.finish(MADE)
    seeds = folder / "seeds.txt"
    seeds.write_text("\n".join(hosts()) + "\n")
    return folder / finished.name, seeds
