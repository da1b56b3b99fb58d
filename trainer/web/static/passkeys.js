/* Passkeys, where the browser has them: a form that is hidden without this asks it, and sends what it answers. */
// A site whose address is a number has none.
const has = window.PublicKeyCredential?.parseRequestOptionsFromJSON && !/^[\d.]+$|^\[/.test(location.hostname);
document.querySelectorAll("[data-no-passkeys]").forEach((note) => (note.hidden = Boolean(has)));
for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!has) break;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    const status = form.querySelector("[role=status]");
    status.textContent = "";
    try {
      const asked = await fetch(form.dataset.passkey, { method: "POST", body: new FormData(form) });
      if (!asked.ok) throw new Error(asked.status);
      const json = await asked.json();
      const publicKey = json.user
        ? PublicKeyCredential.parseCreationOptionsFromJSON(json)
        : PublicKeyCredential.parseRequestOptionsFromJSON(json);
      const { credentials } = navigator;
      const made = await (json.user ? credentials.create({ publicKey }) : credentials.get({ publicKey }));
      form.elements.answer.value = JSON.stringify(made.toJSON());
      form.requestSubmit();
    } catch {
      status.textContent = status.dataset.failed;
    }
  });
}
// A page kept in memory for Back asks anew: each answer is good once.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-passkey]").forEach((form) => (form.elements.answer.value = ""));
});
