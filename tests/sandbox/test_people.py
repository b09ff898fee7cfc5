"""What people do, and what bot and person see of it."""

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sandbox.files import tiny_picture
from tests.support.sandboxes import Line


def last(line: Line) -> Any:
    return line.updates()[-1]["message"]


def test_a_person_is_made_changed_and_listed(line: Line) -> None:
    body = {"id": line.person, "last_name": "Lovelace", "language_code": "zh"}
    line.sandbox.ask("POST", "people", body)
    listed = {person["id"]: person for person in line.sandbox.ask("GET", f"people?bot={line.bot}")}
    person = listed[line.person]
    assert (person["last_name"], person["language_code"], person["started"]) == ("Lovelace", "zh", True)
    line.says(text="hello")
    assert (last(line)["from"]["language_code"], last(line)["chat"]["last_name"]) == ("zh", "Lovelace")
    fresh = line.sandbox.ask("POST", "people", {"first_name": "New"})
    assert fresh["id"] not in listed


def test_the_bot_may_write_first_to_a_person_with_a_past(line: Line) -> None:
    person = {"id": line.person + 500_000, "first_name": "Anna"}
    stranger = {"id": line.person + 600_000, "first_name": "Tom"}
    assert line.sandbox.ask("POST", "people", person | {"started": True, "bot": line.bot})["started"] is True
    assert line.sandbox.ask("POST", "people", stranger | {"bot": line.bot})["started"] is False
    assert line.result("sendMessage", chat_id=person["id"], text="Welcome back")["chat"]["id"] == person["id"]
    assert line.refusal("sendMessage", chat_id=stranger["id"], text="Hello")[0] == 403


@pytest.mark.parametrize(
    "body", [{}, {"id": 0, "first_name": "x"}, {"id": "7", "first_name": "x"}, {"id": -5, "first_name": "x"}, {"id": 1}]
)
def test_an_impossible_person_is_refused(line: Line, body: dict[str, Any]) -> None:
    assert "error" in line.sandbox.ask("POST", "people", body, 400)


def test_a_command_has_its_entity(line: Line) -> None:
    line.says(text="/start poster-12")
    assert last(line)["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    line.says(text="hello")
    assert "entities" not in last(line)


@pytest.mark.parametrize("text", ["", "x" * 5000, "<b>{{7*7}}", "\u202eabc", "half \ud800 pair"])
def test_hostile_texts_reach_the_bot_as_they_are(line: Line, text: str) -> None:
    line.sandbox.client.post(
        "/sandbox/messages", content=b'{"from": %d, "bot": %d, "text": %s}' % (line.person, line.bot, ascii_json(text))
    ).raise_for_status()
    assert last(line)["text"] == text
    line.sees()


def ascii_json(text: str) -> bytes:
    import json

    return json.dumps(text).encode()


def test_each_kind_of_content_arrives(line: Line) -> None:
    data = base64.b64encode(tiny_picture(3)).decode()
    expected: list[tuple[dict[str, Any], str]] = [
        ({"photo": True, "caption": "look"}, "photo"),
        ({"photo": data}, "photo"),
        ({"voice": True}, "voice"),
        ({"sticker": True}, "sticker"),
        ({"document": {"name": "a.csv", "mime_type": "text/csv", "data": data}}, "document"),
        ({"contact": True}, "contact"),
        ({"location": {"latitude": 1.5, "longitude": 2.5}}, "location"),
        ({"forward": {"name": "Bob", "text": "said"}}, "forward_origin"),
        ({"forward": True, "text": "said"}, "forward_origin"),
    ]
    for content, field in expected:
        line.says(**content)
        assert field in last(line), content
    messages = [update["message"] for update in line.updates()]
    assert messages[0]["caption"] == "look"
    assert messages[4]["document"]["file_name"] == "a.csv"
    assert messages[5]["contact"]["user_id"] == line.person
    assert (messages[7]["text"], messages[7]["forward_origin"]["sender_user_name"]) == ("said", "Bob")
    path = line.result("getFile", file_id=messages[1]["photo"][-1]["file_id"])["file_path"]
    assert line.sandbox.client.get(f"/file/bot{line.token}/{path}").content == tiny_picture(3)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({}, 400),
        ({"text": "x", "photo": True}, 400),
        ({"text": 7}, 400),
        ({"photo": "no base64!"}, 400),
        ({"text": "x", "reply_to": 999}, 404),
        ({"text": "x", "edit": 999}, 404),
        ({"text": "x", "chat": 7}, 400),
        ({"text": "x", "from": 999_999}, 404),
        ({"text": "x", "bot": 999_999}, 404),
        ({"text": "x", "date": "yesterday"}, 400),
        ({"text": "x", "date": 1e300}, 400),
        ({"voice": {"duration": "long"}}, 400),
        ({"location": {"latitude": "here", "longitude": 1}}, 400),
        ({"location": True}, 400),
        ({"forward": {"text": "x", "from": {"id": 1}}}, 400),
    ],
)
def test_what_nobody_can_send_is_refused(line: Line, content: dict[str, Any], status: int) -> None:
    assert "error" in line.says(status=status, **content)
    assert line.updates() == []


