/* Billing Portal: keyboard, preview, dialogs, palette, ticking times. Each page works without it. */

const root = document.documentElement;
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const shown = (element) => element.checkVisibility();
const typing = (target) => // a dialog that was just closed may keep the focus for a moment
  target.matches?.("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=file], [type=submit])") && shown(target);
const say = (words) => {
  const line = document.createElement("p");
  line.className = "error";
  line.textContent = words;
  one("#status")?.replaceChildren(line);
};

/* Dialogs: a link marked data-dialog opens the page it leads to in place. */

const dialog = one("#dialog");

async function openDialog(href) {
  await htmx.ajax("GET", href, { target: "#dialog", select: "#main .verb", swap: "innerHTML" });
  if (!dialog.firstElementChild) return location.assign(href); // a refusal is a page of its own
  if (!dialog.open) dialog.showModal();
  focusFirst(dialog);
}

function focusFirst(within) {
  (one("[autofocus]", within) ?? one("input:not([type=hidden]), select, textarea, button", within))?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (link && dialog && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    openDialog(link.href);
  } else if (event.target.closest("[data-close]")) {
    const open = event.target.closest("dialog");
    if (open) {
      event.preventDefault();
      open.close();
    }
  } else if (event.target instanceof HTMLDialogElement) {
    event.target.close();
  }
  for (const menu of all(".menu[open], .me[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

/* The worklist: a cursor over its rows, and a preview that follows it. */

const rows = () => all("tr.case");
let cursor = null;
let waiting = 0;

const current = () =>
  (cursor?.isConnected && cursor) || one("tr.case[aria-current]") || null;

function point(row) {
  current()?.classList.remove("cursor");
  cursor = row;
  row.classList.add("cursor");
  row.scrollIntoView({ block: "nearest" });
}

function preview(row, delay = 90) {
  const pane = one("#peek");
  if (!pane || !shown(pane)) return;
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const url = new URL(location.href);
    url.searchParams.set("peek", row.dataset.id);
    await htmx.ajax("GET", url.pathname + url.search, { target: "#peek", swap: "outerHTML" });
    history.replaceState(history.state, "", url);
    one("tr.case[aria-current]")?.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
  }, delay);
}

function step(by) {
  const list = rows();
  if (!list.length) return one(by > 0 ? "[data-key=j]" : "[data-key=k]")?.click();
  const at = list.indexOf(current());
  const row = list[Math.min(list.length - 1, Math.max(0, at + by))];
  point(row);
  preview(row);
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("tr.case");
  if (!row || event.target.closest("a, input, button, label")) return;
  point(row);
  const pane = one("#peek");
  if (pane && shown(pane)) preview(row, 0);
  else one("a.title", row).click();
});

document.addEventListener("change", (event) => {
  const { target } = event;
  if (target.matches("[data-submit]") && (target.type !== "file" || target.files.length)) target.form.requestSubmit();
});

/* Selection: X ticks the row under the cursor, Shift X all from the last one, * whatever matches. */

let anchor = null;

const boxes = () => all("input[name=case]");
const scope = (value) => one(`#bulk [value=${value}]`);

function picked() {
  const many = boxes().filter((box) => box.checked).length;
  const words = one("[data-picked]");
  if (words) words.textContent = many;
  if (many < boxes().length && scope("all")?.checked) scope("page").checked = true;
}

function pick(range) {
  const list = rows();
  const at = list.indexOf(current());
  const box = list[at] && one("input[name=case]", list[at]);
  if (!box) return;
  const from = range && anchor?.isConnected ? list.indexOf(anchor) : at;
  const on = range || !box.checked;
  for (const row of list.slice(Math.min(at, from), Math.max(at, from) + 1)) one("input[name=case]", row).checked = on;
  anchor = list[at];
  picked();
}

function pickPage(on) {
  for (const box of boxes()) box.checked = on;
  picked();
}

function pickAll() {
  pickPage(true);
  if (scope("all")) scope("all").checked = true;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-page]")) pickPage(event.target.checked);
  else if (event.target.name === "case") picked();
});

/* Keys: every control names its own in data-key; the mode is on, alt (with Alt) or off. */

let leader = 0;

const inMenu = (element) => element.closest(".menu:not([open])") !== null;

