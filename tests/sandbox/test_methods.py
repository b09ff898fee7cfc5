"""The Bot API's methods, and everything Telegram refuses in them."""

from typing import Any

import httpx
import pytest

from sandbox.files import tiny_picture
from tests.support.sandboxes import Line, Sandbox, open_line

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Go", **button}]]}


def edit(line: Line, message_id: int, text: str, **more: Any) -> dict[str, Any]:
    return {"chat_id": line.person, "message_id": message_id, "text": text, **more}


def test_get_me_is_a_bot(line: Line) -> None:
    me = line.result("getMe")
    assert (me["id"], me["is_bot"], me["username"]) == (line.bot, True, f"sandbox_{line.bot}_bot")


def test_method_names_are_not_case_sensitive(line: Line) -> None:
    assert line.result("GETME")["id"] == line.bot


def test_an_unknown_method_is_not_found(line: Line) -> None:
    answer = line.sandbox.client.get(f"/bot{line.token}/sendTelepathy")
    assert answer.status_code == 404
    assert answer.json() == {"ok": False, "error_code": 404, "description": "Not Found"}


@pytest.mark.parametrize("token", ["", "abc", "12:short", "0:" + "A" * 35, "12" + "A" * 35])
def test_a_token_of_no_possible_shape_is_unauthorized(shared: Sandbox, token: str) -> None:
    answer = shared.client.get(f"/bot{token}/getMe")
    assert (answer.status_code, answer.json()["error_code"]) == (401, 401)


def test_only_named_tokens_are_let_in() -> None:
    good, other = "77:" + "g" * 35, "77:" + "x" * 35
    sandbox = Sandbox("--memory", "--token", good)
    assert sandbox.client.get(f"/bot{good}/getMe").status_code == 200
    refused = sandbox.client.get(f"/bot{other}/getMe")
    assert refused.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert sandbox.end() == 0


def test_a_sent_message_is_answered_whole(line: Line) -> None:
    message = line.send("  <b>Hi</b> é😀  ", parse_mode="HTML", reply_markup=keyboard(callback_data="go"))
    assert message["from"]["is_bot"] is True
    assert message["chat"] == {"id": line.person, "type": "private", "first_name": message["chat"]["first_name"]}
    assert (message["text"], message["entities"]) == ("Hi é😀", [{"type": "bold", "offset": 0, "length": 2}])
    assert message["reply_markup"] == keyboard(callback_data="go")
    assert isinstance(message["date"], int)
    assert message["date"] < 10**11  # seconds, not milliseconds


def test_form_json_multipart_and_query_say_the_same(line: Line) -> None:
    path = f"/bot{line.token}/sendMessage"
    plain = {"chat_id": str(line.person), "text": "a+b & 中", "parse_mode": ""}
    nested = '{"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}'
    client = line.sandbox.client
    answers = [
        client.post(path, data=plain | {"reply_markup": nested}),
        client.post(path, json=plain | {"reply_markup": keyboard(callback_data="go")}),
        client.post(path, files={name: (None, value) for name, value in (plain | {"reply_markup": nested}).items()}),
        client.get(path, params=plain | {"reply_markup": nested}),
    ]
    for answer in answers:
        result = answer.json()["result"]
        assert (result["text"], result["reply_markup"]) == ("a+b & 中", keyboard(callback_data="go"))


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b"a=%ff", "application/x-www-form-urlencoded"),
        (b"nonsense", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data"),
    ],
)
def test_an_unreadable_body_is_a_bad_request(line: Line, content: bytes, content_type: str) -> None:
    path = f"/bot{line.token}/sendMessage"
    answer = line.sandbox.client.post(path, content=content, headers={"content-type": content_type})
    assert (answer.status_code, answer.json()["ok"]) == (400, False)


