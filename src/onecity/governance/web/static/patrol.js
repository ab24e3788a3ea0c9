// Two things that a page on the street cannot do by itself: ask the device where it is, and keep what was typed while
// there is no network. A place goes with a form and nowhere else; a draft lies in this browser and nowhere else.

const KEPT_MS = 12 * 3600 * 1000;
const PREFIX = "onecity.patrol ";

/** The fields whose content a draft keeps: what was typed and chosen, and the key that makes a repeat harmless. */
const kept = (form) => [...form.elements].filter((one) => one.name && !one.disabled && one.type !== "file"
  && (one.name === "key" || (one.type !== "hidden" && one.type !== "submit")));

const called = (form) => PREFIX + form.dataset.draft + " " + new URL(form.action).pathname;

function keep(form) {
  const typed = {};
  for (const one of kept(form)) {
    if (one.type === "radio" || one.type === "checkbox") { if (one.checked) typed[one.name] = one.value; }
    else typed[one.name] = one.value;
  }
  try { localStorage.setItem(called(form), JSON.stringify({ at: Date.now(), typed })); } catch { /* No room: not kept. */ }
}

function fill(form) {
  const found = JSON.parse(localStorage.getItem(called(form)) ?? "null");
  if (!found) return;
  for (const one of kept(form)) {
    const value = found.typed[one.name];
    if (value === undefined) continue;
    if (one.type === "radio" || one.type === "checkbox") one.checked = one.value === value;
    else one.value = value;
  }
}

/** What is too old, or was typed by whoever used this telephone before, goes. */
function tidy(owner) {
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
    const old = Date.now() - (JSON.parse(localStorage.getItem(name))?.at ?? 0) > KEPT_MS;
    if (old || !name.startsWith(PREFIX + owner + " ")) localStorage.removeItem(name);
  }
}

const here = () => new Promise((found, failed) => navigator.geolocation.getCurrentPosition(
  ({ coords }) => found(coords), failed, { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 }));

/** Write where the device is into a form; false if it does not say. */
async function place(form) {
  let found = true;
  try {
    const at = await here();
    form.elements.longitude.value = at.longitude;
    form.elements.latitude.value = at.latitude;
    if (form.elements.within) form.elements.within.value = Math.min(at.accuracy, 100000);
  } catch { found = false; }
  for (const one of form.querySelectorAll("[data-placed]")) one.hidden = !found;
  for (const one of form.querySelectorAll("[data-unplaced]")) one.hidden = found;
  return found;
}

/** Send a form; without a network it stays as it is, with its key, and says so. */
async function send(form, submitter) {
  const unsent = form.querySelector("[data-unsent]");
  if (unsent) unsent.hidden = true;
  const body = new FormData(form);
  if (submitter?.name) body.append(submitter.name, submitter.value);
  let answer;
  try { answer = await fetch(form.action, { method: "POST", body }); }
  catch { if (unsent) { unsent.hidden = false; unsent.scrollIntoView({ block: "center" }); } return; }
  if (new URL(answer.url).pathname === "/sign-in") { location.assign(answer.url); return; }
  if (form.dataset.draft && answer.redirected) localStorage.removeItem(called(form));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.redirected) history.pushState(null, "", answer.url);
  document.title = page.title;
  document.querySelector("#main").replaceWith(page.querySelector("#main"));
  scrollTo(0, 0);
  document.querySelector("#main").focus({ preventScroll: true });
  await begin();
}

async function begin() {
  const owner = document.querySelector("[data-owner]")?.dataset.owner;
  if (owner) tidy(owner);
  for (const form of document.querySelectorAll("form[data-draft]")) {
    fill(form);
    form.addEventListener("input", () => keep(form));
    form.addEventListener("submit", (event) => { event.preventDefault(); keep(form); void send(form, event.submitter); });
  }
  if (!navigator.geolocation) return;
  const granted = (await navigator.permissions?.query({ name: "geolocation" }))?.state === "granted";
  for (const form of document.querySelectorAll("form[data-place]")) {
    form.hidden = false;
    if (form.dataset.place === "list") {
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        if (await place(form)) await send(form);
      });
      // Whoever allowed it once need not press a button at each house.
      if (granted && form.dataset.sorted !== "yes" && await place(form)) await send(form);
    } else if (granted) await place(form);
    else form.querySelector("[data-locate]")?.removeAttribute("hidden");
    form.querySelector("[data-locate]")?.addEventListener("click", () => void place(form));
  }
}

addEventListener("popstate", () => location.reload());
void begin();
