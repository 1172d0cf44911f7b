"use strict";
// All pages work without this: it adds dropping a file, news without reloading, and local times.
for (const form of document.querySelectorAll("form.drop")) {
  const field = form.querySelector("input[type=file]");
  const over = (event) => { event.preventDefault(); form.classList.add("over"); };
  form.addEventListener("dragenter", over);
  form.addEventListener("dragover", over);
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    const { files } = event.dataTransfer;
    form.querySelector("[role=alert]").hidden = files.length < 2;
    if (files.length === 1) {
      field.files = files;
      field.focus();
    }
  });
  form.addEventListener("submit", () => { form.querySelector("button").disabled = true; });
}
const state = document.querySelector("[data-events]");
if (state) {
  const news = new EventSource(state.dataset.events);
  news.addEventListener("state", (event) => { state.textContent = event.data; });
  news.addEventListener("over", () => { news.close(); location.reload(); });
  news.addEventListener("error", () => {
    if (news.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  });
}
const localTimes = () => {
  for (const time of document.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    time.title = at.toLocaleString(document.documentElement.lang, { timeZoneName: "short" });
    const isElsewhere = !time.textContent.startsWith(at.toLocaleString("sv").slice(0, 16));
    if (time.matches(".due") && isElsewhere) time.dataset.here = time.title;
  }
};
localTimes();
const live = document.querySelector("[data-news]");
if (live) {
  const anew = async () => {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const at = live.contains(document.activeElement) && document.activeElement.getAttribute("href");
    const scrolled = [...live.querySelectorAll(".wide")].map((box) => [box.scrollLeft, box.scrollTop]);
    live.replaceChildren(...page.querySelector("[data-news]").childNodes);
    live.querySelectorAll(".wide").forEach((box, i) => { [box.scrollLeft, box.scrollTop] = scrolled[i] || [0, 0]; });
    if (at) live.querySelector(`[href="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
    localTimes();
  };
  new EventSource(live.dataset.news).addEventListener("news", anew);
}
for (const form of document.querySelectorAll("form.give")) {
  const ticks = [...form.querySelectorAll("[data-points]")];
  const shown = form.querySelector("output");
  const add = () => {
    const sum = ticks.reduce((all, tick) => all + (tick.checked ? Number(tick.dataset.points) : 0), 0);
    const isByTicks = ticks.some((tick) => tick.checked) && !form.elements.points.value.trim();
    shown.textContent = isByTicks ? `= ${Number(Math.min(Math.max(sum, 0), Number(form.dataset.most)).toFixed(2))}` : "";
  };
  form.addEventListener("input", add);
  form.addEventListener("keydown", (event) => {
    const isText = event.target.matches("textarea, input[type=text]");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    } else if (!isText && !event.ctrlKey && !event.altKey && !event.metaKey && ticks[Number(event.key) - 1]) {
      ticks[Number(event.key) - 1].click();
    }
  });
  form.querySelector(".keys").hidden = !ticks.length;
  add();
}
