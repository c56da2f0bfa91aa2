// Uses the page as a person does and writes what happened into the document, for a headless browser's --dump-dom.
(() => {
  const results = [];
  const check = (name, isTrue) => results.push(`${isTrue ? "pass" : "FAIL"} ${name}`);
  const find = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const fire = (target, type, values = {}) =>
    target.dispatchEvent(Object.assign(new Event(type, { bubbles: true, cancelable: true }), values));
  const press = (target, key, values = {}) =>
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...values }));
  const column = (table, index) => [...table.tBodies[0].rows].map((row) => row.cells[index].textContent.trim());

  const run = async () => {
    // Pictures.
    const isLoaded = () => all("img").every((image) => image.complete);
    for (let turn = 0; turn < 100 && !isLoaded(); turn += 1) await new Promise((go) => setTimeout(go, 50));
    check("every picture is there", all("img").length > 2 && all("img").every((image) => image.naturalWidth > 0));
    check("every picture is embedded", all("img").every((image) => image.src.startsWith("data:image/")));
    check("nothing else was loaded", performance.getEntriesByType("resource").every((one) => one.name.startsWith("data:")));

    // The slider, by its control, by the keyboard and by the pointer.
    const stage = find("#stage");
    const edge = () => find(".layer.right").style.clipPath;
    const line = () => find(".divider").style.left;
    const divide = find("#divide");
    divide.value = 250;
    fire(divide, "input");
    check("the control moves the line", line() === "25%" && /inset\(0(px)? 0(px)? 0(px)? 25%\)/.test(edge()));
    press(stage, "ArrowRight");
    check("an arrow key moves the line", line() === "27%" && divide.value === "270");
    const box = stage.getBoundingClientRect();
    check("the stage has a size", box.width > 100 && box.height > 100);
    const at = (part) => ({ clientX: box.left + box.width * part, clientY: box.top + 20, button: 0, pointerId: 1 });
    fire(stage, "pointerdown", at(0.6));
    fire(stage, "pointermove", at(0.75));
    fire(stage, "pointerup", at(0.75));
    check("the pointer drags the line", Math.abs(parseFloat(line()) - 75) < 0.5);

    // Zoom.
    const transform = () => find(".layer.left img").style.transform;
    find("#closer").click();
    check("the button zooms", transform().includes("scale(1.5)") && find("#zoom").textContent === "150 %");
    check("both sides move alike", transform() === find(".layer.right img").style.transform);
    const before = transform();
    press(stage, "ArrowRight", { shiftKey: true });
    check("Shift and an arrow move the picture", transform() !== before);
    press(stage, "0");
    check("0 shows the whole", transform().includes("scale(1)"));
    find("#pixels").click();
    check("pixels can be seen", stage.classList.contains("pixels"));

    // Other pictures and sides.
    const [left, right] = [find("#left"), find("#right")];
    check("input, rows and reference can be chosen", left.options[0].value === "input" && [...left.options].at(-1).value === "reference");
    const first = find(".layer.right img").src;
    right.value = "reference";
    fire(right, "change");
    check("another picture is shown", find(".layer.right img").src !== first && find(".tag.right").textContent === "reference");
    find("#swap").click();
    check("sides can be exchanged", find(".tag.left").textContent === "reference");
    const thumbs = all(".thumbs button");
    const name = find("#name").textContent;
    thumbs.at(-1).click();
    check("another motif is shown", thumbs.length > 1 && find("#name").textContent !== name);
    check("its scores are shown", find("#scores tbody").rows.length > 0 && /[0-9]/.test(find("#scores tbody").textContent));
    const block = find("#block");
    block.value = block.options.length - 1;
    fire(block, "change");
    check("another case is shown", block.options.length > 1 && all(".thumbs button").length > 0);

    // Tables.
    const table = find("table.sortable");
    const headings = [...table.tHead.rows[0].cells];
    const models = column(table, 0);
    headings[0].querySelector("button").click();
    check("names sort", String(column(table, 0)) === String([...models].sort()) && headings[0].getAttribute("aria-sort") === "ascending");
    headings[0].querySelector("button").click();
    check("and the other way", String(column(table, 0)) === String([...models].sort().reverse()));
    const index = headings.findIndex((one) => one.textContent.startsWith("psnr-y"));
    headings[index].querySelector("button").click();
    const numbers = column(table, index).map(Number);
    check("the best comes first", numbers.every((one, i) => i === 0 || numbers[i - 1] >= one) && headings[index].getAttribute("aria-sort") === "descending");
    check("one heading is sorted by", table.querySelectorAll("[aria-sort]").length === 1);
    check("the best is marked", table.tBodies[0].rows[0].cells[index].classList.contains("best"));

    // Plot, theme, names.
    check("a plot is drawn", all("figure.plots svg:not([hidden]) circle").length > 1);
    const dark = document.documentElement.dataset.theme;
    find("#theme").click();
    check("the theme changes", document.documentElement.dataset.theme !== dark);
    const nameless = all("button, select, input").filter((one) => !(one.textContent.trim() || one.ariaLabel || one.labels?.length || one.querySelector?.("img[alt]")));
    check("every control has a name", nameless.length === 0);
  };

  addEventListener("load", () => run().catch((error) => results.push(`FAIL ${error}`)).then(() => {
    const output = document.createElement("pre");
    output.id = "selftest";
    output.textContent = `${results.join("\n")}\ndone`;
    document.body.append(output);
  }));
})();
