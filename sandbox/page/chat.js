// The log of messages: bubbles, buttons, edits in place. Text becomes text nodes, never markup.

import { day, find, full, hour, make } from "./tools.js";
import { word } from "./words.js";

const log = find("[data-log]");
const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'])|(?<![\w/<>])(\/[a-z0-9_]{1,32})(?![\w/])/gi;
const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote" };

export class Chat {
  /** `act` has what a bubble can ask for: send(text), press(message, button), reply(message), edit(message). */
  constructor(act) {
    this.act = act;
    this.messages = new Map();
    this.newer = find("[data-newer]");
    this.newer.onclick = () => this.toBottom();
    this.sticks = true; // to the newest, until somebody scrolls up
    this.top = 0;
    log.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.sticks && this.toBottom()).observe(log);
  }

  scrolled() {
    if (log.scrollHeight - log.scrollTop - log.clientHeight < 60) this.sticks = this.newer.hidden = true;
    else if (log.scrollTop < this.top) this.sticks = false;
    this.top = log.scrollTop;
  }

  toBottom() {
    log.scrollTop = log.scrollHeight;
    this.newer.hidden = true;
  }

  clear() {
    this.messages.clear();
    log.replaceChildren();
    this.sticks = true;
  }

  /** Show what changed; `whole` says that these are all messages there are. Returns whether the bot said something. */
  show(messages, whole) {
    const sticks = this.sticks || messages.some((message) => !message.from_bot && !this.messages.has(message.message_id));
    if (whole) {
      const there = new Set(messages.map((message) => message.message_id));
      for (const id of this.messages.keys()) if (!there.has(id)) this.messages.delete(id);
    }
    let heard = false;
    for (const message of messages) {
      const known = this.messages.get(message.message_id);
      if (message.deleted) this.messages.delete(message.message_id);
      else if (!known || known.seq !== message.seq) {
        heard ||= message.from_bot;
        this.messages.set(message.message_id, { ...message, element: known?.element, stale: true, changed: Boolean(known) });
      }
    }
    this.render();
    if (sticks) this.toBottom();
    else if (heard) this.newer.hidden = false;
    return heard;
  }

  /** Bring the log to what `messages` says: only bubbles that changed are made anew. */
  render(anew = false) {
    const wanted = [];
    let last = null;
    for (const message of [...this.messages.values()].sort((a, b) => a.message_id - b.message_id)) {
      const today = day(message.date);
      if (today !== last) wanted.push(this.divider(today));
      last = today;
      if (message.stale || anew || !message.element) this.rebuild(message);
      wanted.push(message.element);
    }
    const kept = new Set(wanted);
    for (const element of [...log.children]) if (!kept.has(element)) element.remove();
    wanted.forEach((element, at) => log.children[at] !== element && log.insertBefore(element, log.children[at] ?? null));
  }

  divider(text) {
    const there = [...log.querySelectorAll(".day")].find((element) => element.textContent === text);
    return there ?? make("li", { class: "day" }, make("span", {}, text));
  }

  rebuild(message) {
    const old = message.element;
    const focused = old?.contains(document.activeElement);
    message.element = this.bubble(message);
    message.stale = false;
    old?.replaceWith(message.element);
    if (focused) (message.element.querySelector("button") ?? find("[data-input]")).focus({ preventScroll: true });
  }

  bubble(message) {
    const mine = !message.from_bot;
    const editable = mine && message.text && message === this.lastOwn();
    return make("li", {
        class: `message ${mine ? "mine" : "theirs"}${message.changed ? " changed" : ""}`,
        "data-message": message.message_id, "data-from": mine ? "person" : "bot",
      },
      make("div", { class: "bubble" },
        message.forward_origin && make("p", { class: "forwarded" }, word("forwarded", originOf(message.forward_origin))),
        message.reply_to && this.quote(message.reply_to),
        contents(message),
        message.text && make("div", { class: "text", dir: "auto", "data-text": true }, format(message.text, message.entities, this.act, mine)),
        make("p", { class: "meta" },
          message.edited_at && make("span", { "data-edited": true, title: full(message.edited_at) }, word("edited")),
          make("time", { datetime: message.date, title: full(message.date) }, hour(message.date)))),
      make("div", { class: "handles" },
        editable && make("button", { type: "button", "data-edit": true, title: word("edit"), "aria-label": word("edit"), onclick: () => this.act.edit(message) }, "✎"),
        make("button", { type: "button", "data-reply": true, title: word("reply"), "aria-label": word("reply"), onclick: () => this.act.reply(message) }, "↩")),
      message.buttons.length > 0 && make("div", { class: "buttons", "data-buttons": true },
        message.buttons.map((row) => make("div", {}, row.map((button) => this.button(message, button))))));
  }

  button(message, button) {
    if (button.url && safe(button.url))
      return make("a", { href: button.url, target: "_blank", rel: "noopener noreferrer", "data-button": button.text }, button.text, " ↗");
    if (button.copy_text)
      return make("button", { type: "button", "data-button": button.text, onclick: () => this.act.copy(button.copy_text.text) }, button.text);
    return make("button", {
      type: "button", "data-button": button.text, disabled: button.callback_data == null, title: button.callback_data == null && word("notHere"),
      onclick: async (event) => {
        event.currentTarget.classList.add("waiting");
        await this.act.press(message, button, event.currentTarget);
      },
    }, button.text);
  }

  /** The bot has answered a press. */
  answered() {
    for (const button of log.querySelectorAll(".waiting")) button.classList.remove("waiting");
  }

  quote(id) {
    const replied = this.messages.get(id);
    const text = replied ? summary(replied) : word("removed");
    return make("button", { type: "button", class: "quote", onclick: () => replied?.element.scrollIntoView({ block: "center" }) },
      replied && make("b", {}, replied.from.name), make("span", { dir: "auto" }, text));
  }

  lastOwn() {
    let last = null;
    for (const message of this.messages.values()) if (!message.from_bot && (!last || message.message_id > last.message_id)) last = message;
    return last?.text && !last.forward_origin ? last : null;
  }

  get empty() {
    return this.messages.size === 0;
  }
}

