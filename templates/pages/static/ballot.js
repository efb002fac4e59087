// The ballot made nicer: how many are chosen, told as one chooses; the server counts anew.
"use strict";

const form = document.querySelector("form[data-seats]");

if (form) {
  const told = form.querySelector("[data-count]");
  const seats = Number(form.dataset.seats);
  const count = () => {
    const chosen = form.querySelectorAll("input[name=choice]:checked").length;
    told.querySelector("strong").textContent = chosen;
    told.querySelector(".fault").hidden = chosen <= seats;
  };
  told.hidden = false;
  form.addEventListener("change", count);
  // once more when the browser has brought back what was ticked
  addEventListener("pageshow", count);
}
