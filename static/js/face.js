// The page works without this file. With it, what went wrong is read first.
"use strict";

function focusProblems(root) {
  const summary = root.querySelector("[data-focus]");
  if (summary) summary.focus();
}

document.addEventListener("DOMContentLoaded", () => focusProblems(document));
document.addEventListener("htmx:afterSettle", (event) => focusProblems(event.target));