function press(key) {
  const found = all(`[data-key="${CSS.escape(key)}"]`).filter((element) => shown(element) || inMenu(element));
  const target = found.find((element) => element.closest("#main")) ?? found[0];
  if (!target) return false;
  if (target.matches("input:not([type=file]), textarea, select, [data-focus]")) target.focus();
  else target.click();
  return true;
}

const moves = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  t: () => one(".now .tick")?.click(),
  x: () => pick(false),
  X: () => pick(true),
  "*": pickAll,
  "?": () => openDialog(root.dataset.help),
  g: () => {
    leader = Date.now();
  },
};

function open() {
  const row = current();
  if (row) one("a.title", row).click();
  return Boolean(row);
}

/* In an open dialog a digit answers its question; with nothing else to fill in, that sends it. */

function answer(key) {
  const choice = all("dialog[open] .choices input")[Number(key) - 1];
  if (!choice) return false;
  choice.checked = true;
  choice.focus();
  const missing = one(":invalid:not(fieldset)", choice.form);
  if (missing) missing.focus();
  else choice.form.requestSubmit();
  return true;
}

function single(event) {
  const { key } = event;
  if (one("dialog[open]")) return answer(key);
  if (leader && Date.now() - leader < 1500) {
    leader = 0;
    one(`[data-go="${CSS.escape(key)}"]`)?.click();
    return true;
  }
  if (key === "Enter" || key === "o") return !event.target.closest("a, button, input, summary") && open();
  if (key.startsWith("Arrow") && !rows().length) return false;
  if (moves[key]) {
    moves[key]();
    return true;
  }
  return press(key);
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if ((event.ctrlKey || event.metaKey) && key === "k") {
    event.preventDefault();
    return openPalette();
  }
  if ((event.ctrlKey || event.metaKey) && key === "Enter") {
    const form = target.form ?? one("dialog[open] form.verb");
    if (form) {
      event.preventDefault();
      form.requestSubmit();
    }
    return;
  }
  if (key === "Escape" && typing(target) && !target.closest("dialog")) return target.blur();
  const mode = root.dataset.keys;
  if (mode === "off" || event.altKey !== (mode === "alt") || event.ctrlKey || event.metaKey) return;
  if (typing(target)) return;
  if (single(event)) event.preventDefault();
});

/* The palette: search and commands over the page, by the same view as /search/. */

const palette = one("#palette");
const term = palette && one("input[name=term]", palette);
const commands = palette && one("[data-commands]", palette);
let asked = 0;

function openPalette() {
  if (!palette) return one("[data-search]")?.click();
  term.value = "";
  list();
  palette.showModal();
  term.focus();
}

function options() {
  return all("[role=option]", palette).filter(shown);
}

function choose(by) {
  const list = options();
  const at = list.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const next = list[(at + by + list.length) % list.length];
  for (const option of list) option.setAttribute("aria-selected", String(option === next));
  if (next) {
    term.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  }
}

function list() {
  const words = term.value.trim().toLowerCase();
  for (const option of all("[role=option]", commands)) option.hidden = words !== "" && !option.textContent.toLowerCase().includes(words);
  commands.hidden = !all("[role=option]", commands).some((option) => !option.hidden);
  clearTimeout(asked);
  if (words.length < 2) return one("#hits", palette).replaceChildren(), choose(1);
  asked = setTimeout(async () => {
    await htmx.ajax("POST", palette.dataset.search, { source: term.form, target: "#hits", swap: "innerHTML" });
    for (const option of options()) option.setAttribute("aria-selected", "false");
    choose(1);
  }, 110);
}

if (palette) {
  term.addEventListener("input", list);
  palette.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(1);
    else if (event.key === "ArrowUp") choose(-1);
    else if (event.key === "Escape") palette.close();
    else if (event.key === "Enter") {
      const chosen = options().find((option) => option.getAttribute("aria-selected") === "true");
      palette.close();
      chosen?.click();
    } else return;
    event.preventDefault();
  });
  one("[data-search]")?.addEventListener("click", (event) => {
    event.preventDefault();
    openPalette();
  });
  palette.addEventListener("click", (event) => {
    const key = event.target.closest("[data-press]")?.dataset.press;
    if (key) {
      event.preventDefault();
      palette.close();
      press(key);
    }
  });
}

/* Answers: what a swap must not lose. */

addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const landed = new URL(xhr.responseURL || location.href);
  if (landed.pathname.startsWith("/accounts/")) {
    event.detail.shouldSwap = false;
    location.assign(landed);
  }
});

