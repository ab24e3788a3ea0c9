// The map beside the list, for officers and for everybody: loaded after the page, which says all of it in words.

import { EVERYWHERE, InBox, asked, inside } from './in_box.js';
import { mapIn, NEAREST } from './map.js';
import { cross, Parts } from './parts.js';
import { Cells, Points, Rings, shape } from './points.js';

const CLOSER = 2;
const LEGEND_PX = 22;

const host = document.querySelector('[data-map="street"]');
if (host) start(host);

async function start(host) {
  const map = await mapIn(host);
  if (!map) return;
  legend(host, map);
  const said = host.querySelector('[data-said]');
  const close = () => { said.hidden = true; };
  map.onEscape = close;
  const rings = new Rings((await asked(host.dataset.spots))?.spots ?? []), cells = new Cells(new InBox(host.dataset.cells));
  const parts = new Parts(map, host.querySelector('[data-layer="parts"]'), host.querySelector('[data-layer-said="parts"]'));
  const cases = new Cases(map, host.dataset);
  map.layers.push(cells, rings, parts, cases);
  map.onRest = () => { cells.look(map); parts.look(); cases.look(); };
  map.onTap = (px, py) => tapped(map, { cases, parts, rings }, said, px, py);
  map.ask();
  await cases.look();
}

/** The cases of the city as far as one answer holds them; if there are more, those of what is seen. */
class Cases {
  constructor(map, words) {
    this.map = map;
    this.words = words;
    this.inBox = new InBox(words.points);
    this._take(null);
  }

  get rows() { return this.points.rows; }

  async look() {
    const { map } = this, all = inside(map.ground.box, map.box);
    const found = await this.inBox.of(all ? EVERYWHERE : map.box);
    // What did not come leaves what was there; whoever moves the map asks again.
    if (!found) return;
    this._take(found);
    map.host.querySelector('[data-more]').hidden = !found.more;
    map.host.dataset.ready = this.rows.length;
    map._once();
    this.points.prepare(all ? map.farthest : map.zoom);
  }

  level(zoom) { return this.points.level(zoom); }
  recolour() { this.points.recolour(); }
  draw(context, map) { this.points.draw(context, map); }
  at(px, py, map) { return this.points.at(px, py, map); }

  /** The next case of those that lie in one place, and how it stands among them: whoever taps again sees the next. */
  next(bundle) {
    const rows = this.points.within(bundle), turn = (rows.indexOf(this.shown) + 1) % rows.length;
    this.shown = rows[turn];
    return { row: this.rows[this.shown], among: rows.length > 1 ? ` ${turn + 1}/${rows.length}` : '' };
  }

  _take(found) {
    this.matters = found?.matters ?? [];
    this.points = new Points(found?.points ?? [], this.words.late);
  }
}

function tapped(map, { cases, parts, rings }, said, px, py) {
  const { dataset } = map.host, bundle = cases.at(px, py, map);
  const part = bundle ? undefined : parts.at(px, py), spot = bundle || part ? undefined : rings.at(px, py, map);
  said.hidden = true;
  if (bundle && bundle.count > 1 && map.zoom < NEAREST) return map.zoomBy(CLOSER, px, py);
  if (bundle) {
    const { row: [, , mark, matter, number], among } = cases.next(bundle);
    say(said, cases.matters[matter], dataset[`mark${mark[0].toUpperCase()}${mark.slice(1)}`] + among, dataset.open ? `${dataset.open}${number}` : '', dataset.openSays);
  } else if (part) say(said, ...parts.sentence(part), `${dataset.partsAt}${part.number}`, dataset.partsOpen);
  else if (spot) say(said, spot.title, spot.says, dataset.method, dataset.methodSays);
}

function say(said, title, text, href, link) {
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
      canvas.width = canvas.height = LEGEND_PX * map.dots;
      const context = canvas.getContext('2d');
      context.scale(map.dots, map.dots);
      if (canvas.dataset.mark === 'parts') cross(context, LEGEND_PX, map.colour);
      else shape(context, canvas.dataset.mark, LEGEND_PX, map.colour);
    }
  };
  paint();
  map.layers.push({ draw() {}, recolour: paint });
}
