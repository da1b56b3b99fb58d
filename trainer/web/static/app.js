/* Enhances pages that work without it: quick exit, saving as you go, waiting for a connection, active reading time. */

/* --- quick exit: first, and independent of everything below --- */
const exit = document.getElementById("exit");

function leave() {
  // Blank before anything is asked of the network, then replace this page in the history.
  document.title = "Weather";
  document.documentElement.classList.add("left");
  document.body.replaceChildren();
  try {
    if ("visit" in document.body.dataset) navigator.sendBeacon("/exit/session");
    sessionStorage.clear();
  } catch {
    /* The cookie is deleted all the same. */
  }
  window.location.replace("/exit");
}

if (exit) {
  exit.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  let presses = [];
  const dots = exit.querySelector(".counts");
  const show = () => {
    dots.hidden = presses.length === 0;
    [...dots.children].forEach((dot, index) => dot.classList.toggle("on", index < presses.length));
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      presses = [];
    } else if (!event.repeat) {
      const now = Date.now();
      presses = [...presses.filter((at) => now - at < 5000), now];
      if (presses.length >= 3) return leave();
      setTimeout(() => {
        presses = presses.filter((at) => Date.now() - at < 5000);
        show();
      }, 5100);
    }
    show();
  });
  // A page kept in memory for Back must not show again what was blanked.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && document.documentElement.classList.contains("left")) window.location.replace("/exit");
  });
}

/* --- errors: bring the summary into view and focus --- */
document.querySelector("[data-focus]")?.focus();

/* --- a file whose SHA-256 is asked for: it is found here, and the file isn't sent --- */
const digestFor = document.querySelector("[data-digest-for]");
if (digestFor && window.crypto?.subtle) {
  digestFor.hidden = false;
  digestFor.addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    const field = document.getElementById(digestFor.dataset.digestFor);
    field.value = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    field.form.requestSubmit();
  });
}

/* --- passwords: shown while they are typed, hidden before they are sent or the page is left --- */
const reveals = [...document.querySelectorAll("[data-reveal]")];
const reveal = (button, isShown) => {
  const field = button.previousElementSibling, word = button.firstElementChild;
  if ((field.type === "text") === isShown) return;
  field.type = isShown ? "text" : "password";
  [word.textContent, button.dataset.other] = [button.dataset.other, word.textContent];
};
const hideAll = () => reveals.forEach((button) => reveal(button, false));
for (const button of reveals) {
  button.hidden = false;
  button.addEventListener("click", () => reveal(button, button.previousElementSibling.type === "password"));
}
document.addEventListener("submit", hideAll, true);
window.addEventListener("pagehide", hideAll);

/* --- an address beside a button that copies it, where the browser lets a page do so --- */
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = button.previousElementSibling, heard = button.nextElementSibling;
  const said = () => (button.textContent = heard.textContent = button.dataset.copy);
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", () => navigator.clipboard.writeText(field.value).then(said, () => field.select()));
}

/* --- a button pressed twice sends once, unless a file comes: the page stays, and may ask for the next one --- */
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || "download" in event.target.dataset) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
  // What takes seconds says so on its button.
  const button = event.submitter;
  if (button?.dataset.busy) [button.textContent, button.dataset.busy] = [button.dataset.busy, button.textContent];
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    const button = form.querySelector("[data-busy]");
    if (button) [button.textContent, button.dataset.busy] = [button.dataset.busy, button.textContent];
  });
});

