// The thinking panel: what the agent says it knows of this person, as `customers show --json` has it.

import { ask, date, distance, find, locale, make, moment, now } from "./tools.js";
import { WORDS, language, named, word } from "./words.js";

const panel = find("[data-panel]");
const MOST_HELD = 5;
const AHEAD = ["planned", "held", "queued", "sending"];
const list = (value) => (Array.isArray(value) ? value : []);

export class Panel {
  /** `jump(iso)` moves the clock there; `onNews()` is called when a fact is new to us. */
  constructor(jump, onNews) {
    this.jump = jump;
    this.onNews = onNews;
    this.forget();
  }

  /** Before another person is shown. */
  forget() {
    this.shown = null;
    this.known = null;
    this.person = null;
  }

  async refresh(person) {
    let state;
    try {
      state = { customer: await ask("GET", `/sandbox/agent/panel/${person}`) };
    } catch (error) {
      state = { note: error.status === 404 ? "unknown" : "away" };
    }
    if (this.person !== person) return;
    // Distances such as "in 3 days" grow old by themselves, so the minute counts as part of what is shown.
    const text = JSON.stringify([language, Math.floor(now() / 60_000), state]);
    if (text === this.shown) return;
    this.shown = text;
    this.render(state);
  }

  render({ customer, note }) {
    const open = new Set([...panel.querySelectorAll("details[open]")].map((element) => element.dataset.fold));
    const focus = panel.contains(document.activeElement) && document.activeElement.dataset.key;
    panel.dataset.state = note ?? "known";
    panel.replaceChildren(make("h2", { class: "title" }, word("thinking")), ...(note ? [make("p", { class: "note" }, word(note))] : this.cards(customer)));
    for (const fold of panel.querySelectorAll("details")) fold.open = open.has(fold.dataset.fold);
    if (focus) panel.querySelector(`[data-key="${focus}"]`)?.focus({ preventScroll: true });
    if (customer) this.noteNews(customer);
  }

  noteNews(customer) {
    const ids = new Set(list(customer.facts).map((fact) => fact.id));
    const news = this.known && [...ids].some((id) => !this.known.has(id));
    this.known = ids;
    if (news) this.onNews();
  }

  cards(customer) {
    return [head(customer), this.followUps(list(customer.follow_ups)), this.facts(list(customer.facts)), feedback(list(customer.feedback)),
      worth(customer), why(list(customer.why)), identities(customer)].filter(Boolean);
  }

  facts(facts) {
    const gone = facts.filter((fact) => fact.superseded_by != null || fact.forgotten_at);
    const current = facts.filter((fact) => !gone.includes(fact));
    const order = ["restriction", "preference", "occasion"];
    const rank = (kind) => (order.includes(kind) ? order.indexOf(kind) : order.length);
    const kinds = [...new Set(current.map((fact) => fact.kind))].sort((a, b) => rank(a) - rank(b));
    return card("facts", word("facts"),
      kinds.map((kind) => make("div", { class: `kind ${kind}`, "data-kind": kind }, make("h4", {}, named("kind", kind)),
        make("ul", {}, current.filter((fact) => fact.kind === kind).map((fact) => this.fact(fact))))),
      current.length === 0 && make("p", { class: "none" }, word("noFacts")),
      gone.length > 0 && fold("gone", `${word("before")} (${gone.length})`, make("ul", {}, gone.map((fact) => this.fact(fact, true)))));
  }

  fact(fact, gone = false) {
    const quote = fact.quote || fact.source?.text;
    const at = fact.source?.at ?? fact.since;
    const fresh = this.known && !this.known.has(fact.id);
    const sure = Math.round((fact.confidence ?? 1) * 100);
    const meter = make("i");
    meter.style.setProperty("width", `${sure}%`);
    return make("li", { class: fresh ? "fact fresh" : "fact", "data-fact": fact.id, "data-gone": gone },
      make("p", {}, make(gone ? "s" : "b", { class: fact.polarity }, shownValue(fact)), 
        gone ? make("small", {}, word(fact.forgotten_at ? "forgotten" : "superseded"))
          : make("span", { class: "sure", title: word("sure", sure), "aria-label": word("sure", sure), role: "img" }, make("span", {}, meter), `${sure} %`)),
      make("p", { class: "source" }, quote ? make("q", { dir: "auto", title: fact.source?.text }, quote) : named("statedBy", fact.source?.stated_by ?? "nobody"), at && make("time", { datetime: at }, date(at))));
  }

