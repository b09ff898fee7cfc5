// The chat page: who you are, what you send, the clock. Bubbles are chat.js, the thinking panel panel.js.

import { Chat, summary } from "./chat.js";
import { Composer } from "./composer.js";
import { Panel } from "./panel.js";
import { ask, avatar, find, full, make, moment, nameOf, now, setNow, setZone } from "./tools.js";
import { language, speak, word } from "./words.js";

const REFRESH = 3000; // ms between looks at people, clock and panel
const FILE_BYTES = 20 * 1024 * 1024; // what a bot may download
const seen = JSON.parse(localStorage.getItem("seen") ?? "{}"); // person → their newest message that was looked at
const narrow = matchMedia("(max-width: 760px)");
let people = [];
let me = null; // the person you are
let watch = null; // ends the long poll of the chat shown
let clock = {};
let business = {};

const toasts = find("[data-toasts]");
function toast(text, kind = "news") {
  const shown = make("p", { class: `toast ${kind}`, "data-toast": kind }, text);
  toasts.append(shown);
  setTimeout(() => shown.remove(), 6000);
}

/** Do it, or say what went wrong; undefined when it did. */
async function attempt(method, path, body) {
  try {
    return await ask(method, path, body);
  } catch (error) {
    toast(error.status ? error.message : word("lost"), "error");
    return undefined;
  }
}

const say = (content) => attempt("POST", "/sandbox/messages", { from: me.id, ...content });
const chat = new Chat({
  send: (text) => say({ text }),
  press: async (message, button, element) => {
    const done = await attempt("POST", "/sandbox/presses", { from: me.id, message_id: message.message_id, data: button.callback_data });
    setTimeout(() => element.classList.remove("waiting"), done ? 8000 : 0);
  },
  reply: (message) => composer.about("reply_to", message.message_id, word("replyingTo", message.from.name), summary(message)),
  edit: (message) => composer.startEdit(message),
  copy: (text) => navigator.clipboard.writeText(text).then(() => toast(word("copied"))),
});
const composer = new Composer({
  say,
  sendFile,
  lastOwn: () => chat.lastOwn(),
  commands: async () => (me ? ask("GET", `/sandbox/commands/${me.id}`).catch(() => []) : []),
});
const panel = new Panel((at) => advance({ to: at }), () => narrow.matches && !panelOpen() && find("[data-panel-toggle]").classList.add("news"));

async function sendFile(file) {
  if (file.size > FILE_BYTES) return toast(word("tooLarge"), "error");
  const data = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(file);
  });
  const photo = /^image\/(png|jpeg|webp)$/.test(file.type);
  return say({ [photo ? "photo" : "document"]: { data, name: file.name, mime_type: file.type }, ...composer.takeCaption() });
}

// Who you are

async function choose(id) {
  const person = people.find((one) => one.id === id);
  if (!person) return;
  watch?.abort();
  me = person;
  location.hash = id;
  chat.clear();
  panel.forget();
  panel.person = id;
  composer.become(id);
  showPeople();
  watch = new AbortController();
  follow(id, watch.signal);
  refreshPanel();
}

function showPeople() {
  for (const one of people) if (one.id === me?.id && !document.hidden) seen[one.id] = one.last_message?.message_id;
  localStorage.setItem("seen", JSON.stringify(seen));
  const drawn = JSON.stringify([language, me?.id, people.map((one) => [one.id, nameOf(one), unread(one), one.blocked])]);
  if (drawn === showPeople.drawn) return;
  showPeople.drawn = drawn;
  const focus = document.activeElement?.closest("[data-person]")?.dataset.person;
  find("[data-people]").replaceChildren(...people.map((one) =>
    make("li", {}, make("button", { type: "button", class: "person", "data-person": one.id, "aria-current": one.id === me?.id && "true", onclick: () => choose(one.id) },
      avatar(one), make("span", { class: "name" }, nameOf(one)), one.blocked && make("span", { class: "mark", role: "img", "aria-label": word("blocked") }),
      unread(one) && make("span", { class: "dot", "data-unread": true, role: "img", "aria-label": word("unread") })))));
  if (focus) find(`[data-person="${focus}"]`)?.focus();
  find(".person[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  find("[data-you]").textContent = me ? word("isYou", nameOf(me)) : word("sandbox");
}

const unread = (one) => Boolean(one.last_message?.from_bot) && one.id !== me?.id && seen[one.id] !== one.last_message.message_id;

// The chat

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const visible = () => !document.hidden || new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));

