// What a page looks like to a reader, measured: read by the tests, in the browser.
({
  /** Texts that lie over one another, and those of which something is cut off without a «…». */
  jumbled() {
    // A result out of view is laid out when it comes into view: here, all of them are.
    for (const each of document.querySelectorAll(".item")) each.style.contentVisibility = "visible";
    const cut = (style) => style.overflow !== "visible" && style.textOverflow !== "ellipsis" && style.webkitLineClamp === "none";
    const shown = [];
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const text = walk.currentNode;
      const owner = text.parentElement;
      if (!text.data.trim() || !owner.checkVisibility({ visibilityProperty: true })) continue;
      // Not for eyes, or scrolled inside its own box.
      if (owner.closest(".vh, .skip, .searched h1, .stack thead, pre, textarea, select, .scroll, [role=tabpanel], [role=tablist]")) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      for (const box of range.getClientRects()) {
        let { left, right, top, bottom } = box;
        for (let each = owner; each && each !== document.body; each = each.parentElement) {
          const style = getComputedStyle(each);
          if (style.overflow === "visible" || style.display === "inline") continue;
          const edge = each.getBoundingClientRect();
          if (cut(style) && style.overflowY === "hidden" && bottom - edge.bottom > 6) found.push(`cut: ${text.data.trim().slice(0, 40)}`);
          [left, right, top, bottom] = [Math.max(left, edge.left), Math.min(right, edge.right), Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
        }
        if (right - left > 1 && bottom - top > 1) shown.push({ text, left, right, top, bottom });
      }
    }
    shown.forEach((one, n) => {
      for (const other of shown.slice(n + 1)) {
        const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        // Boxes of letters are higher than the letters: lines may touch.
        const line = Math.min(one.bottom - one.top, other.bottom - other.top);
        if (one.text !== other.text && wide > 2 && high > line / 4) found.push(`${one.text.data.trim().slice(0, 30)} / ${other.text.data.trim().slice(0, 30)}`);
      }
    });
    return found;
  },

  /** Controls that a finger misses 11 px from their middle; a link within a sentence may be small. */
  missed() {
    const found = [];
    for (const each of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
      if (!each.checkVisibility({ visibilityProperty: true }) || each.closest(".skip")) continue;
      const sentence = each.closest("p:not(.more), bdi, .note");
      if (sentence && sentence.textContent.trim().length > each.textContent.trim().length + 10) continue;
      each.scrollIntoView({ block: "center", inline: "center" });
      const box = each.getClientRects()[0];
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      const target = each.labels?.[0] ?? each;
      const isHit = ([across, down]) => {
        const hit = document.elementFromPoint(x + across, y + down);
        return hit && (each.contains(hit) || target.contains(hit));
      };
      if (![[-11, -11], [11, -11], [-11, 11], [11, 11]].every(isHit)) found.push(each.outerHTML.slice(0, 120));
    }
    return found;
  },

  /** Elements that would move, fade or glide. */
  moving() {
    const moves = (style) => style.animationName !== "none" || parseFloat(style.transitionDuration) > 0 || style.scrollBehavior === "smooth";
    const still = [...document.querySelectorAll("*")].filter((each) => [null, "::before", "::after"].some((part) => moves(getComputedStyle(each, part))));
    return still.map((each) => each.outerHTML.slice(0, 120));
  },
})