  followUps(rows) {
    const due = (row) => row.due_at ?? "";
    const ahead = rows.filter((row) => AHEAD.includes(row.status)).sort((a, b) => due(a).localeCompare(due(b)));
    const [next, ...others] = ahead;
    const later = others.filter((row) => row.status !== "held");
    const sent = rows.filter((row) => row.status === "sent").sort((a, b) => (b.sent_at ?? "").localeCompare(a.sent_at ?? ""));
    const rest = rows.filter((row) => !ahead.includes(row) && row.status !== "sent").sort((a, b) => due(b).localeCompare(due(a)));
    const held = [...others.filter((row) => row.status === "held"), ...rest];
    return card("follow-ups", word("followUps"),
      next ? this.next(next) : make("p", { class: "none" }, word("noNext")),
      later.length > 0 && fold("later", `${word("later")} (${later.length})`, make("ul", {}, later.map(row))),
      held.length > 0 && make("div", { class: "held", "data-held": true }, make("h4", {}, word("held")), make("ul", {}, held.slice(0, MOST_HELD).map(row)),
        held.length > MOST_HELD && fold("held", `${word("earlier")} (${held.length - MOST_HELD})`, make("ul", {}, held.slice(MOST_HELD).map(row)))),
      sent.length > 0 && fold("sent", `${word("sent")} (${sent.length})`, make("ul", {}, sent.map(row))));
  }

  next(next) {
    const ahead = next.due_at && new Date(next.due_at) > now();
    return make("div", { class: "next", "data-next": next.rule },
      make("p", {}, make("b", {}, named("rule", next.rule)), make("span", { class: `chip ${next.status}` }, named("status", next.status))),
      next.due_at && make("p", {}, make("strong", {}, distance(next.due_at)), ` · ${moment(next.due_at)}`),
      next.reason && make("p", { class: "reason" }, named("reason", next.reason)),
      next.text ? make("blockquote", { dir: "auto" }, next.text) : make("p", { class: "none" }, word("textLater")),
      ahead && make("button", { type: "button", "data-jump": next.due_at, "data-key": "jump", onclick: () => this.jump(next.due_at) }, word("go")));
  }
}

const card = (name, title, ...children) => make("section", { class: "card", "data-card": name }, make("h3", {}, title), ...children);
const fold = (name, title, ...children) => make("details", { "data-fold": name }, make("summary", { "data-key": `fold-${name}` }, title), ...children);
const number = (value) => (typeof value === "number" ? new Intl.NumberFormat(locale(), { maximumFractionDigits: 2 }).format(value) : String(value));

function head(customer) {
  const tier = customer.tier ?? "new";
  const about = [customer.language && new Intl.DisplayNames(language, { type: "language", fallback: "code" }).of(customer.language), customer.time_zone,
    customer.status !== "active" && customer.status].filter(Boolean).join(" · ");
  return make("section", { class: "card person-card", "data-card": "person" },
    make("p", { class: "heading" }, make("b", { "data-name": true }, customer.name ?? "?"), make("span", { class: `tier tier-${tier}`, "data-tier": tier }, word("tier", tier)),
      customer.group && make("span", { class: "chip" }, named("group", customer.group))),
    about && make("p", { class: "about" }, about),
    customer.tier_reason && make("p", { class: "reason", "data-tier-reason": true }, customer.tier_reason),
    tierChanges(list(customer.tier_changes)),
    consents(customer.consents));
}

function tierChanges(changes) {
  return changes.length > 1 && fold("tiers", `${word("earlier")} (${changes.length})`, make("ul", { class: "lines" }, changes.map((change) =>
    make("li", {}, make("b", {}, `${change.before ?? "–"} → ${change.after}`), ` · ${date(change.at)}`, change.reason && ` · ${change.reason}`))));
}

function consents(given) {
  const rows = Array.isArray(given) ? given.map((row) => [row.purpose, row.granted]) : Object.entries(given ?? {}).map(([purpose, row]) => [purpose, row?.granted ?? row]);
  const answers = new Map(rows);
  const purposes = [...new Set(["service", "marketing", "profiling", ...answers.keys()])];
  return make("ul", { class: "consents", "data-consents": true, "aria-label": word("consents") }, purposes.map((purpose) => {
    const answer = answers.get(purpose);
    const [sign, state] = answer === true ? ["✓", "yes"] : answer === false ? ["✕", "no"] : ["?", "notAsked"];
    return make("li", { class: `chip ${state}`, "data-consent": purpose, "data-answer": state, title: word(state) }, make("span", { "aria-hidden": "true" }, `${sign} `), named("purpose", purpose),
      make("span", { class: "unseen" }, `: ${word(state)}`));
  }));
}

