/**
 * Filter, sort and copy for the findings table; without it the page shows all rows as they are.
 *
 * Rows that are not shown are taken out of the document, and 50 are shown at first, so that a keystroke
 * costs one pass over an index of lower-case texts and a small layout, however many findings there are. It
 * reads only the text of cells, and writes nothing but text.
 */
export const SCRIPT = `
"use strict";
(() => {
  const body = document.querySelector("#rows");
  if (!body) return;
  const $ = (id) => document.getElementById(id);
  const FIRST = 50;
  const STEP = 250;
  const GRADES = { critical: 0, high: 1, medium: 2, low: 3 };
  const STATES = { error: 0, fail: 1, exempt: 2, skipped: 3 };
  const count = $("count"), more = $("more"), text = $("q"), order = $("by");
  const selects = ["severity", "status", "rule", "type"].map($);
  const heads = [...document.querySelectorAll(".findings thead th")];
  const rows = Array.from(body.rows, (row, at) => {
    const cell = Array.from(row.cells, (one) => one.textContent);
    const facets = [cell[0], cell[1], cell[2], row.className];
    return { row, at, cell, facets, text: cell.join(" ").toLowerCase() };
  });
  let shown = rows, limit = FIRST, column = -1, down = false;
  const compare = new Intl.Collator("en", { numeric: true }).compare;

  function keyOf(index) {
    if (index === 0) return (one) => GRADES[one.cell[0]];
    if (index === 1) return (one) => STATES[one.cell[1]];
    return null;
  }
  function sorted() {
    if (column < 0) return rows;
    const key = keyOf(column);
    const order = key
      ? (a, b) => key(a) - key(b)
      : (a, b) => compare(a.cell[column], b.cell[column]);
    return [...rows].sort((a, b) => (down ? order(b, a) : order(a, b)) || a.at - b.at);
  }
  let ordered = rows;
  function show() {
    body.replaceChildren(...shown.slice(0, limit).map((one) => withCopy(one)));
    const left = shown.length - limit;
    more.hidden = left <= 0;
    more.textContent = "Show " + Math.min(STEP, left) + " more";
    const visible = Math.min(limit, shown.length);
    count.textContent =
      shown.length === 0 ? "No finding matches." :
      "Showing " + visible.toLocaleString("en") + " of " + shown.length.toLocaleString("en") +
      (shown.length === rows.length ? " findings" : " that match, of " + rows.length.toLocaleString("en"));
  }
  function filter() {
    const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const wanted = selects.map((one) => one.value);
    shown = ordered.filter(
      (one) =>
        wanted.every((value, index) => value === "" || one.facets[index] === value) &&
        words.every((word) => one.text.includes(word)),
    );
    limit = FIRST;
    show();
  }
  function withCopy(one) {
    const id = one.row.querySelector(".id code");
    if (id && !one.done) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.setAttribute("aria-label", "Copy id " + id.textContent);
      id.after(button);
    }
    one.done = true;
    return one.row;
  }
  function sortBy(index, downward) {
    column = index;
    down = downward;
    heads.forEach((head, at) => {
      if (at === index) head.setAttribute("aria-sort", downward ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    ordered = sorted();
    filter();
  }
  async function copy(button) {
    const id = button.previousElementSibling;
    try {
      await navigator.clipboard.writeText(id.textContent);
    } catch {
      getSelection().selectAllChildren(id);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
    $("said").textContent = "Copied " + id.textContent;
  }
  selects.forEach((select, index) => {
    const values = new Set(rows.map((one) => one.facets[index]));
    const list = [...values].sort(
      index === 0 ? (a, b) => GRADES[a] - GRADES[b] : index === 1 ? (a, b) => STATES[a] - STATES[b] : compare,
    );
    select.append(...list.map((value) => new Option(value, value)));
    select.addEventListener("change", filter);
  });
  heads.forEach((head, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sortBy(index, column === index && !down));
    head.replaceChildren(button);
    order.append(new Option(button.textContent, index));
  });
  order.addEventListener("change", () => sortBy(Number(order.value), false));
  text.addEventListener("input", filter);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || text.value === "") return;
    text.value = "";
    filter();
  });
  more.addEventListener("click", () => {
    const first = limit;
    limit += STEP;
    show();
    body.rows[first].querySelector("button")?.focus({ preventScroll: true });
  });
  $("clear").addEventListener("click", () => {
    text.value = "";
    for (const select of selects) select.value = "";
    sortBy(-1, false);
    order.value = "-1";
    text.focus();
  });
  body.addEventListener("click", (event) => {
    const button = event.target.closest("button.copy");
    if (button) copy(button);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.rule");
    if (!link) return;
    const rule = [...selects[2].options].find((one) => one.value === link.textContent);
    if (!rule) return;
    for (const select of selects) select.value = "";
    text.value = "";
    selects[2].value = rule.value;
    filter();
  });
  document.documentElement.classList.add("js");
  filter();
})();
`;
