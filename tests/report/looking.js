// Returns what a reader would trip over in the page as it stands, one line each.
() => {
  const found = [];
  const width = document.documentElement.clientWidth;
  const scrolled = document.documentElement.scrollWidth;
  if (scrolled > width) found.push(`the page is ${scrolled} wide on a screen of ${width}`);

  const numbers = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (top, below) => ({
    r: top.r * top.a + below.r * (1 - top.a),
    g: top.g * top.a + below.g * (1 - top.a),
    b: top.b * top.a + below.b * (1 - top.a),
    a: 1,
  });
  const ancestors = (element) => {
    const all = [];
    for (let at = element; at; at = at.parentElement) all.push(at);
    return all;
  };
  const behind = (element) =>
    ancestors(element)
      .reverse()
      .map((at) => numbers(getComputedStyle(at).backgroundColor))
      .reduce((below, top) => over(top, below), { r: 255, g: 255, b: 255, a: 1 });
  // Relative luminance and contrast ratio as WCAG 2.2 defines them.
  const linear = (value) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = (c) => 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
  const contrast = (front, back) => {
    const [dark, light] = [luminance(over(front, back)), luminance(back)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const readable = (element, pseudo, text) => {
    const ratio = contrast(numbers(getComputedStyle(element, pseudo).color), behind(element));
    if (ratio < 4.5) found.push(`contrast ${ratio.toFixed(2)} of "${text}"`);
  };

  const hidden = (element) =>
    ancestors(element).some((at) => getComputedStyle(at).clipPath !== 'none') ||
    element.closest('style, script, title, details:not([open]) > :not(summary)');
  const cut = (element, box, text) => {
    for (const at of ancestors(element)) {
      const style = getComputedStyle(at);
      if (['auto', 'scroll'].includes(style.overflowX)) return;
      if (style.textOverflow === 'ellipsis' && at.title) return; // the whole text is a step away
      if (style.display === 'inline' || style.overflowX === 'visible') continue;
      const frame = at.getBoundingClientRect();
      if (box.right > frame.right + 1 || box.left < frame.left - 1) found.push(`cut: "${text}"`);
    }
    if (box.right > width + 1 || box.left < -1) found.push(`off the screen: "${text}"`);
  };

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const [node, element] = [texts.currentNode, texts.currentNode.parentElement];
    const text = node.data.trim().slice(0, 40);
    if (!text || hidden(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) cut(element, box, text);
    readable(element, null, text);
  }
  for (const element of document.querySelectorAll('body *')) {
    const content = getComputedStyle(element, '::before').content;
    if (content !== 'none' && content !== 'normal') readable(element, '::before', content);
  }
  return [...new Set(found)];
};