/** Show what happens in a person's chat until `signal`; a lost connection begins again with everything. */
async function follow(id, signal) {
  let after = 0;
  let whole = true;
  for (let failures = 0; !signal.aborted; ) {
    await visible(); // a hidden page must not hold one of the browser's few connections
    try {
      const shown = await ask("GET", `/sandbox/chats/${id}/messages?after=${after}&wait=${whole ? 0 : 20}`, null, signal);
      if (signal.aborted) return;
      if (shown.seq < after) {
        [after, whole] = [0, true];
        continue;
      }
      showChat(shown, whole);
      [after, whole, failures] = [shown.seq, false, 0];
      connected(true);
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 404) await refresh(); // the sandbox forgot this person: another one
      if (!people.some((one) => one.id === id)) return people.length ? choose(people[0].id) : showNobody();
      connected(false);
      [after, whole] = [0, true];
      await pause(Math.min(0.5 * 2 ** failures++, 5));
    }
  }
}

function showChat(shown, whole) {
  const heard = chat.show(shown.messages, whole);
  if (!whole)
    for (const notice of shown.notices) {
      chat.answered();
      if (notice.alert) showAlert(notice.text);
      else if (notice.text) toast(notice.text);
    }
  if (heard) chat.answered();
  showTyping(shown.action);
  composer.showKeyboard(shown.keyboard, (label) =>
    attempt("POST", "/sandbox/presses", { from: me.id, button: label, message_id: [...chat.messages.keys()].at(-1) }));
  find("[data-empty]").hidden = !chat.empty || shown.blocked;
  showBlocked(shown.blocked);
  if (shown.messages.length && !whole) {
    refresh();
    refreshPanel();
    setTimeout(refreshPanel, 800); // the agent may still be at it
  }
}

function showTyping(action) {
  const element = find("[data-typing]");
  element.hidden = !action;
  clearTimeout(showTyping.timer);
  if (action) showTyping.timer = setTimeout(() => (element.hidden = true), 5000);
}

function showAlert(text) {
  const dialog = find("[data-alert]");
  dialog.querySelector("p").textContent = text;
  if (!dialog.open) dialog.showModal();
}

function showBlocked(blocked) {
  find("[data-blocked]").hidden = !blocked;
  find("[data-composer]").hidden = blocked;
  find("[data-block]").hidden = blocked;
}

async function block(blocked) {
  if (me && (await attempt("POST", "/sandbox/blocks", { user: me.id, blocked }))) showBlocked(blocked);
  find("[data-empty]").hidden = !chat.empty || blocked;
  refresh();
}

function connected(on) {
  const banner = find("[data-connection]");
  banner.dataset.connection = on ? "on" : "lost";
  banner.textContent = on ? "" : word("lost");
}

// The clock

function showClock() {
  find("[data-clock]").textContent = clock.now ? full(now()) : "";
  find("[data-clock]").dateTime = new Date(now()).toISOString();
  const next = find("[data-advance=follow_up]");
  next.disabled = busy || !clock.follow_up_at;
  next.title = clock.follow_up_at ? moment(clock.follow_up_at) : word("noFollowUp");
}

let busy = false;
async function advance(where, label) {
  if (busy) return;
  setBusy(true);
  const before = new Map(people.map((one) => [one.id, one.last_message?.message_id]));
  const ticking = setInterval(refresh, 400);
  const moved = await attempt("POST", "/sandbox/clock", where);
  clearInterval(ticking);
  await refresh();
  setBusy(false);
  refreshPanel();
  const section = find(".clock"); // what became of it, for tests
  section.dataset.told = "";
  section.dataset.moves = Number(section.dataset.moves ?? 0) + 1;
  if (!moved) return;
  const news = people.filter((one) => one.last_message?.from_bot && one.last_message.message_id !== before.get(one.id)).map((one) => one.first_name);
  section.dataset.told = [label ?? moment(moved.now), moved.stops ? word("stops", moved.stops) : !news.length && word("noStops"),
    news.length && word("news", news.join(", "))].filter(Boolean).join(" · ");
  find('[data-toast="clock"]')?.remove();
  toast(section.dataset.told, "clock");
}