/* --- answers: without a connection they stay in the page, and in this tab, until they can be sent --- */
const tab = (() => {
  try {
    return "quiet" in document.body.dataset ? null : sessionStorage; // many share a site device
  } catch {
    return null; // storage is turned off
  }
})();
const UNSENT = "unsent";
const addressOf = (form) => form.getAttribute("action").replace(/[?&]region=[^&]*/, "");
const keep = (form, isOnItsWay = false) => {
  const values = [...new FormData(form)].filter(([name]) => form.elements[name].type !== "hidden");
  const [action, version] = [addressOf(form), form.elements.version?.value];
  tab?.setItem(UNSENT, JSON.stringify({ action, version, values, isOnItsWay }));
};
const forget = () => tab?.removeItem(UNSENT);
const unsent = JSON.parse(tab?.getItem(UNSENT) ?? "{}");
const restore = (form) => {
  if (unsent.action !== addressOf(form)) return false;
  unsent.isOnItsWay = false;
  if (unsent.version !== form.elements.version?.value) {
    forget(); // something newer was saved since, perhaps this
    return false;
  }
  for (const field of form.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    const given = unsent.values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (["radio", "checkbox"].includes(field.type)) field.checked = given.includes(field.value);
    else if (given.length) field.value = given[0];
  }
  return true;
};
const isReachable = () =>
  fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout?.(10000) })
    .then((answer) => answer.status < 500, () => false);
const aWhile = () =>
  new Promise((resolve) => {
    window.addEventListener("online", resolve, { once: true });
    setTimeout(resolve, 5000);
  });

/* Another region or language: what was chosen here and not sent yet is here again. */
const keepGiven = () => {
  const isGiven = (field) => (["radio", "checkbox"].includes(field.type) ? field.checked : field.matches("textarea") && field.value);
  const given = [...document.querySelectorAll("form[data-answer]")].find((form) => [...form.elements].some(isGiven));
  if (given) keep(given);
};
for (const way of document.querySelectorAll("[data-stays]")) way.addEventListener(way.matches("form") ? "submit" : "click", keepGiven);

document.querySelector("form[data-forget]")?.addEventListener("submit", forget);

/* Saves each answer as it is given. Returns what waits until all that was given is on the server, or can't get there. */
function saveAsGiven(form, status) {
  let queue = Promise.resolve();
  let waiting = 0;
  let typing;
  const save = async () => {
    const body = new FormData(form);
    body.set("autosave", "1");
    try {
      // Not form.action: that is the radio buttons of this name.
      const answer = await fetch(form.getAttribute("action"), {
        method: "POST", body, headers: { Accept: "application/json" },
      });
      const json = await answer.json();
      if (answer.ok) form.elements.version.value = json.version;
      status.textContent = answer.ok ? (waiting > 1 ? status.dataset.saving : status.dataset.saved) : json.error;
      forget();
    } catch {
      status.textContent = status.dataset.failed;
      keep(form);
      aWhile().then(() => waiting || saveNext());
    }
  };
  const saveNext = () => {
    waiting += 1;
    status.textContent ||= status.dataset.saving;
    queue = queue.then(save).finally(() => {
      waiting -= 1;
    });
  };
  form.addEventListener("change", () => {
    clearTimeout(typing);
    saveNext();
  });
  form.addEventListener("input", (event) => {
    if (!event.target.matches("textarea")) return;
    clearTimeout(typing);
    typing = setTimeout(saveNext, 800);
  });
  if (restore(form)) saveNext();
  return () => {
    clearTimeout(typing);
    return queue;
  };
}

/* --- scenes: how long each is in view until its verdict is recorded; loading it again or Back goes on counting --- */
const timed = document.querySelector("form[data-answer] input[name=seconds]");
let stopCounting = () => {};
if (timed) {
  let spent = history.state?.seconds ?? Number(timed.value), since = performance.now();
  let isInView = document.visibilityState === "visible";
  const count = () => {
    const at = performance.now();
    if (isInView) spent += (at - since) / 1000;
    [since, isInView] = [at, document.visibilityState === "visible"];
    timed.value = spent.toFixed(1);
    history.replaceState({ seconds: spent }, "");
  };
  const counting = setInterval(count, 1000);
  document.addEventListener("visibilitychange", count);
  stopCounting = () => {
    // What waits for a connection is as old as when it was given.
    count();
    clearInterval(counting);
    document.removeEventListener("visibilitychange", count);
    stopCounting = () => {};
  };
}

/* Records a verdict and puts what is asked next in its place. Returns false where the form is to be sent as a page,
   which says why; fails without a connection. */
