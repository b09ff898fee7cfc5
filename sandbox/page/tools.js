// Small things all parts use: elements, requests, times.

import { language } from "./words.js";

/** An element with attributes (`on…` are listeners, false and null are left out) and children (text is text, never markup). */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false && child !== ""));
  return element;
}

export const find = (selector) => document.querySelector(selector);

/** An answer that was not 200; `status` is 0 where there was none at all. */
export class Failure extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function ask(method, path, body, signal) {
  let answer;
  try {
    answer = await fetch(path, { method, signal, body: body && JSON.stringify(body), cache: "no-store" });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Failure(0, error.message);
  }
  const result = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Failure(answer.status, result.error ?? `${answer.status}`);
  return result;
}

// Times are shown as on the business's wall, and told apart from the sandbox's now, never this machine's.

let zone = "UTC";
let moved = 0; // how far the sandbox's clock is ahead of this machine's, in ms

export function setZone(name) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    zone = name;
  } catch {
    zone = "UTC";
  }
  return zone;
}

export const setNow = (iso) => (moved = new Date(iso) - Date.now());
export const now = () => Date.now() + moved;

export const locale = () => (language === "zh" ? "zh-CN" : "en-GB"); // for times and numbers
const shown = (options) => (at) => new Intl.DateTimeFormat(locale(), { timeZone: zone, ...options }).format(new Date(at));
export const hour = shown({ hour: "2-digit", minute: "2-digit" });
export const day = shown({ weekday: "long", day: "numeric", month: "long" });
export const date = shown({ day: "numeric", month: "short", year: "numeric" });
export const moment = shown({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
export const full = shown({ weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });

const UNITS = [["year", 31_557_600], ["month", 2_629_800], ["week", 604_800], ["day", 86_400], ["hour", 3600], ["minute", 60]];

/** "in 3 days", "2 hours ago". */
export function distance(at) {
  const seconds = (new Date(at) - now()) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size * (size === 604_800 ? 2 : 1)) ?? ["second", 1];
  const count = unit === "second" ? 0 : Math.round(seconds / size);
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(count, unit);
}

export function avatar(person) {
  const element = make("span", { class: "avatar", "aria-hidden": "true" }, Array.from(person.first_name)[0]?.toUpperCase() ?? "?");
  element.style.setProperty("--hue", (person.id * 137) % 360);
  return element;
}

export const nameOf = (person) => [person.first_name, person.last_name].filter(Boolean).join(" ");
