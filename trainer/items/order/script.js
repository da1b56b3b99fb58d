/* --- steps to put in order: buttons move them; the boxes with their places are hidden, and are still what is sent --- */
for (const list of document.querySelectorAll("[data-in-order]")) {
  const box = (row) => row.querySelector("select");
  const number = () => [...list.children].forEach((row, index) => {
    const [up, down] = row.querySelectorAll("button");
    box(row).value = index + 1;
    up.ariaDisabled = row.previousElementSibling ? null : "true";
    down.ariaDisabled = row.nextElementSibling ? null : "true";
  });
  list.append(...[...list.children].sort((row, other) => (box(row).value || 99) - (box(other).value || 99)));
  list.classList.add("in-order");
  list.addEventListener("click", ({ target }) => {
    const button = target.closest("button"), row = target.closest("li"), isUp = button?.value === "up";
    const other = button && (isUp ? row.previousElementSibling : row.nextElementSibling);
    if (!other) return;
    // The other one is put elsewhere: a button that is would lose the focus.
    if (isUp) row.after(other);
    else row.before(other);
    number();
    list.nextElementSibling.textContent = list.dataset.inOrder.replace("{}", box(row).value);
    box(row).dispatchEvent(new Event("change", { bubbles: true }));
  });
  number();
}