def test_an_edit_comes_as_an_edited_message(line: Line) -> None:
    message_id = line.says(text="my daughter is 5")["message_id"]
    line.says(edit=message_id, text="/me is 6")
    edited = line.updates()[-1]["edited_message"]
    assert (edited["message_id"], edited["text"], edited["entities"][0]["type"]) == (
        message_id,
        "/me is 6",
        "bot_command",
    )
    assert edited["edit_date"] >= edited["date"]
    assert line.sees()["messages"][-1]["edited_at"] is not None


def test_a_reply_carries_what_it_answers(line: Line) -> None:
    message_id = line.send("Question?")["message_id"]
    line.says(text="Answer", reply_to=message_id)
    assert last(line)["reply_to_message"]["text"] == "Question?"


def test_a_group_is_made_by_the_first_message_in_it(line: Line) -> None:
    line.says(text="/me hello", chat={"id": -line.person, "title": "Friends"})
    assert last(line)["chat"] == {"id": -line.person, "title": "Friends", "type": "group"}
    sent = line.result("sendMessage", chat_id=-line.person, text="x", reply_markup=buttons())
    line.presses(sent["message_id"], button="Yes")
    assert line.updates()[-1]["callback_query"]["message"]["chat"]["id"] == -line.person


def test_a_message_can_be_older_than_now(line: Line) -> None:
    line.says(text="x", date="2026-01-02T03:04:05+00:00")
    assert last(line)["date"] == 1767323045


def buttons() -> dict[str, Any]:
    rows = [[{"text": "Yes", "callback_data": "y"}, {"text": "Site", "url": "https://example.org"}]]
    return {"inline_keyboard": rows}


def test_a_press_names_a_button_or_forges_data(line: Line) -> None:
    message_id = line.send(reply_markup=buttons())["message_id"]
    line.presses(message_id, button="Yes")
    line.presses(message_id, data="forged:1")
    assert [update["callback_query"]["data"] for update in line.updates()] == ["y", "forged:1"]
    assert "it has ['Yes', 'Site']" in line.presses(message_id, button="No", status=404)["error"]
    line.presses(message_id, button="Site", status=409)
    line.presses(9999, button="Yes", status=404)
    line.presses(message_id, status=400)


def test_a_reply_key_sends_its_text_or_the_contact(line: Line) -> None:
    rows = [["Latte", {"text": "My number", "request_contact": True}]]
    message_id = line.send(reply_markup={"keyboard": rows})["message_id"]
    assert line.sees()["keyboard"][0][0] == {"text": "Latte"}
    line.presses(message_id, button="Latte")
    assert last(line)["text"] == "Latte"
    line.presses(message_id, button="My number")
    assert last(line)["contact"]["user_id"] == line.person
    line.send(reply_markup={"remove_keyboard": True})
    assert line.sees()["keyboard"] is None


def test_a_chat_is_seen_from_a_change_on(line: Line) -> None:
    sent = line.send("one")
    seen = line.sees()
    assert [(message["text"], message["from_bot"]) for message in seen["messages"]] == [
        ("/start", False),
        ("one", True),
    ]
    assert line.sees(after=seen["seq"])["messages"] == []
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(line.sees, after=seen["seq"], wait=20)
        line.result("editMessageText", chat_id=line.person, message_id=sent["message_id"], text="two")
        changed = waiting.result()
    assert [message["text"] for message in changed["messages"]] == ["two"]
    assert changed["seq"] > seen["seq"]


def test_an_unknown_path_or_method_says_what_there_is(line: Line) -> None:
    assert "docs/sandbox.md" in line.sandbox.ask("GET", "nothing", status=404)["error"]
    assert "GET, POST" in line.sandbox.ask("DELETE", "people", status=405)["error"]
    assert "JSON object" in line.sandbox.ask("POST", "people", [1], status=400)["error"]


@pytest.mark.parametrize(
    "query", ["calls?after=x", "calls?limit=inf", "chats/{}/messages?after=1e999", "clock?after=nan"]
)
def test_what_is_no_number_is_refused(line: Line, query: str) -> None:
    path = query.format(line.person)
    assert "a number is needed" in line.sandbox.ask("GET", path, status=400)["error"]


def test_every_call_is_recorded(line: Line) -> None:
    before = line.sandbox.ask("GET", "calls?limit=0")["seq"]
    line.send("one")
    line.refusal("sendMessage", chat_id=999, text="x")
    calls = [call for call in line.sandbox.ask("GET", f"calls?after={before}")["calls"] if call["bot"] == line.bot]
    assert [(call["method"], call["chat_id"], call["outcome"]) for call in calls] == [
        ("sendMessage", line.person, 200),
        ("sendMessage", 999, 400),
    ]
    assert calls[0]["parameters"]["text"] == "one"
    summary = line.sandbox.ask("GET", f"calls?after={before}&summary=1")["summary"]
    assert summary["sendMessage"] == {"200": 1, "400": 1}
