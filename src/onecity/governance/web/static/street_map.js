// The map beside the list, for officers and for everybody: loaded after the page, which says all of it in words.

import { mapIn } from './map.js';
import { Cells, MARKS, Points, Rings, shape } from './points.js';

const CELLS_FROM = 14.5;
const CLOSER = 2;

const host = document.querySelector('[data-map="street"]');
if (host) start(host);

async function start(host) {
  const map = await mapIn(host);
  if (!map) return;
  legend(host, map);
  const said = host.querySelector('[data-said]');
  const close = () => { said.hidden = true; };
  map.onEscape = close;
  const rings = new Rings((await asked(host.dataset.spots))?.spots ?? []), cells = new Cells();
  const found = await asked(host.dataset.points);
  const points = new Points(found?.points ?? [], host.dataset.late);
  map.layers.push(cells, rings, points);
  map.onRest = () => cellsOf(map, cells, host.dataset.cells);
  map.onTap = (px, py) => tapped(map, points, rings, found?.matters ?? [], said, px, py);
  map.ask();
  host.querySelector('[data-more]').hidden = !found?.more;
  points.prepare(map.farthest);
  host.dataset.ready = points.rows.length;
}

async function asked(path) {
  const answer = path ? await fetch(path) : null;
  return answer?.ok ? answer.json() : null;
}

/** Cells are asked for where somebody looks closely, and once for each view. */
async function cellsOf(map, layer, path) {
  const box = map.box.map((one) => one.toFixed(4)), asking = map.zoom >= CELLS_FROM ? box.join(' ') : '';
  if (asking === layer.asked) return;
  layer.asked = asking;
  const [west, south, east, north] = box;
  const found = asking ? await asked(`${path}?west=${west}&south=${south}&east=${east}&north=${north}`) : null;
  if (layer.asked !== asking) return;
  layer.cells = found?.cells ?? [];
  map._once();
}

function tapped(map, points, rings, matters, said, px, py) {
  const bundle = points.at(px, py, map), spot = bundle ? null : rings.at(px, py, map);
  said.hidden = true;
  if (bundle && bundle.count > 1) return map.zoomBy(CLOSER, px, py);
  if (bundle) {
    const [, , mark, matter, number] = points.rows[bundle.first];
    say(said, map, matters[matter], map.host.dataset[`mark${mark[0].toUpperCase()}${mark.slice(1)}`], map.host.dataset.open ? `${map.host.dataset.open}${number}` : '', map.host.dataset.openSays);
  } else if (spot) say(said, map, spot.title, spot.says, map.host.dataset.method, map.host.dataset.methodSays);
}

function say(said, map, title, text, href, link) {
  said.querySelector('[data-title]').textContent = title;
  said.querySelector('[data-text]').textContent = text;
  const door = said.querySelector('a');
  door.hidden = !href;
  if (href) { door.href = href; door.textContent = link; }
  said.hidden = false;
}

/** The shapes of the legend are drawn by the same hand as those of the map. */
function legend(host, map) {
  const paint = () => {
    for (const canvas of host.querySelectorAll('canvas[data-mark]')) {
      canvas.width = canvas.height = 22 * map.dots;
      const context = canvas.getContext('2d');
      context.scale(map.dots, map.dots);
      shape(context, canvas.dataset.mark, 22, map.colour);
    }
  };
  paint();
  map.layers.push({ draw() {}, recolour: paint });
}

export { MARKS };
