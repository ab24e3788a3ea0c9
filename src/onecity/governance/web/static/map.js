// A map of one city on one canvas: outlines that the city serves itself, moved by finger, wheel and keys.
// No tiles, no foreign host, nothing that has to be built. See docs/adr/0040.

const WORLD = 256;
export const NEAREST = 19;
const TAP_PX = 8;
const STEP_PX = 64;
const SETTLED_MS = 140;
const TOWNSHIPS_FROM = 10.7;

/** Web Mercator, one world wide. Source: EPSG:3857, divided by its width. */
export const worldX = (longitude) => (longitude + 180) / 360;
export const worldY = (latitude) => {
  const sine = Math.sin((latitude * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
};
export const longitudeOf = (x) => x * 360 - 180;
export const latitudeOf = (y) => (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI;

/** The colours of the house, as the page has them now; canvases know no custom properties. */
export function coloursOf(host) {
  const css = getComputedStyle(host);
  return (name) => css.getPropertyValue(`--${name}`).trim();
}

export class CityMap {
  /** `host` is an element with a size; `layers` draw above the ground, each by `draw(context, map)`. */
  constructor(host, ground) {
    this.host = host;
    this.canvas = document.createElement('canvas');
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'application');
    this.canvas.setAttribute('aria-label', host.dataset.label);
    host.prepend(this.canvas);
    this.context = this.canvas.getContext('2d');
    this.layers = [];
    this.onTap = () => {};
    this.onRest = () => {};
    this.onEscape = () => {};
    this.ground = new Ground(ground);
    this.colour = coloursOf(host);
    this.x = this.y = 0.5;
    this.zoom = 10;
    this._fingers = new Map();
    this._size();
    this.fit(this.ground.box);
    this.moved = false;
    new ResizeObserver(() => this._size()).observe(host);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.recolour());
    this._listen();
    host.cityMap = this;
  }

  get scale() { return WORLD * 2 ** this.zoom; }
  get metresPerPixel() { return (40_075_016.7 * Math.cos((latitudeOf(this.y) * Math.PI) / 180)) / this.scale; }
  screenX(x) { return (x - this.x) * this.scale + this.width / 2; }
  screenY(y) { return (y - this.y) * this.scale + this.height / 2; }
  pixelOf(longitude, latitude) { return [this.screenX(worldX(longitude)), this.screenY(worldY(latitude))]; }
  placeAt(px, py) {
    return [longitudeOf(this.x + (px - this.width / 2) / this.scale), latitudeOf(this.y + (py - this.height / 2) / this.scale)];
  }

  /** West, south, east and north of what is seen. */
  get box() {
    const [west, north] = this.placeAt(0, 0), [east, south] = this.placeAt(this.width, this.height);
    return [west, south, east, north];
  }

  recolour() {
    this.colour = coloursOf(this.host);
    this.ground.forget();
    for (const layer of this.layers) layer.recolour?.();
    this.ask();
  }

  fit(box) {
    const [west, south, east, north] = box;
    this.fitted = box;
    const wide = worldX(east) - worldX(west), high = worldY(south) - worldY(north);
    this.x = worldX(west) + wide / 2;
    this.y = worldY(north) + high / 2;
    this.zoom = Math.log2(Math.min(this.width / wide, this.height / high) / WORLD) - 0.05;
    this.farthest = Math.min(this.farthest ?? Infinity, this.zoom - 0.5);
    this.moved = false;
    this.ask();
  }

  moveTo(longitude, latitude, zoom = this.zoom) {
    this.x = worldX(longitude);
    this.y = worldY(latitude);
    this.zoom = zoom;
    this.moved = true;
    this.ask();
  }

  zoomBy(steps, px = this.width / 2, py = this.height / 2) {
    const x = this.x + (px - this.width / 2) / this.scale, y = this.y + (py - this.height / 2) / this.scale;
    this.zoom = Math.max(this.farthest, Math.min(NEAREST, this.zoom + steps));
    this.x = x - (px - this.width / 2) / this.scale;
    this.y = y - (py - this.height / 2) / this.scale;
    this.moved = true;
    this.ask();
  }

  panBy(px, py) {
    this.x -= px / this.scale;
    this.y -= py / this.scale;
    this.moved = true;
    this.ask();
  }

  /** Draw with the next frame, however often it is asked for. */
  ask() {
    clearTimeout(this._rest);
    this._rest = setTimeout(() => { this.ground.settle = true; this._once(); this.onRest(); }, SETTLED_MS);
    this._once();
  }

  _once() {
    this._frame ??= requestAnimationFrame(() => { this._frame = null; this.draw(); });
  }

  draw() {
    const began = performance.now(), { context } = this;
    context.setTransform(this.dots, 0, 0, this.dots, 0, 0);
    this.ground.draw(context, this);
    for (const layer of this.layers) layer.draw(context, this);
    this.lastDrawMs = performance.now() - began;
  }

  _size() {
    const { clientWidth, clientHeight } = this.host;
    if (!clientWidth || !clientHeight) return;
    this.dots = Math.min(devicePixelRatio || 1, 2);
    [this.width, this.height] = [clientWidth, clientHeight];
    this.canvas.width = clientWidth * this.dots;
    this.canvas.height = clientHeight * this.dots;
    if (this.fitted && !this.moved) this.fit(this.fitted);
    this.ask();
  }

  _listen() {
    const { canvas } = this;
    canvas.addEventListener('pointerdown', (event) => this._down(event));
    canvas.addEventListener('pointermove', (event) => this._move(event));
    for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, (event) => this._up(event));
    canvas.addEventListener('wheel', (event) => {
      event.preventDefault();
      this.zoomBy(-event.deltaY * (event.deltaMode ? 0.05 : 0.002), ...this._at(event));
    }, { passive: false });
    canvas.addEventListener('keydown', (event) => this._key(event));
  }

  _at(event) {
    const frame = this.canvas.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  }

  _down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this._fingers.set(event.pointerId, this._at(event));
    this._tap = this._fingers.size === 1 ? { at: this._at(event), far: 0 } : null;
  }

  _move(event) {
    const before = this._fingers.get(event.pointerId);
    if (!before) return;
    const now = this._at(event);
    if (this._fingers.size === 1) {
      if (this._tap) this._tap.far = Math.max(this._tap.far, Math.hypot(now[0] - this._tap.at[0], now[1] - this._tap.at[1]));
      if (!this._tap || this._tap.far > TAP_PX) this.panBy(now[0] - before[0], now[1] - before[1]);
    } else {
      const [other] = [...this._fingers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      const apart = (one) => Math.max(1, Math.hypot(one[0] - other[0], one[1] - other[1]));
      this.panBy((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
      this.zoomBy(Math.log2(apart(now) / apart(before)), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    }
    this._fingers.set(event.pointerId, now);
  }

  _up(event) {
    this._fingers.delete(event.pointerId);
    const tap = this._tap;
    this._tap = null;
    if (event.type === 'pointerup' && tap && tap.far <= TAP_PX) this.onTap(...tap.at);
  }

  _key(event) {
    const ways = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const way = ways[event.key];
    if (way) this.panBy(way[0] * STEP_PX, way[1] * STEP_PX);
    else if (event.key === '+' || event.key === '=') this.zoomBy(1);
    else if (event.key === '-') this.zoomBy(-1);
    else if (event.key === 'Enter' || event.key === ' ') this.onTap(this.width / 2, this.height / 2);
    else if (event.key === 'Escape') this.onEscape();
    else return;
    event.preventDefault();
  }
}

/** The outlines and names of townships. They are drawn once, and moved while somebody moves the map. */
class Ground {
  constructor(collection) {
    const all = collection.features.map(({ properties, geometry }) => {
      const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
      const rings = polygons.flat().map((ring) => Float64Array.from(ring.flatMap(([a, b]) => [worldX(a), worldY(b)])));
      return { ...properties, rings, box: boxOf(rings), x: worldX(properties.at[0]), y: worldY(properties.at[1]) };
    });
    this.areas = all.filter(({ level }) => level === 'street');
    this.counties = all.filter(({ level }) => level === 'county');
    this.box = collection.bbox;
    this.buffer = document.createElement('canvas');
    this.settle = true;
  }

  forget() { this.kept = null; }

  /** The township in which a place lies, as exactly as the outlines are drawn; undefined outside the city. */
  areaAt(longitude, latitude) {
    const x = worldX(longitude), y = worldY(latitude);
    return this.areas.find(({ box, rings }) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3] && inside(rings, x, y));
  }

  /** West, south, east and north of a township. */
  boxOf({ box: [west, north, east, south] }) {
    return [longitudeOf(west), latitudeOf(south), longitudeOf(east), latitudeOf(north)];
  }

  draw(context, map) {
    const { kept } = this, ratio = kept ? map.scale / kept.scale : 0;
    const left = kept && map.screenX(kept.west), top = kept && map.screenY(kept.north);
    const covers = kept && left <= 0 && top <= 0 && left + kept.wide * ratio >= map.width && top + kept.high * ratio >= map.height;
    // While somebody zooms, the edges may wait: the ground is drawn anew as soon as they rest.
    const zooming = kept && ratio !== 1 && ratio > 0.28 && ratio < 5;
    if ((!covers && !zooming) || ratio >= 5 || (this.settle && ratio !== 1) || kept.dots !== map.dots) {
      this._render(map);
      return this.draw(context, map);
    }
    this.settle = false;
    if (!covers) {
      context.fillStyle = map.colour('map-outside');
      context.fillRect(0, 0, map.width, map.height);
    }
    context.drawImage(this.buffer, left, top, kept.wide * ratio, kept.high * ratio);
  }

  _render(map) {
    // As much again around what is seen, so that a drag does not draw anew.
    const wide = map.width * 2, high = map.height * 2;
    const kept = { scale: map.scale, wide, high, dots: map.dots };
    kept.west = map.x - map.width / map.scale;
    kept.north = map.y - map.height / map.scale;
    this.buffer.width = wide * map.dots;
    this.buffer.height = high * map.dots;
    const context = this.buffer.getContext('2d');
    context.scale(map.dots, map.dots);
    context.fillStyle = map.colour('map-outside');
    context.fillRect(0, 0, wide, high);
    const seenOf = (areas) => areas.filter(({ box }) =>
      (box[2] - kept.west) * map.scale > 0 && (box[0] - kept.west) * map.scale < wide &&
      (box[3] - kept.north) * map.scale > 0 && (box[1] - kept.north) * map.scale < high);
    const seen = seenOf(this.areas), counties = seenOf(this.counties);
    this._lines(context, map, counties, kept);
    context.fillStyle = map.colour('map-land');
    context.fill('evenodd');
    this._lines(context, map, seen, kept, 'map-line', 0.8);
    this._lines(context, map, counties, kept, 'map-district', 1.8);
    this._names(context, map, map.zoom < TOWNSHIPS_FROM ? counties : seen, kept);
    this.kept = kept;
  }

  _lines(context, map, areas, kept, tone, wide) {
    context.beginPath();
    for (const { rings } of areas) for (const ring of rings) trace(context, ring, kept, map.scale);
    if (!tone) return;
    context.strokeStyle = map.colour(tone);
    context.lineWidth = wide;
    context.lineJoin = 'round';
    context.stroke();
  }

  _names(context, map, seen, kept) {
    const letters = parseFloat(getComputedStyle(map.host).fontSize) || 13;
    context.font = `${Math.max(13, letters)}px ${getComputedStyle(map.host).fontFamily}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    context.lineWidth = 3;
    context.strokeStyle = map.colour('map-land');
    context.fillStyle = map.colour('ink-3');
    const taken = [];
    for (const { name, x, y } of seen) {
      const at = [(x - kept.west) * map.scale, (y - kept.north) * map.scale];
      const half = context.measureText(name).width / 2 + 6;
      // What is seen is the middle half of what is drawn; a long name near its edge moves in, so that it can be read.
      if (Math.abs(at[0] - map.width) < map.width / 2) at[0] = Math.max(map.width / 2 + half, Math.min(map.width * 1.5 - half, at[0]));
      if (taken.some((one) => Math.abs(one[0] - at[0]) < one[2] + half && Math.abs(one[1] - at[1]) < 22)) continue;
      taken.push([...at, half]);
      context.strokeText(name, ...at);
      context.fillText(name, ...at);
    }
  }
}

function trace(context, ring, kept, scale) {
  for (let i = 0; i < ring.length; i += 2) {
    const x = (ring[i] - kept.west) * scale, y = (ring[i + 1] - kept.north) * scale;
    if (i) context.lineTo(x, y); else context.moveTo(x, y);
  }
  context.closePath();
}

function boxOf(rings) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      box[0] = Math.min(box[0], ring[i]); box[2] = Math.max(box[2], ring[i]);
      box[1] = Math.min(box[1], ring[i + 1]); box[3] = Math.max(box[3], ring[i + 1]);
    }
  }
  return box;
}

function inside(rings, x, y) {
  let within = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      if ((ring[i + 1] > y) !== (ring[j + 1] > y) &&
          x < ((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i]) within = !within;
    }
  }
  return within;
}

/** A map in `host`, once its ground is there; the buttons of the component work. */
export async function mapIn(host) {
  const answer = await fetch(host.dataset.ground);
  if (!answer.ok) return null;
  const ground = await answer.json();
  host.hidden = false;
  const map = new CityMap(host, ground);
  host.querySelector('[data-zoom="in"]').addEventListener('click', () => map.zoomBy(1));
  host.querySelector('[data-zoom="out"]').addEventListener('click', () => map.zoomBy(-1));
  return map;
}