addEventListener("htmx:afterSwap", (event) => {
  const { target } = event.detail;
  if (target.id === "main") {
    dialog?.close();
    cursor = null;
    const main = one("#main");
    (one("[autofocus]", main) ?? main).focus({ preventScroll: false });
  }
  tick();
});

addEventListener("htmx:sendError", () => say("The portal did not answer. Nothing was saved; what you typed is still here. Try again."));

/* Times: due chips tell the time, revealed names are masked again, an idle session warns. */

const BACKGROUND = "X-Background"; // what a page asks for by itself keeps no session alive
const UNITS = [["d", 86400], ["h", 3600], ["m", 60]];

function twoUnits(seconds) {
  const parts = [];
  let rest = Math.abs(seconds);
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count || parts.length || unit === "m") parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(" ");
}

function tick() {
  const now = Date.now();
  for (const chip of all("time.chip[data-ticks]")) {
    const left = (new Date(chip.dateTime) - now) / 1000;
    chip.classList.toggle("late", left < 0);
    chip.classList.toggle("soon", left >= 0 && left < Number(chip.dataset.ticks));
    chip.textContent = left < 0 ? `${twoUnits(left)} late` : twoUnits(left);
  }
  for (const secret of all("[data-until]")) {
    if (new Date(secret.dataset.until) < now) {
      secret.removeAttribute("data-until");
      htmx.ajax("GET", location.pathname, { target: "#patient", select: "#patient", swap: "outerHTML", headers: { [BACKGROUND]: "1" } });
    }
  }
}

setInterval(tick, 15000);

const idle = Number(root.dataset.idle) * 60000;
const session = one("#session");
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("portal") : null;
let used = Date.now();

function touched() {
  used = Date.now();
  if (session?.open) session.close();
}

if (idle && session) {
  addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.requestConfig?.headers[BACKGROUND]) return;
    touched();
    tabs?.postMessage("used");
  });
  tabs?.addEventListener("message", touched);
  one("button", session).addEventListener("click", () => htmx.ajax("GET", session.dataset.ping, { swap: "none" }));
  setInterval(() => {
    const left = idle - (Date.now() - used);
    if (left < 0) location.reload();
    else if (left < 120000 && !session.open) session.showModal();
  }, 5000);
}

/* Files: dropped on a place that takes them. */

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const place = event.target.closest?.(".drop");
    if (!place) return;
    event.preventDefault();
    place.classList.toggle("over", kind === "dragover");
    const input = one("input[type=file]", place);
    if (kind === "drop" && input) {
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}

/* Together: who else is at a case, and what is typed is kept by the server, never here. */

const EVERY = 15000;
let typed = 0;
let keeping = 0;

const ask = (url, body) =>
  fetch(url, {
    method: body ? "POST" : "GET",
    body,
    headers: { [BACKGROUND]: "1", "X-CSRFToken": one("[name=csrfmiddlewaretoken]")?.value ?? "" },
  }).then((answer) => (answer.ok && !answer.redirected ? answer : Promise.reject(answer)));

function avatar([initials, name, writing]) {
  const mark = document.createElement("span");
  mark.className = "avatar";
  mark.title = writing ? `${name} is writing` : `${name} has it open`;
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", mark.title);
  mark.textContent = initials;
  return mark;
}

async function attend() {
  const place = one("[data-here]");
  const list = one("[data-attendance]");
  if (document.hidden || !(place || list)) return;
  try {
    if (place) {
      const said = new URLSearchParams({ writing: Date.now() - typed < 60000 ? "1" : "0" });
      const words = await (await ask(place.dataset.here, said)).text();
      if (place.innerHTML !== words) place.innerHTML = words;
    }
    if (list) {
      const found = await (await ask(list.dataset.attendance)).json();
      for (const at of all(".at", list)) at.replaceChildren(...(found[at.dataset.case] ?? []).map(avatar));
    }
  } catch {
    /* the next turn asks again; an ended session is told elsewhere */
  }
}

attend();
setInterval(attend, EVERY);

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draft) return;
  typed = Date.now();
  clearTimeout(keeping);
  keeping = setTimeout(() => {
    const fields = new FormData(form);
    for (const [name, value] of [...fields]) if (value instanceof File) fields.delete(name);
    ask(form.dataset.draft, fields).catch(() => {});
  }, 1200);
});

document.addEventListener("submit", () => {
  clearTimeout(keeping);
  typed = 0;
});
