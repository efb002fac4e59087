// The score sheet made nicer: the total as one types, keys, drafts kept by themselves, and no mark lost to a bad network.
"use strict";

const form = document.querySelector("form[data-sheet]");
const marks = [...form.querySelectorAll(".mark :is(input, select)")];
// what the server reckons of an item's results
const points = [...form.querySelectorAll("[data-points]")];
const told = form.querySelector("[data-told]");
const total = document.querySelector("#total");
const REST = 1500;
const LOST = "网络不通，尚未保存，所填内容都还在本页。请勿关闭，网络恢复后再提交。";
const OVER = "登录已超时。请点“提交”：所填内容会保留，登录后恢复。";
let timer = 0;
let typed = false;

function tell(words, bad) {
  if (!told) return;
  told.textContent = words;
  told.classList.toggle("fault", Boolean(bad));
}

function sum() {
  if (!total) return;
  const given = [...marks.filter((one) => one.dataset.weight), ...points];
  const hundredths = (one) => Math.round(Number(one.value) * 100) || 0;
  const cents = given.reduce((all, one) => all + Number(one.dataset.weight) * hundredths(one), 0);
  total.textContent = (Math.round(cents / 100) / 100).toFixed(2);
}

async function send(path, extra) {
  const body = new URLSearchParams(new FormData(form));
  for (const [name, value] of Object.entries(extra)) body.set(name, value);
  return fetch(path, { method: "POST", body, credentials: "same-origin" });
}

async function keep() {
  clearTimeout(timer);
  if (!typed) return true;
  try {
    const answer = await send(form.action.split("#")[0] + "/draft", {});
    if (answer.redirected) return tell(OVER, true);
    const found = await answer.json();
    tell(found.told, !answer.ok);
    if (!answer.ok) return false;
    form.elements.draft_version.value = found.version;
    for (const one of points) one.value = found.points[one.dataset.points] || "—";
    sum();
    typed = false;
    return true;
  } catch {
    return tell(LOST, true);
  }
}

async function submit(event) {
  event.preventDefault();
  clearTimeout(timer);
  const button = event.submitter;
  const extra = button && button.name ? { [button.name]: button.value } : {};
  try {
    const answer = await send(form.action.split("#")[0], extra);
    if (answer.ok && answer.redirected) return location.assign(answer.url);
  } catch {
    return tell(LOST, true);
  }
  // refused: the server's own page says why; the same form sent again does nothing twice
  for (const [name, value] of Object.entries(extra)) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    form.append(field);
  }
  form.submit();
}

async function turn(rel) {
  const link = document.querySelector(`a[rel=${rel}]`);
  if (link && ((await keep()) || !typed)) location.assign(link.href);
}

function next(event) {
  event.preventDefault();
  const later = marks.slice(marks.indexOf(event.target)).filter((one) => one.name !== event.target.name);
  const following = later[0] || form.querySelector("button.main");
  following.focus();
  if (following.select) following.select();
}

function begin() {
  const given = (one) => (one.type === "radio" || one.type === "checkbox" ? one.checked : one.value);
  const filled = (one) => marks.some((other) => other.name === one.name && given(other));
  // only the first attempt has to be there
  (marks.find((one) => !("more" in one.dataset) && one.type !== "checkbox" && !filled(one)) || marks[0]).focus();
}

function press(event) {
  if (event.isComposing) return;
  if (event.key === "Enter" && event.ctrlKey) return form.requestSubmit(form.querySelector("button.main"));
  if (event.key === "Enter" && marks.includes(event.target)) return next(event);
  if (event.altKey && event.code === "KeyM") return begin();
  if (event.altKey && event.code === "KeyN") return turn("next");
  if (event.altKey && event.code === "KeyP") return turn("prev");
}

if (told) {
  form.addEventListener("input", (event) => {
    typed = true;
    for (const one of points) if (event.target.name.split(".")[1] === one.dataset.points && event.target.name.startsWith("raw.")) one.value = "…";
    sum();
    clearTimeout(timer);
    timer = setTimeout(keep, REST);
  });
  form.addEventListener("submit", submit);
  document.addEventListener("keydown", press);
  addEventListener("online", keep);
}
