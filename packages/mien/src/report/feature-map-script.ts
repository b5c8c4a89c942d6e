/**
 * What a feature map's page does in the browser: pictures under the pointer, classes and pictures shown or hidden.
 * Without scripts the map still shows all.
 */

export const MAP_STYLE = `
body{max-width:1360px}.legend{display:flex;flex-wrap:wrap;gap:.4rem;align-items:center;margin:1rem 0}
.legend button{font:inherit;border:1px solid #c9d1da;border-radius:4px;background:#fff;cursor:pointer;padding:.1rem .5rem}
.legend button.off{opacity:.35}.legend i{display:inline-block;width:.7rem;height:.7rem;border-radius:50%;margin-right:.4rem}
.legend small{color:#5a6775}.maps{display:flex;flex-wrap:wrap;gap:1rem}.maps figure{margin:0;flex:1 1 480px;max-width:660px;min-width:0}
.map circle{fill-opacity:.75}.map .off,.map.plain .picture{display:none}.map .picture{pointer-events:none}
#tip{position:absolute;background:#fff;border:1px solid #c9d1da;border-radius:4px;padding:.4rem;pointer-events:none;font-size:13px;max-width:16rem;overflow-wrap:anywhere;z-index:1}
#tip[hidden]{display:none}#tip svg,#tip b{display:block}`;

/** Beyond this distance from the pointer, in px of the screen, no point is meant. */
export const MAP_SCRIPT = `
const NEAR = 14, tip = document.getElementById('tip');
for (const map of document.querySelectorAll('svg.map')) {
  const dots = [...map.querySelectorAll('circle')].map((e) => ({ e, x: +e.getAttribute('cx'), y: +e.getAttribute('cy'), text: e.firstChild.textContent }));
  for (const { e } of dots) e.firstChild.remove();
  map.addEventListener('pointermove', (event) => {
    const box = map.getBoundingClientRect(), scale = map.viewBox.baseVal.width / box.width;
    const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
    let best = null, least = NEAR * scale;
    for (const dot of dots) {
      const distance = Math.hypot(dot.x - x, dot.y - y);
      if (distance < least && !dot.e.parentNode.classList.contains('off')) { best = dot; least = distance; }
    }
    tip.hidden = best === null;
    if (best === null) return;
    const at = best.text.indexOf(': '), view = tip.querySelector('svg');
    if (view) view.setAttribute('viewBox', best.e.dataset.cell);
    tip.querySelector('b').textContent = best.text.slice(0, at);
    tip.querySelector('span').textContent = best.text.slice(at + 2);
    tip.style.left = event.pageX + 14 + 'px';
    tip.style.top = event.pageY + 14 + 'px';
  });
  map.addEventListener('pointerleave', () => { tip.hidden = true; });
}
for (const button of document.querySelectorAll('.legend button')) button.addEventListener('click', () => {
  const off = button.classList.toggle('off');
  for (const group of document.querySelectorAll('.map g[data-class="' + button.dataset.class + '"]')) group.classList.toggle('off', off);
});
document.getElementById('pictures')?.addEventListener('change', (event) => {
  for (const map of document.querySelectorAll('svg.map')) map.classList.toggle('plain', !event.target.checked);
});
`;