@pytest.mark.parametrize(
    ("method", "body", "words"),
    [
        ("sendMessage", b'{"chat_id": 1e999, "text": "x"}', "chat not found"),
        ("getChat", b'{"chat_id": 1e999}', "chat not found"),
        ("editMessageText", b'{"chat_id": %d, "message_id": 1e999, "text": "x"}', "message to edit not found"),
        (
            "sendMessage",
            b'{"chat_id": %d, "text": "x", "reply_markup": "' + b"[" * 99_999 + b'"}',
            "can't parse reply_markup JSON object",
        ),
        (
            "sendMessage",
            b'{"chat_id": %d, "text": " x", "entities": [1]}',
            "can't parse entities: an Array of MessageEntity is expected",
        ),
        (
            "sendMessage",
            b'{"chat_id": %d, "text": " x", "entities": [{"type": "bold", "length": 1}]}',
            "can't parse entities: Can't find field \"offset\"",
        ),
    ],
)
def test_what_no_program_would_send_is_a_bad_request(line: Line, method: str, body: bytes, words: str) -> None:
    content = body.replace(b"%d", str(line.person).encode())
    headers = {"content-type": "application/json"}
    answer = line.sandbox.client.post(f"/bot{line.token}/{method}", content=content, headers=headers)
    assert answer.json() == {"ok": False, "error_code": 400, "description": f"Bad Request: {words}"}


def test_an_offset_that_is_no_number_confirms_nothing(line: Line) -> None:
    line.says(text="hello")
    answer = line.sandbox.client.post(
        f"/bot{line.token}/getUpdates", content=b'{"offset": 1e999}', headers={"content-type": "application/json"}
    )
    assert answer.json()["result"][0]["message"]["text"] == "hello"


def test_entities_end_where_their_text_does(line: Line) -> None:
    given = [{"type": "bold", "offset": -5, "length": 100}, {"type": "italic", "offset": 9, "length": 1}]
    assert line.send(" Hi😀", entities=given)["entities"] == [{"type": "bold", "offset": 0, "length": 4}]


