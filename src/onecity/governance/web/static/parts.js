// The parts of the street on a map: covers, lamps, trees, each a small cross, drawn where somebody looks closely.

import { worldX, worldY } from './map.js';
import { InBox } from './in_box.js';

const FROM = 14.5;
const CROSS_PX = 5;
const FINGER_PX = 18;

/** The shape of a part, in the middle of a square of `size`. */
export function cross(context, size, colour) {
  context.beginPath();
  crossAt(context, size / 2, size / 2);
  paint(context, colour);
}

function crossAt(context, x, y) {
  context.moveTo(x - CROSS_PX, y);
  context.lineTo(x + CROSS_PX, y);
  context.moveTo(x, y - CROSS_PX);
  context.lineTo(x, y + CROSS_PX);
}

function paint(context, colour) {
  context.lineCap = 'round';
  for (const [tone, wide] of [['surface', 6], ['brand', 3]]) {
    context.strokeStyle = colour(tone);
    context.lineWidth = wide;
    context.stroke();
  }
}

export class Parts {
  /** `tick` is the box that somebody ticks to see them, `said` where the layer says what it shows. */
  constructor(map, tick, said) {
    Object.assign(this, { map, tick, said, words: map.host.dataset });
    this.all = [];
    this.kinds = [];
    this.inBox = new InBox(this.words.parts);
    tick.addEventListener('change', () => map.ask());
  }

  get close() { return this.map.zoom >= FROM; }

  /** Ask for what is seen, if somebody wants to see it, and say how much of it is drawn. */
  async look() {
    if (!this.tick.checked) return this._say('');
    if (!this.close) return this._say(this.words.partsFar);
    const found = await this.inBox.of(this.map.box);
    if (found) this._take(found);
    if (found === null) this.all = [];
    if (this.tick.checked && this.close) this._say(found === null ? this.words.partsFailed : this._told());
    this.map._once();
  }

  draw(context, map) {
    if (!this.tick.checked || !this.close) return;
    context.beginPath();
    for (const one of this.all) crossAt(context, map.screenX(one.x), map.screenY(one.y));
    paint(context, map.colour);
  }

  /** The part nearest to a finger; undefined if there is none. */
  at(px, py) {
    if (!this.tick.checked || !this.close) return undefined;
    const away = (one) => Math.hypot(this.map.screenX(one.x) - px, this.map.screenY(one.y) - py);
    const near = this.all.filter((one) => away(one) < FINGER_PX);
    return near.sort((one, other) => away(one) - away(other))[0];
  }

  /** What is said of a part that was tapped: its kind, and its number, its state, and whether it is simulated. */
  sentence(one) {
    const says = [this.words.partsNumber.replace('{number}', one.number), one.state];
    return [this.kinds[one.kind], [...says, ...(one.simulated ? [this.words.partsSimulated] : [])].join(' · ')];
  }

  _take({ parts, kinds, more }) {
    this.kinds = kinds;
    this.more = more;
    this.all = parts.map(([longitude, latitude, kind, state, simulated, number]) => (
      { x: worldX(longitude), y: worldY(latitude), kind, state, simulated, number }));
  }

  _told() {
    const [west, south, east, north] = this.map.box;
    const seen = this.more ? this.all : this.all.filter(({ x, y }) => (
      x >= worldX(west) && x <= worldX(east) && y <= worldY(south) && y >= worldY(north)));
    if (!seen.length) return this.more ? this.words.partsFar : this.words.partsNone;
    const many = (this.more ? this.words.partsMore : this.words.partsShown).replace('{number}', seen.length);
    return seen.some((one) => one.simulated) ? `${many} · ${this.words.partsSimulated}` : many;
  }

  _say(text) {
    if (this.said.textContent !== text) this.said.textContent = text;
    this.map.host.dataset.partsDrawn = text ? this.all.length : '';
  }
}