function worth(customer) {
  const { rfm, prospect, ...value } = { ...customer.value };
  const numbers = { ...rfm, ...value, chance: prospect?.chance };
  const currency = numbers.currency ?? customer.currency;
  // What is kept for working other things out has no word here, and is not shown.
  const rows = Object.entries(numbers).filter(([name, what]) => what != null && name in WORDS[language].figure).map(([name, what]) => [named("figure", name), figure(name, what, currency)]);
  if (customer.contacts != null) rows.push([word("contacts"), number(customer.contacts)]);
  if (customer.orders != null && numbers.orders_ever == null) rows.push([named("figure", "orders_ever"), number(customer.orders)]);
  return rows.length > 0 && card("value", word("value"), make("dl", {}, rows.map(([name, what]) => make("div", {}, make("dt", {}, name), make("dd", {}, what)))));
}

function figure(name, value, currency) {
  if (name === "stage") return named("stage", value);
  if (["alive", "chance"].includes(name)) return `${Math.round(value * 100)} %`;
  if (["spent", "present_value", "cost_to_serve", "brought"].includes(name) && currency && !Number.isNaN(Number(value))) {
    const money = new Intl.NumberFormat(locale(), { style: "currency", currency });
    return money.format(value / 10 ** money.resolvedOptions().maximumFractionDigits); // money is in minor units
  }
  return number(value);
}

function shownValue(fact) {
  const value = typeof fact.value === "object" ? Object.values(fact.value ?? {}).filter(Boolean).join(" · ") : String(fact.value ?? "");
  const sign = fact.polarity === "like" ? "♥ " : fact.polarity === "dislike" ? "✕ " : "";
  const more = [fact.person, anniversary(fact.date)].filter((part) => part && !value.includes(part));
  return [sign && make("span", { role: "img", "aria-label": word(fact.polarity) }, sign), [value, ...more].join(" · ")];
}

/** "3 May" of "05-03", "3 May 2019" of "2019-05-03". */
function anniversary(text) {
  const match = /^(\d{4})?-?-?(\d\d)-(\d\d)$/.exec(text ?? "");
  if (!match) return text;
  const at = new Date(Date.UTC(Number(match[1] ?? 2000), match[2] - 1, match[3]));
  return new Intl.DateTimeFormat(locale(), { timeZone: "UTC", day: "numeric", month: "short", year: match[1] && "numeric" }).format(at);
}

function row(one) {
  const at = one.sent_at ?? one.due_at;
  return make("li", { class: "row", "data-follow-up": one.rule, "data-status": one.status },
    make("p", {}, make("b", {}, named("rule", one.rule)), make("span", { class: `chip ${one.status}` }, named("status", one.status))),
    make("p", { class: "source" }, make("span", { "data-reason": true }, one.reason ? named("reason", one.reason) : one.text && make("q", { dir: "auto" }, one.text)),
      at && make("time", { datetime: at }, moment(at))));
}

function feedback(rows) {
  if (rows.length === 0) return null;
  const open = rows.filter((one) => ["open", "solved"].includes(one.status));
  const rest = rows.filter((one) => !open.includes(one));
  return card("feedback", word("feedback"), open.length > 0 && make("ul", {}, open.map(opinion)),
    rest.length > 0 && fold("feedback", `${word("earlier")} (${rest.length})`, make("ul", {}, rest.map(opinion))));
}

function opinion(one) {
  const about = [one.aspect && one.aspect !== "other" && named("aspect", one.aspect), one.severity > 0 && word("severity", one.severity),
    one.score != null && `${one.score}`].filter(Boolean).join(" · ");
  const open = one.status === "open";
  return make("li", { class: `row opinion ${one.kind} ${one.status}`, "data-feedback": one.kind, "data-status": one.status },
    make("p", {}, make("b", {}, named("feedbackKind", one.kind)), open && make("span", { class: "chip held" }, word("open")), make("span", {}, about)),
    one.quote && make("p", { class: "source" }, make("q", { dir: "auto" }, one.quote), one.at && make("time", { datetime: one.at }, date(one.at))),
    open && make("p", { class: one.due_at && new Date(one.due_at) < now() ? "reason late" : "reason" }, ["owner" in one && (one.owner ? word("owner", one.owner.name ?? one.owner) : word("nobody")), one.due_at && word("due", distance(one.due_at))].filter(Boolean).join(" · ")));
}

function why(lines) {
  return lines.length > 0 && card("why", word("why"), make("ul", { class: "lines" }, lines.map((line) => make("li", {}, String(line)))));
}

function identities(customer) {
  const given = customer.identities ?? [];
  const rows = Array.isArray(given) ? given.map((one) => (typeof one === "object" ? `${one.kind ?? one.namespace ?? ""} ${one.value ?? ""}`.trim() : String(one))) : Object.entries(given).map(([kind, value]) => `${kind} ${value}`);
  return rows.length > 0 && fold("identities", word("identities"), make("ul", { class: "lines" }, rows.map((one) => make("li", {}, one))));
}
