// Marks a discussion as read once it was on the screen; the button in the form does the same without this file.
const form = document.querySelector("form[data-seen]");
if (form) {
  const mark = async () => {
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
      if (answer.type === "opaqueredirect") form.hidden = true;
    } catch {
      // The button stays.
    }
  };
  setTimeout(mark, 3000);
}
