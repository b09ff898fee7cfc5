"""What colleagues said of a customer goes with the customer."""

from __future__ import annotations

from sqlalchemy import select

from storage.models import Base
from tests.support.visits import Chat, House


def find(house: House, word: str) -> set[str]:
    """The tables in which it stands."""
    return house.read(lambda memory: {
        table.name for table in Base.metadata.sorted_tables
        for row in memory.connection().execute(select(table)) if word in str(row)})  # fmt: skip


def test_notes_replies_and_answers_go_with_the_customer(house: House, ana: Chat, olivia: Chat) -> None:
    Chat(house, person=503, name="Ana", last_name="Maurer").send("/start")
    olivia.send("/note 1 is pregnant")
    olivia.send("/note Ana hates jazz")  # which Ana is asked, and not answered
    ana.send("my latte was cold")
    case = next(one for one in house.shown(900) if one.name == "staff/complaint")
    house.write(lambda memory: memory.connection().exec_driver_sql(
        f"UPDATE outbox SET message_id = 4711 WHERE id = {case.id}"))  # fmt: skip
    olivia.send("sorry about the almonds", reply_to=4711)
    olivia.press("It is solved", again=case)
    olivia.send("refunded with a pineapple")
    said = ("pregnant", "jazz", "almonds", "pineapple")
    assert all(find(house, word) for word in said)
    ana.send("/forgetme")
    ana.press("Yes")
    assert {word: find(house, word) for word in said} == {word: set() for word in said}


def test_buttons_about_others_still_work(house: House, mei: Chat, olivia: Chat) -> None:
    stranger = Chat(house, person=504, name="feedback_id")  # a name that other buttons hold by chance
    stranger.send("/start")
    mei.send("今天的咖啡太难喝了")
    stranger.send("/forgetme")
    stranger.press("Yes")
    olivia.press("I take", again=next(one for one in house.shown(900) if one.name == "staff/complaint"))
    assert "Olivia takes care of it." in olivia.text