async function askNext(form) {
  const asked = form.querySelector("[data-asks-next]");
  if (!asked) return false;
  const body = new FormData(form);
  asked.inert = true; // what is on its way stays as it is
  try {
    const answer = await fetch(form.getAttribute("action"), {
      method: "POST", body, headers: { Accept: "application/json" },
    });
    const json = answer.ok ? await answer.json() : {};
    if (!json.steps) return false;
    const next = document.querySelector("template[data-next]").content.cloneNode(true);
    for (const name of ["version", "opened_at"]) next.querySelector(`[name=${name}]`).value = json[name];
    next.querySelector("[data-said]").textContent = json.said;
    const option = next.querySelector(".opt");
    option.replaceWith(...json.steps.map(([value, text]) => {
      const step = option.cloneNode(true);
      [step.firstElementChild.value, step.lastElementChild.textContent] = [value, text];
      return step;
    }));
    asked.replaceWith(next);
    forget();
    document.getElementById("first-step").focus();
    return true;
  } finally {
    asked.inert = false;
  }
}

for (const form of document.querySelectorAll("form[data-answer]")) {
  const status = form.querySelector("[role=status]");
  const saved = "autosave" in form.dataset ? saveAsGiven(form, status) : async () => {};
  if (!("autosave" in form.dataset) && restore(form)) status.textContent = status.dataset.kept;
  let isSent = false;
  form.addEventListener("submit", async (event) => {
    if (isSent) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if ("sending" in form.dataset) return;
    form.dataset.sending = "1";
    stopCounting();
    for (;;) {
      while (!(await isReachable())) {
        status.textContent = status.dataset.failed;
        keep(form);
        await aWhile();
      }
      await saved(); // an answer on its way carries the version that the form must send
      try {
        if (!(await askNext(form))) break;
        status.textContent = status.dataset.saved;
        delete form.dataset.sending;
        return;
      } catch {
        status.textContent = status.dataset.failed; // the line was lost in between
        keep(form);
        await aWhile();
      }
    }
    if (tab?.getItem(UNSENT)) keep(form, true); // should it not get there, either
    isSent = true;
    form.requestSubmit(event.submitter);
  }, true);
  window.addEventListener("pageshow", () => {
    isSent = false;
    delete form.dataset.sending;
  });
}
if (unsent.isOnItsWay) forget(); // it got there: this page no longer asks for it

/* --- a site device: whoever touches the page stays signed in; a quiet page asks, then goes away --- */
const quietSeconds = Number(document.body.dataset.quiet);
if (quietSeconds) {
  const question = document.getElementById("still-there");
  let touched = Date.now();
  let said = touched;
  const stay = () => {
    said = Date.now();
    question.hidden = true;
    fetch("/in/stay", { method: "POST" }).catch(() => {});
  };
  for (const name of ["pointerdown", "keydown", "input", "scroll"]) {
    document.addEventListener(name, () => {
      touched = Date.now();
      if (!question.hidden) stay();
    }, { capture: true, passive: true });
  }
  setInterval(() => {
    const seconds = (Date.now() - Math.max(touched, said)) / 1000;
    if (seconds > quietSeconds + 5) return window.location.replace(`/in?next=${encodeURIComponent(location.pathname)}`);
    question.hidden = seconds < quietSeconds - 30 || seconds >= quietSeconds; // the server has had enough by then
    if (touched > said && Date.now() - said >= 20000) stay();
  }, 2000);
}

/* --- lessons: time counts while the page is in view --- */
const reading = document.querySelector("form[data-activity]");
if (reading) {
  const beat = async (away) => {
    const body = new FormData(reading);
    if (away) body.set("away", "1");
    try {
      const answer = await fetch(reading.dataset.activity, {
        method: "POST", body, keepalive: true, headers: { Accept: "application/json" },
      });
      if (!answer.ok) return;
      const mark = (await answer.json()).opened_at;
      // The questions of a lesson carry it, too: what was credited or spent elsewhere is not to count with them.
      document.querySelectorAll("input[name=opened_at]").forEach((field) => (field.value = mark));
    } catch {
      /* The form still carries the last mark; its own post credits the time. */
    }
  };
  setInterval(() => document.visibilityState === "visible" && beat(false), 30000);
  document.addEventListener("visibilitychange", () => beat(document.visibilityState === "visible"));
}
