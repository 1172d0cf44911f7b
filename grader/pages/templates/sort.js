"use strict";
// Every header of a table.sortable becomes a button; without this script the table stays as it is.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const headers = [...table.tHead.rows[0].cells];
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.key ?? cell.textContent.trim();
  };
  const compare = (a, b) => {
    const x = Number(a), y = Number(b);
    const numbers = a !== "" && b !== "" && !Number.isNaN(x) && !Number.isNaN(y);
    return numbers ? x - y : a.localeCompare(b, undefined, { numeric: true });
  };
  headers.forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      const falling = header.getAttribute("aria-sort") === "ascending";
      const rows = [...body.rows];
      // What is empty stays at the end, whichever way the rest is sorted.
      const isEmpty = (row) => keyOf(row, column) === "";
      const filled = rows.filter((row) => !isEmpty(row));
      filled.sort((a, b) => compare(keyOf(a, column), keyOf(b, column)));
      if (falling) filled.reverse();
      body.append(...filled, ...rows.filter(isEmpty));
      headers.forEach((other) => other.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", falling ? "descending" : "ascending");
    });
  });
}
