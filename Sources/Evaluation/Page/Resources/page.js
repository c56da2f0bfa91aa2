"use strict";
(() => {
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // Light and dark: the system's choice until the button is pressed.
  const theme = find("#theme");
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (prefersDark.matches ? "dark" : "light")) === "dark";
  const showTheme = () => {
    theme.setAttribute("aria-pressed", isDark());
    find("span", theme).textContent = isDark() ? "Light" : "Dark";
  };
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    showTheme();
  });
  prefersDark.addEventListener("change", showTheme);
  showTheme();

  // Tables: the first press of a heading puts the best first; what has no number stays last.
  const sortBy = (heading) => {
    const table = heading.closest("table");
    const column = heading.cellIndex;
    const first = heading.dataset.first ?? "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const direction = heading.getAttribute("aria-sort") === first ? other : first;
    all("th", table.tHead).forEach((one) => one.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", direction);
    const sign = direction === "ascending" ? 1 : -1;
    const isText = heading.dataset.kind === "text";
    const rows = [...table.tBodies[0].rows].map((row) => ({ row, value: row.cells[column].dataset.value ?? "" }));
    rows.sort((a, b) => {
      if ((a.value === "") !== (b.value === "")) return a.value === "" ? 1 : -1;
      return sign * (isText ? a.value.localeCompare(b.value, "en", { numeric: true }) : a.value - b.value);
    });
    table.tBodies[0].append(...rows.map((one) => one.row));
  };
  all("table.sortable thead th").forEach((heading) => find("button", heading).addEventListener("click", () => sortBy(heading)));

  // Plots: one of a block's is shown.
  all("figure.plots").forEach((figure) => {
    const select = find("select", figure);
    if (!select) return;
    select.addEventListener("change", () => {
      all("svg", figure).forEach((plot) => plot.toggleAttribute("hidden", plot.dataset.metric !== select.value));
    });
  });

  // Comparison.
  const data = JSON.parse(find("#data").textContent);
  const compare = find(".compare");
  if (!compare) return;
  const stage = find("#stage");
  const divide = find("#divide");
  const selects = { block: find("#block"), left: find("#left"), right: find("#right") };
  const view = { block: 0, picture: 0, left: "", right: "", at: 0.5, zoom: 1, x: 0, y: 0 };
  const images = { left: find(".layer.left img"), right: find(".layer.right img") };

  const current = () => data.blocks[view.block].pictures[view.picture];
  const layer = (name) => current().layers.find((one) => one.name === name) ?? current().layers[0];

  const place = () => {
    const limit = (value) => Math.min(0, Math.max(value, 1 - view.zoom));
    view.x = limit(view.x);
    view.y = limit(view.y);
    const transform = `translate(${view.x * 100}%, ${view.y * 100}%) scale(${view.zoom})`;
    images.left.style.transform = images.right.style.transform = transform;
    find(".layer.right").style.clipPath = `inset(0 0 0 ${view.at * 100}%)`;
    find(".divider").style.left = `${view.at * 100}%`;
    divide.value = Math.round(view.at * 1000);
    stage.classList.toggle("zoomed", view.zoom > 1);
    find("#zoom").textContent = `${Math.round(view.zoom * 100)} %`;
  };

  const divideAt = (at) => {
    view.at = Math.min(1, Math.max(0, at));
    place();
  };

  // Keeps the point (x, y), in parts of the stage, where it is.
  const zoomTo = (zoom, x = 0.5, y = 0.5) => {
    const next = Math.min(16, Math.max(1, zoom));
    view.x = x - ((x - view.x) * next) / view.zoom;
    view.y = y - ((y - view.y) * next) / view.zoom;
    view.zoom = next;
    place();
  };

  const fill = (select, values, chosen) => {
    select.replaceChildren(...values.map(([value, text]) => make("option", { value, textContent: text })));
    select.value = chosen;
  };

  const showScores = () => {
    const picture = current();
    find("#name").textContent = picture.name;
    const heads = ["", ...data.blocks[view.block].metrics.map((metric) => `${metric.name} ${metric.better === "higher" ? "↑" : "↓"}`)];
    const body = picture.layers.filter((one) => one.scores).map((one) => make("tr", {},
      make("th", { textContent: one.name, scope: "row" }),
      ...data.blocks[view.block].metrics.map((metric) => make("td", { textContent: one.scores[metric.name] ?? "–" }))));
    find("#scores").replaceChildren(
      make("thead", {}, make("tr", {}, ...heads.map((text) => make("th", { textContent: text, scope: "col" })))),
      make("tbody", {}, ...body));
  };

  const show = () => {
    const picture = current();
    stage.style.aspectRatio = `${picture.width} / ${picture.height}`;
    stage.style.maxWidth = `calc(80vh * ${picture.width / picture.height})`;
    for (const side of ["left", "right"]) {
      const chosen = layer(view[side]);
      view[side] = chosen.name;
      images[side].src = chosen.source;
      images[side].alt = `${picture.name}, ${chosen.name}`;
      find(`.tag.${side}`).textContent = chosen.name;
      selects[side].value = chosen.name;
    }
    all(".thumbs button").forEach((button, index) => button.setAttribute("aria-pressed", index === view.picture));
    showScores();
    place();
  };

  const showBlock = () => {
    const block = data.blocks[view.block];
    view.picture = Math.min(view.picture, block.pictures.length - 1);
    const names = current().layers.map((one) => [one.name, one.name]);
    fill(selects.left, names, view.left);
    fill(selects.right, names, view.right);
    find(".thumbs").replaceChildren(...block.pictures.map((picture, index) => {
      const button = make("button", { type: "button", title: picture.name },
        make("img", { src: picture.layers[picture.layers.length - 1].source, alt: picture.name }));
      button.addEventListener("click", () => {
        view.picture = index;
        view.zoom = 1;
        show();
      });
      return button;
    }));
    show();
  };

  fill(selects.block, data.blocks.map((block, index) => [index, block.title]), 0);
  selects.block.addEventListener("change", () => {
    view.block = Number(selects.block.value);
    showBlock();
  });
  for (const side of ["left", "right"]) {
    selects[side].addEventListener("change", () => {
      view[side] = selects[side].value;
      show();
    });
  }
  divide.addEventListener("input", () => divideAt(divide.value / 1000));
  find("#closer").addEventListener("click", () => zoomTo(view.zoom * 1.5));
  find("#farther").addEventListener("click", () => zoomTo(view.zoom / 1.5));
  find("#whole").addEventListener("click", () => zoomTo(1));
  find("#pixels").addEventListener("change", (event) => stage.classList.toggle("pixels", event.target.checked));
  find("#swap").addEventListener("click", () => {
    [view.left, view.right] = [view.right, view.left];
    show();
  });

  const position = (event) => {
    const box = stage.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height, width: box.width };
  };
  let drag = null;
  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const at = position(event);
    const isNear = Math.abs(at.x - view.at) * at.width < 28;
    drag = view.zoom > 1 && !isNear ? { pan: true, x: at.x - view.x, y: at.y - view.y } : { pan: false };
    try { stage.setPointerCapture(event.pointerId); } catch { /* a pointer that is gone already */ }
    if (!drag.pan) divideAt(at.x);
    event.preventDefault();
    stage.focus({ preventScroll: true });
  });
  stage.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const at = position(event);
    if (!drag.pan) return divideAt(at.x);
    view.x = at.x - drag.x;
    view.y = at.y - drag.y;
    place();
  });
  for (const name of ["pointerup", "pointercancel"]) stage.addEventListener(name, () => { drag = null; });
  stage.addEventListener("dblclick", (event) => {
    const at = position(event);
    zoomTo(view.zoom > 1 ? 1 : 3, at.x, at.y);
  });
  // Plain wheeling scrolls the page; a pinch comes as wheeling with Control.
  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const at = position(event);
    zoomTo(view.zoom * Math.exp(-event.deltaY / 200), at.x, at.y);
  }, { passive: false });
  stage.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (step && (event.shiftKey || step[1])) {
      if (view.zoom === 1) return;
      view.x -= step[0] * 0.1;
      view.y -= step[1] * 0.1;
      place();
    } else if (step) {
      divideAt(view.at + step[0] * 0.02);
    } else if (event.key === "+" || event.key === "=") {
      zoomTo(view.zoom * 1.5);
    } else if (event.key === "-") {
      zoomTo(view.zoom / 1.5);
    } else if (event.key === "0") {
      zoomTo(1);
    } else {
      return;
    }
    event.preventDefault();
  });

  const first = data.blocks[0].pictures[0].layers.map((one) => one.name);
  view.left = first[0];
  view.right = first[1] ?? first[0];
  showBlock();
})();