def test_a_body_over_its_cap_is_refused(line: Line) -> None:
    path = f"/bot{line.token}/sendMessage"
    assert line.sandbox.client.post(path, data={"text": "x" * 1_100_000}).status_code == 413
    assert line.sandbox.client.post("/sandbox/people", content=b" " * 1_100_000).status_code == 413


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"text": ""}, "message text is empty"),
        ({}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        (
            {"text": "<i>x", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"i\"",
        ),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
        ({"text": "x", "reply_markup": {"rows": []}}, "object expected as reply markup"),
        ({"text": "x", "reply_markup": keyboard(callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": keyboard(callback_data="")}, "BUTTON_DATA_INVALID"),
        (
            {"text": "x", "reply_markup": keyboard()},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ({"text": "x", "chat_id": 999}, "chat not found"),
        ({"text": "x", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "x", "chat_id": None}, "chat_id is empty"),
        ({"text": "x", "reply_parameters": {"message_id": 99999}}, "message to be replied not found"),
        ({"text": "x", "reply_to_message_id": 99999}, "message to be replied not found"),
    ],
)
def test_a_bad_send_is_refused_in_telegrams_words(line: Line, parameters: dict[str, Any], words: str) -> None:
    assert line.refusal("sendMessage", **({"chat_id": line.person} | parameters)) == (400, f"Bad Request: {words}")


@pytest.mark.parametrize(
    "parameters",
    [
        {"text": "x" * 4096},
        {"text": "<b>" + "x" * 4096 + "</b>", "parse_mode": "HTML"},
        {"text": "x", "reply_markup": keyboard(callback_data="é" * 32)},
        {"text": "x", "reply_markup": {"inline_keyboard": []}},
        {"text": "x", "reply_parameters": {"message_id": 99999, "allow_sending_without_reply": True}},
        {"text": "x", "reply_parameters": {"message_id": 1}},
    ],
)
def test_a_send_just_within_the_rules_passes(line: Line, parameters: dict[str, Any]) -> None:
    line.result("sendMessage", **({"chat_id": line.person} | parameters))


def test_nobody_is_written_to_before_they_write(shared: Sandbox) -> None:
    line = open_line(shared)
    words = "Forbidden: bot can't initiate conversation with a user"
    assert line.refusal("sendMessage", chat_id=line.person, text="x") == (403, words)
    line.says(text="/start")
    line.send()


def test_a_blocked_bot_is_told_so_and_hears_of_both_changes(line: Line) -> None:
    block = {"user": line.person, "bot": line.bot}
    line.sandbox.ask("POST", "blocks", block | {"blocked": True})
    assert line.refusal("sendMessage", chat_id=line.person, text="x") == (403, "Forbidden: bot was blocked by the user")
    line.says(text="x", status=409)
    line.sandbox.ask("POST", "blocks", block | {"blocked": False})
    line.send()
    changes = [update["my_chat_member"] for update in line.updates()]
    assert [change["new_chat_member"]["status"] for change in changes] == ["kicked", "member"]
    assert [change["old_chat_member"]["status"] for change in changes] == ["member", "kicked"]
    assert changes[0]["new_chat_member"]["user"]["id"] == line.bot


def test_an_edit_is_answered_with_the_changed_message(line: Line) -> None:
    message_id = line.send("one", reply_markup=keyboard(callback_data="go"))["message_id"]
    edited = line.result("editMessageText", **edit(line, message_id, "<b>two</b>", parse_mode="HTML"))
    assert (edited["text"], edited["entities"][0]["type"], "reply_markup" in edited) == ("two", "bold", False)
    assert edited["edit_date"] >= edited["date"]
    markup = {"chat_id": line.person, "message_id": message_id, "reply_markup": keyboard(callback_data="x")}
    assert line.result("editMessageReplyMarkup", **markup)["reply_markup"] == keyboard(callback_data="x")
    assert line.refusal("editMessageReplyMarkup", **markup) == (400, NOT_MODIFIED)


def test_bad_edits_are_refused_in_telegrams_words(line: Line) -> None:
    message_id = line.send("one")["message_id"]
    theirs = line.says(text="mine")["message_id"]
    photo_id = send_photo(line)["message_id"]
    assert line.refusal("editMessageText", **edit(line, message_id, "one")) == (400, NOT_MODIFIED)
    assert line.refusal("editMessageText", **edit(line, 999, "x")) == (400, "Bad Request: message to edit not found")
    assert line.refusal("editMessageText", **edit(line, theirs, "x")) == (400, "Bad Request: message can't be edited")
    words = "Bad Request: there is no text in the message to edit"
    assert line.refusal("editMessageText", **edit(line, photo_id, "x")) == (400, words)


def test_a_deleted_message_is_gone(line: Line) -> None:
    message_id = line.send("one")["message_id"]
    delete = {"chat_id": line.person, "message_id": message_id}
    assert line.result("deleteMessage", **delete) is True
    assert line.refusal("deleteMessage", **delete) == (400, "Bad Request: message to delete not found")
    assert line.refusal("editMessageText", **edit(line, message_id, "x"))[1] == "Bad Request: message to edit not found"
    assert line.sees()["messages"][-1]["deleted"] is True


def test_a_press_is_answered_once(line: Line) -> None:
    message_id = line.send(reply_markup=keyboard(callback_data="go"))["message_id"]
    line.presses(message_id, button="Go")
    query = line.updates()[0]["callback_query"]
    assert (query["data"], query["message"]["message_id"], query["from"]["id"]) == ("go", message_id, line.person)
    assert query["chat_instance"]
    too_long = line.refusal("answerCallbackQuery", callback_query_id=query["id"], text="x" * 201)
    assert too_long == (400, "Bad Request: MESSAGE_TOO_LONG")
    assert line.result("answerCallbackQuery", callback_query_id=query["id"], text="Done", show_alert=True) is True
    assert line.refusal("answerCallbackQuery", callback_query_id=query["id"]) == (400, TOO_OLD)
    notice = line.sees()["notices"][0]
    assert (notice["text"], notice["alert"]) == ("Done", True)


def test_a_press_can_be_answered_for_150_seconds(own: Sandbox) -> None:
    line = open_line(own)
    line.says(text="/start")
    message_id = line.send(reply_markup=keyboard(callback_data="go"))["message_id"]
    line.updates(offset=-1)
    for wait, outcome in ((140, True), (160, False)):
        line.presses(message_id, button="Go")
        query = line.updates(offset=-1)[0]["callback_query"]
        own.ask("POST", "clock", {"advance": wait})
        answer = line.call("answerCallbackQuery", callback_query_id=query["id"])
        assert (answer["ok"], answer.get("description")) == (outcome, None if outcome else TOO_OLD)


def send_photo(line: Line, data: bytes | None = None) -> Any:
    files = {"pic": ("p.png", data or tiny_picture(), "image/png")}
    form = {"chat_id": str(line.person), "photo": "attach://pic", "caption": "<i>c</i>", "parse_mode": "HTML"}
    answer = line.sandbox.client.post(f"/bot{line.token}/sendPhoto", data=form, files=files).json()
    return answer.get("result", answer)


def test_a_photo_is_sent_found_again_and_downloaded(line: Line) -> None:
    message = send_photo(line)
    photo = message["photo"][-1]
    assert (photo["width"], photo["height"], message["caption"]) == (320, 240, "c")
    assert message["caption_entities"] == [{"type": "italic", "offset": 0, "length": 1}]
    path = line.result("getFile", file_id=photo["file_id"])["file_path"]
    assert line.sandbox.client.get(f"/file/bot{line.token}/{path}").content == tiny_picture()
    again = line.result("sendPhoto", chat_id=line.person, photo=photo["file_id"])
    assert again["photo"][-1]["file_id"] == photo["file_id"]
    seen = line.sees()["messages"][-1]
    assert line.sandbox.client.get(seen["photo"]).headers["content-type"] == "image/png"


@pytest.mark.parametrize(("kind", "method"), [("voice", "sendVoice"), ("sticker", "sendSticker")])
def test_what_a_person_sent_can_be_shown_to_others(line: Line, kind: str, method: str) -> None:
    line.says(**{kind: True})
    file_id = line.updates()[0]["message"][kind]["file_id"]
    shown = line.result(method, chat_id=line.person, **{kind: file_id})
    assert shown[kind]["file_id"] == file_id
    assert line.sandbox.client.get(line.sees()["messages"][-1][kind]["url"]).status_code == 200


def test_a_document_is_sent_and_seen_as_a_download(line: Line) -> None:
    files = {"document": ("../a b.html", b"<script>", "text/html")}
    path = f"/bot{line.token}/sendDocument"
    message = line.sandbox.client.post(path, data={"chat_id": str(line.person)}, files=files).json()["result"]
    assert (message["document"]["file_name"], message["document"]["file_size"]) == ("a b.html", 8)
    answer = line.sandbox.client.get(line.sees()["messages"][-1]["document"]["url"])
    assert (answer.content, answer.headers["content-type"]) == (b"<script>", "application/octet-stream")
    assert answer.headers["content-disposition"].startswith("attachment")


def test_files_that_are_none_are_refused(line: Line) -> None:
    assert send_photo(line, b"no picture")["description"] == "Bad Request: IMAGE_PROCESS_FAILED"
    wrong = "Bad Request: wrong file identifier/HTTP URL specified"
    assert line.refusal("sendPhoto", chat_id=line.person, photo="nothing") == (400, wrong)
    missing = "Bad Request: there is no document in the request"
    assert line.refusal("sendDocument", chat_id=line.person) == (400, missing)
    other = open_line(line.sandbox)
    assert other.refusal("getFile", file_id=send_photo(line)["photo"][0]["file_id"])[0] == 400
    assert httpx.get(f"{line.sandbox.url}/file/bot{line.token}/photos/none.jpg").status_code == 404


def test_menus_go_by_scope_and_language(line: Line) -> None:
    def menu(name: str, **more: Any) -> None:
        commands = [{"command": name, "description": "d"}]
        assert line.result("setMyCommands", commands=commands, **more) is True

    def shown() -> list[str]:
        path = f"commands/{line.person}?bot={line.bot}"
        return [entry["command"] for entry in line.sandbox.ask("GET", path)]

    assert shown() == []
    menu("all")
    assert shown() == ["all"]
    menu("anglo", language_code="en")
    menu("sino", language_code="zh")
    assert shown() == ["anglo"]
    menu("private", scope={"type": "all_private_chats"})
    assert shown() == ["private"]
    menu("staff", scope={"type": "chat", "chat_id": line.person})
    assert shown() == ["staff"]
    assert line.result("getMyCommands")[0]["command"] == "all"
    assert line.result("deleteMyCommands", scope={"type": "chat", "chat_id": line.person}) is True
    assert shown() == ["private"]
    nowhere = {"commands": [], "scope": {"type": "chat", "chat_id": 999}}
    assert line.refusal("setMyCommands", **nowhere) == (400, "Bad Request: chat not found")
    wrong = [{"command": "Not Good", "description": "d"}]
    assert line.refusal("setMyCommands", commands=wrong) == (400, "Bad Request: BOT_COMMAND_INVALID")


def test_small_methods_answer(line: Line) -> None:
    assert line.result("sendChatAction", chat_id=line.person, action="typing") is True
    assert line.sees()["action"] == "typing"
    assert line.result("getChat", chat_id=line.person)["type"] == "private"
    assert line.refusal("getChat", chat_id=999) == (400, "Bad Request: chat not found")
    line.says(text="x")
    assert line.result("getWebhookInfo")["pending_update_count"] == 1
    assert line.result("deleteWebhook", drop_pending_updates=True) is True
    assert line.updates() == []