function setBusy(on) {
  busy = on;
  find(".clock").setAttribute("aria-busy", on);
  for (const button of document.querySelectorAll("[data-advance], [data-jump]")) button.disabled = on;
  showClock();
}

// Looking again

async function refresh() {
  try {
    [people, clock, business] = await Promise.all([ask("GET", "/sandbox/people"), ask("GET", "/sandbox/clock"), ask("GET", "/sandbox/agent")]);
  } catch {
    return connected(false);
  }
  connected(true);
  setNow(clock.now);
  const zone = setZone(business.time_zone ?? "UTC");
  if (zone !== refresh.zone) chat.render(true);
  refresh.zone = zone;
  find("[data-business]").textContent = business.name ?? "Regulars";
  document.title = `${people.some(unread) ? "• " : ""}${business.name ?? "Regulars"}`;
  if (me) me = people.find((one) => one.id === me.id) ?? me;
  else {
    const wanted = Number(location.hash.slice(1));
    const first = people.find((one) => one.id === wanted) ?? people[0];
    if (first) await choose(first.id);
    else showNobody();
  }
  showPeople();
  showClock();
  return undefined;
}

function showNobody() {
  me = null;
  find("[data-empty]").hidden = find("[data-composer]").hidden = find("[data-block]").hidden = true;
  connected(true);
  showPeople();
}

const panelOpen = () => document.body.classList.contains("thinking");
const refreshPanel = () => me && panel.refresh(me.id);

// Everything that can be pressed

function turn(wanted) {
  speak(wanted);
  find("[data-language]").textContent = wanted === "zh" ? "English" : "中文";
  find("[data-language]").lang = wanted === "zh" ? "en" : "zh";
  showToggle();
  chat.render(true);
  showPeople();
  showClock();
  refreshPanel();
}

function showToggle() {
  const toggle = find("[data-panel-toggle]");
  toggle.textContent = word(panelOpen() ? "chat" : "thinkingShort");
  toggle.setAttribute("aria-expanded", panelOpen());
  toggle.classList.remove("news");
}

find("[data-panel-toggle]").onclick = () => {
  document.body.classList.toggle("thinking");
  showToggle();
  refreshPanel();
};
find("[data-language]").onclick = () => turn(language === "zh" ? "en" : "zh");
find("[data-block]").onclick = () => block(true);
find("[data-unblock]").onclick = () => block(false);
find("[data-start]").onclick = () => {
  const parameter = new URLSearchParams(location.search).get("start"); // a deep link, such as ?start=poster-12
  say({ text: parameter ? `/start ${parameter}` : "/start" });
};
for (const button of document.querySelectorAll("[data-advance]"))
  button.onclick = () => advance(button.dataset.advance === "follow_up" ? { to: "follow_up" } : { advance: button.dataset.advance }, button.textContent);

const newPerson = find("[data-new-person]");
find("[data-add-person]").onclick = () => newPerson.showModal();
newPerson.querySelector("[data-close]").onclick = () => newPerson.close();
newPerson.querySelector("form").onsubmit = async (event) => {
  const form = new FormData(event.target);
  const [first_name, ...rest] = form.get("name").trim().split(/\s+/);
  event.target.reset();
  const made = await attempt("POST", "/sandbox/people", { first_name, last_name: rest.join(" ") || null, language_code: form.get("language") });
  await refresh();
  if (made) choose(made.id);
};
document.addEventListener("keydown", (event) => event.key === "Escape" && panelOpen() && find("[data-panel-toggle]").click());
window.addEventListener("hashchange", () => Number(location.hash.slice(1)) !== me?.id && choose(Number(location.hash.slice(1))));
document.addEventListener("visibilitychange", () => !document.hidden && (refresh(), refreshPanel()));

turn(language);
refresh();
setInterval(showClock, 1000);
setInterval(() => !document.hidden && (refresh(), refreshPanel()), REFRESH);
