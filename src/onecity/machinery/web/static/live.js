// A region of a page that shows what is so now: it listens to the stream that it names, or asks
// every so many seconds, and takes the region from the page as it is then.
// Without this file the page works and shows what was so when it was opened.

const PAUSE_MS = 1000; // Much may happen at once; the page asks once.

/** Put the region of a fresh page in the place of the one that is shown. */
async function renew(id) {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
  const shown = document.getElementById(id);
  // Nobody loses what they hold: a region in which somebody is, stays until they have left it.
  if (!fresh || !shown) return;
  if (shown.contains(document.activeElement)) {
    shown.addEventListener("focusout", () => setTimeout(() => renew(id), 0), { once: true });
    return;
  }
  shown.replaceWith(document.adoptNode(fresh));
}

// Where nobody tells what changes, the page asks every so many seconds, while somebody looks at it.
for (const place of document.querySelectorAll("[data-every]")) {
  const ids = place.dataset.renews.split(" ");
  setInterval(() => {
    if (!document.hidden) for (const id of ids) renew(id).catch(() => {});
  }, Number(place.dataset.every) * 1000);
}

for (const place of document.querySelectorAll("[data-live]")) {
  let waits = false;
  const changed = () => {
    if (waits) return;
    waits = true;
    setTimeout(() => {
      waits = false;
      for (const id of place.dataset.renews.split(" ")) renew(id).catch(() => {});
    }, PAUSE_MS);
  };
  const source = new EventSource(place.dataset.live);
  source.addEventListener("change", changed);
  source.addEventListener("reset", changed);
}
