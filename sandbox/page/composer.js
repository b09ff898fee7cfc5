// Where you write: Enter, commands at "/", replies, edits, attachments, the bot's reply keyboard.

import { find, make } from "./tools.js";
import { word } from "./words.js";

const form = find("[data-composer]");
const input = find("[data-input]");
const menu = find("[data-commands]");
const context = find("[data-context]");
const attachments = find("[data-attachments]");
const keys = make("div", { class: "keys", "data-keyboard": true, hidden: true });
find(".line").after(keys);

export class Composer {
  /** `act` has say(content), sendFile(file), lastOwn(), commands(). */
  constructor(act) {
    this.act = act;
    this.drafts = new Map();
    this.person = null;
    this.subject = null; // {reply_to: id} or {edit: id}
    this.known = [];
    this.chosen = 0;
    form.onsubmit = (event) => (event.preventDefault(), this.send());
    input.oninput = () => (this.grow(), this.suggest());
    input.onkeydown = (event) => this.key(event);
    find("[data-cancel]").onclick = () => this.cancel();
    find("[data-slash]").onclick = () => (this.write(menu.hidden ? "/" : ""), this.suggest());
    find("[data-attach-toggle]").onclick = () => this.showAttachments(attachments.hidden);
    for (const button of attachments.children) button.onclick = () => this.attach(button.dataset.attach);
    const file = find("[data-file]");
    file.onchange = () => (file.files[0] && act.sendFile(file.files[0]), (file.value = ""));
    input.onpaste = (event) => event.clipboardData.files[0] && (event.preventDefault(), act.sendFile(event.clipboardData.files[0]));
    document.addEventListener("click", (event) => {
      if (!event.target.closest("[data-attachments], [data-attach-toggle]")) this.showAttachments(false);
    });
  }

  /** Another person writes: their own draft, their own commands. */
  become(person) {
    if (this.person !== null) this.drafts.set(this.person, input.value);
    this.person = person;
    this.known = [];
    this.cancel();
    this.write(this.drafts.get(person) ?? "");
    menu.hidden = true;
  }

  write(text) {
    input.value = text;
    this.grow();
    if (!matchMedia("(hover: none)").matches) input.focus({ preventScroll: true });
  }

  grow() {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 160)}px`;
    form.classList.toggle("filled", input.value.trim() !== "");
  }

  async send(text = input.value) {
    const subject = this.subject;
    if (!text.trim()) return;
    this.write("");
    this.cancel();
    menu.hidden = true;
    if (!(await this.act.say({ text, ...subject }))) this.write(text); // not lost with the connection
  }

  key(event) {
    if (event.isComposing) return; // Enter then only picks the characters
    const { key } = event;
    if (!menu.hidden && ["ArrowDown", "ArrowUp", "Tab", "Enter", "Escape"].includes(key)) return this.keyInMenu(event);
    if (key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (key === "ArrowUp" && input.value === "" && this.act.lastOwn()) {
      event.preventDefault();
      this.startEdit(this.act.lastOwn());
    } else if (key === "Escape") this.cancel(true);
  }

  // Replying and editing

  about(kind, id, title, text) {
    this.subject = { [kind]: id };
    context.dataset.context = kind;
    context.firstChild.replaceChildren(make("b", {}, title), " ", text);
    context.hidden = false;
    input.focus();
  }

  startEdit(message) {
    this.about("edit", message.message_id, word("editing"), message.text.slice(0, 120));
    this.write(message.text);
  }

  cancel(byKey = false) {
    if (this.subject?.edit && (byKey || !context.hidden)) this.write("");
    this.subject = null;
    context.hidden = true;
    this.showAttachments(false);
  }

  // Commands

  async suggest() {
    const typed = input.value.match(/^\/(\w*)$/);
    if (!typed) return this.showMenu([]);
    if (typed[1] === "" || !this.known.length) this.known = await this.act.commands();
    return this.showMenu(input.value.startsWith("/") ? this.known.filter((one) => one.command.startsWith(typed[1])) : []);
  }

  showMenu(commands) {
    this.chosen = 0;
    menu.replaceChildren(...commands.map((one, at) =>
      make("li", { role: "option", id: `command-${at}`, "data-command": one.command, onpointerdown: (event) => (event.preventDefault(), this.send(`/${one.command}`)) },
        make("b", {}, `/${one.command}`), make("span", {}, one.description))));
    menu.hidden = commands.length === 0;
    input.setAttribute("aria-expanded", !menu.hidden);
    this.mark();
  }

  mark() {
    [...menu.children].forEach((option, at) => option.setAttribute("aria-selected", at === this.chosen));
    if (menu.hidden) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", `command-${this.chosen}`);
    return menu.children[this.chosen].scrollIntoView({ block: "nearest" });
  }

  keyInMenu(event) {
    event.preventDefault();
    const count = menu.children.length;
    const command = `/${menu.children[this.chosen].dataset.command}`;
    if (event.key === "ArrowDown") this.chosen = (this.chosen + 1) % count;
    if (event.key === "ArrowUp") this.chosen = (this.chosen + count - 1) % count;
    if (event.key === "Enter") return this.send(command);
    if (event.key === "Escape") return this.showMenu([]);
    if (event.key === "Tab") return this.write(`${command} `), this.showMenu([]);
    return this.mark();
  }

  // Attachments and the bot's keyboard

  showAttachments(on) {
    attachments.hidden = !on;
    find("[data-attach-toggle]").setAttribute("aria-expanded", on);
    if (on) attachments.firstElementChild.focus();
  }

  attach(kind) {
    this.showAttachments(false);
    if (kind === "file") return find("[data-file]").click();
    return this.act.say({ [kind]: kind === "location" ? { latitude: 52.52, longitude: 13.405 } : true });
  }

  /** What stands in the box goes along with a file. */
  takeCaption() {
    const caption = input.value.trim();
    this.write("");
    const reply_to = this.subject?.reply_to;
    this.cancel();
    return { ...(caption && { caption }), ...(reply_to && { reply_to }) };
  }

  showKeyboard(rows, press) {
    keys.hidden = !rows?.length;
    keys.replaceChildren(...(rows ?? []).map((row) => make("div", {}, row.map((key) => make("button", { type: "button", "data-key": key.text, onclick: () => press(key.text) }, key.text)))));
  }
}
