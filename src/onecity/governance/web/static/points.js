// Problems on a map: shapes by stage, bundled by a grid in the page, what is late always on top and counted apart.

import { worldX, worldY } from './map.js';

export const MARKS = ['verified', 'waiting', 'handling', 'verify', 'late'];
const LATE = MARKS.indexOf('late');
const TONES = { waiting: 'info', handling: 'warn', verify: 'stop', verified: 'ok', late: 'bad' };
const BUNDLE_PX = [92, 40];
const FROM_MIDDLE = 0.15;
const SHAPE_PX = 18;
const APART_FROM = 17;
const CELLS_FROM = 14.5;

/** One of the five shapes, in the middle of a square of `size`. */
export function shape(context, mark, size, colour) {
  const half = size / 2, reach = size * 0.36;
  context.beginPath();
  if (mark === 'waiting' || mark === 'verified') context.arc(half, half, mark === 'verified' ? size * 0.22 : size * 0.3, 0, 2 * Math.PI);
  if (mark === 'handling') corners(context, half, [[0, -reach], [reach, 0], [0, reach], [-reach, 0]]);
  if (mark === 'late') corners(context, half, [[0, -reach], [reach, reach * 0.8], [-reach, reach * 0.8]]);
  if (mark === 'verify') corners(context, half, [[-reach, -reach], [reach, -reach], [reach, reach], [-reach, reach]].map(([a, b]) => [a * 0.8, b * 0.8]));
  context.closePath();
  context.lineJoin = 'round';
  context.strokeStyle = colour('surface');
  context.lineWidth = 3;
  context.stroke();
  context.fillStyle = mark === 'waiting' ? colour('surface') : colour(TONES[mark]);
  context.fill();
  if (mark !== 'waiting') return;
  context.strokeStyle = colour(TONES[mark]);
  context.lineWidth = 2.5;
  context.stroke();
}

function corners(context, half, all) {
  all.forEach(([x, y], i) => (i ? context.lineTo(half + x, half + y) : context.moveTo(half + x, half + y)));
}

export class Points {
  /** `rows` are [longitude, latitude, mark, …]; `late` is how the page calls what is late, within a bundle. */
  constructor(rows, late) {
    this.rows = rows;
    this.late = late;
    this.xs = Float64Array.from(rows, (row) => worldX(row[0]));
    this.ys = Float64Array.from(rows, (row) => worldY(row[1]));
    this.marks = Uint8Array.from(rows, (row) => MARKS.indexOf(row[2]));
    this._levels = new Map();
    this._sprites = new Map();
  }

  recolour() { this._sprites.clear(); }

  /** Bundle every level before somebody zooms to it, one after the other, so that nothing waits for it. */
  async prepare(from) {
    for (let zoom = Math.floor(from); zoom <= APART_FROM + 2; zoom += 1) {
      await new Promise((done) => setTimeout(done, 20));
      this.level(zoom);
    }
  }

  /** Bundles of a whole zoom level: they stay where they are while the map moves. */
  level(zoom) {
    const at = Math.max(0, Math.min(APART_FROM + 2, Math.floor(zoom)));
    let found = this._levels.get(at);
    if (!found) this._levels.set(at, (found = this._bundled(at)));
    return found;
  }

  _bundled(at) {
    const { xs, ys, marks } = this, [wide, high] = BUNDLE_PX.map((px) => px / (at >= APART_FROM ? 4 : 1) / (256 * 2 ** at));
    const across = Math.ceil(1 / wide), keyOf = (i) => Math.floor(ys[i] / high) * across + Math.floor(xs[i] / wide);
    const places = new Map(), bundles = [];
    for (let i = 0; i < xs.length; i += 1) {
      const key = keyOf(i);
      let bundle = places.get(key);
      if (bundle === undefined) places.set(key, (bundle = bundles.push({ x: 0, y: 0, count: 0, late: 0, mark: 0, holds: (row) => keyOf(row) === key }) - 1));
      const one = bundles[bundle];
      one.x += xs[i];
      one.y += ys[i];
      one.count += 1;
      if (marks[i] === LATE) one.late += 1;
      if (marks[i] >= one.mark) one.mark = marks[i];
    }
    for (const one of bundles) {
      one.x = near(one.x / one.count, wide, one.count);
      one.y = near(one.y / one.count, high, one.count);
    }
    // What is drawn last lies on top: bundles with something late, and what is late itself.
    return bundles.sort((a, b) => (a.late > 0) - (b.late > 0) || a.mark - b.mark);
  }

  /** The rows of a bundle, as numbers from nought. */
  within(bundle) { return [...this.rows.keys()].filter(bundle.holds); }