/** A message in a few words, for replies. */
export const summary = (message) =>
  message.text.slice(0, 120) || ["photo", "voice", "sticker", "document", "contact", "location"].filter((kind) => message[kind]).map((kind) => word(kind === "photo" ? "photoOrFile" : kind)).join() || "…";

const originOf = (origin) => origin.sender_user?.first_name ?? origin.sender_user_name ?? "?";
const safe = (url) => /^(https?|mailto|tel|tg):/i.test(url) && url;

function contents(message) {
  const [width, height] = fitted(message.photo_size ?? [320, 240]);
  const { document: file, voice, sticker, contact, location } = message;
  return [
    message.photo && make("a", { class: "photo", href: message.photo, target: "_blank", rel: "noopener" },
      make("img", { src: message.photo, alt: message.text || word("photoOrFile"), width, height, "data-photo": true })),
    file && make("a", { class: "file", href: file.url, download: file.name ?? "", "data-document": file.name ?? true },
      make("span", { class: "sign", "aria-hidden": "true" }, "↓"), make("span", {}, make("b", {}, file.name ?? word("download")), make("small", {}, size(file.size)))),
    voice && make("p", { class: "file", "data-voice": true }, make("span", { class: "sign", "aria-hidden": "true" }, "▶"),
      make("span", {}, make("b", {}, word("voice")), make("small", {}, `0:${String(voice.duration ?? 0).padStart(2, "0")}`))),
    sticker && make("p", { class: "sticker", "data-sticker": true, role: "img", "aria-label": word("sticker") }, sticker.emoji ?? "🙂"),
    contact && make("p", { class: "file", "data-contact": true }, make("span", { class: "sign", "aria-hidden": "true" }, "☎"),
      make("span", {}, make("b", {}, contact.first_name ?? word("sharedContact")), make("small", {}, contact.phone_number))),
    location && make("p", { class: "file", "data-location": true }, make("span", { class: "sign", "aria-hidden": "true" }, "⌖"),
      make("span", {}, make("b", {}, word("aLocation")), make("small", {}, `${location.latitude}, ${location.longitude}`))),
  ];
}

/** The room a photo takes before it is there. */
function fitted([width, height]) {
  const scale = Math.min(420 / width, 420 / height, 2);
  return [Math.round(width * scale), Math.round(height * scale)];
}

const size = (bytes) => (bytes == null ? "" : bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1048576).toFixed(1)} MB`);

/** Nodes of a text with Telegram's entities: their offsets count UTF-16 units, as JavaScript's strings do. */
export function format(text, entities, act, mine, start = 0, end = text.length) {
  const nodes = [];
  let at = start;
  const inside = entities.filter((entity) => entity.offset >= start && entity.offset < end)
    .sort((a, b) => a.offset - b.offset || b.length - a.length);
  for (const [index, entity] of inside.entries()) {
    if (entity.offset < at) continue; // inside one already made
    const stop = Math.min(entity.offset + entity.length, end);
    nodes.push(...plain(text.slice(at, entity.offset), act, mine));
    const deeper = inside.slice(index + 1);
    const verbatim = ["code", "pre", "text_link", "url", "bot_command"].includes(entity.type);
    const within = verbatim && !deeper.length ? [text.slice(entity.offset, stop)] : format(text, deeper, verbatim ? null : act, mine, entity.offset, stop);
    nodes.push(wrap(entity, within, text.slice(entity.offset, stop), act, mine));
    at = stop;
  }
  return [...nodes, ...plain(text.slice(at, end), act, mine)];
}

function wrap(entity, nodes, text, act, mine) {
  if (entity.type === "text_link" || entity.type === "url") {
    const url = safe(entity.url ?? (text.includes("://") ? text : `https://${text}`));
    return url ? make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, nodes) : make("span", {}, nodes);
  }
  if (entity.type === "bot_command") return command(text, act, mine);
  if (entity.type === "spoiler") return make("span", { class: "spoiler", tabindex: "0" }, nodes);
  return make(TAGS[entity.type] ?? "span", {}, nodes);
}

const command = (text, act, mine) =>
  mine || !act ? text : make("button", { type: "button", class: "command", onclick: () => act.send(text) }, text);

/** Links and, in what the bot writes, commands to tap: Telegram's apps find these themselves. `act` null: neither. */
function plain(text, act, mine) {
  if (!act) return [text];
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    nodes.push(text.slice(at, match.index));
    nodes.push(match[1] ? make("a", { href: match[1], target: "_blank", rel: "noopener noreferrer" }, match[1]) : command(match[2], act, mine));
    at = match.index + match[0].length;
  }
  return [...nodes, text.slice(at)];
}