  draw(context, map) {
    for (const one of this.level(map.zoom)) {
      const x = map.screenX(one.x), y = map.screenY(one.y);
      if (x < -60 || y < -40 || x > map.width + 60 || y > map.height + 40) continue;
      const sprite = one.count === 1 ? this._shape(MARKS[one.mark], map) : this._label(one, map);
      context.drawImage(sprite, Math.round(x - sprite.wide / 2), Math.round(y - sprite.high / 2), sprite.wide, sprite.high);
    }
  }

  _shape(mark, map) {
    return this._sprite(`${mark} ${map.dots}`, SHAPE_PX + 4, SHAPE_PX + 4, map, (context) => shape(context, mark, SHAPE_PX + 4, map.colour));
  }

  _label(one, map) {
    const text = one.late ? `${one.count} · ${this.late} ${one.late}` : `${one.count}`;
    const font = `700 13px ${getComputedStyle(map.host).fontFamily}`;
    const key = `${text} ${map.dots}`;
    const kept = this._sprites.get(key);
    if (kept) return kept;
    map.context.font = font;
    const wide = Math.max(30, Math.ceil(map.context.measureText(text).width) + 18);
    return this._sprite(key, wide, 28, map, (context) => {
      context.fillStyle = map.colour('surface');
      context.strokeStyle = map.colour(one.late ? 'bad' : 'line-strong');
      context.lineWidth = one.late ? 2 : 1.5;
      context.beginPath();
      context.roundRect(2, 2, wide - 4, 24, 12);
      context.fill();
      context.stroke();
      context.font = font;
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      context.fillStyle = map.colour(one.late ? 'bad' : 'ink-1');
      context.fillText(text, wide / 2, 14.5);
    });
  }

  _sprite(key, wide, high, map, paint) {
    let sprite = this._sprites.get(key);
    if (sprite) return sprite;
    sprite = document.createElement('canvas');
    sprite.wide = wide;
    sprite.high = high;
    sprite.width = wide * map.dots;
    sprite.height = high * map.dots;
    const context = sprite.getContext('2d');
    context.scale(map.dots, map.dots);
    paint(context);
    this._sprites.set(key, sprite);
    return sprite;
  }

  /** The topmost bundle under a finger; undefined if there is none. */
  at(px, py, map) {
    return this.level(map.zoom).findLast((one) => {
      const reach = one.count === 1 ? 18 : 26;
      return Math.abs(map.screenX(one.x) - px) < reach && Math.abs(map.screenY(one.y) - py) < 18;
    });
  }
}

/** The middle of what is bundled, moved so far into its square that labels side by side can be read; one point stays. */
function near(at, size, count) {
  const middle = (Math.floor(at / size) + 0.5) * size, far = size * FROM_MIDDLE;
  return count === 1 ? at : Math.max(middle - far, Math.min(middle + far, at));
}

/** Hot spots: a dashed ring around each. */
export class Rings {
  constructor(spots) { this.spots = spots.map((one) => ({ ...one, x: worldX(one.longitude), y: worldY(one.latitude) })); }

  draw(context, map) {
    context.save();
    context.setLineDash([6, 5]);
    context.lineWidth = 2;
    context.strokeStyle = map.colour('bad');
    context.fillStyle = map.colour('bad');
    for (const one of this.spots) {
      context.beginPath();
      context.arc(map.screenX(one.x), map.screenY(one.y), this.radius(one, map), 0, 2 * Math.PI);
      context.globalAlpha = 0.07;
      context.fill();
      context.globalAlpha = 1;
      context.stroke();
    }
    context.restore();
  }

  radius(one, map) { return Math.max(14, one.radius_m / map.metresPerPixel); }

  at(px, py, map) {
    return this.spots.find((one) => Math.hypot(map.screenX(one.x) - px, map.screenY(one.y) - py) <= this.radius(one, map));
  }
}

/** Outlines of grid cells, where somebody looks closely. */
export class Cells {
  constructor(inBox) {
    this.inBox = inBox;
    this.cells = [];
  }

  async look(map) {
    const found = map.zoom >= CELLS_FROM ? await this.inBox.of(map.box) : undefined;
    if (!found) return;
    this.cells = found.cells;
    map._once();
  }

  draw(context, map) {
    if (!this.cells.length || map.zoom < CELLS_FROM) return;
    context.beginPath();
    for (const { outline } of this.cells) {
      outline.forEach(([a, b], i) => (i ? context.lineTo(...map.pixelOf(a, b)) : context.moveTo(...map.pixelOf(a, b))));
      context.closePath();
    }
    context.save();
    context.globalAlpha = 0.5;
    context.strokeStyle = map.colour('map-district');
    context.lineWidth = 0.8;
    context.stroke();
    context.restore();
  }
}
