// Where it is, by a tap on the map or by the device: fills in what the form asks for anyway.

import { mapIn, worldX, worldY } from './map.js';

const FINGER_PX = 10;
const CLOSE = 15.5;

const host = document.querySelector('[data-map="place"]');
if (host) start(host);

async function start(host) {
  const map = await mapIn(host);
  if (!map) return;
  const form = host.closest('form'), said = host.parentElement.querySelector('[data-said]');
  const field = (name) => form.elements[name];
  const pin = new Pin();
  map.layers.push(pin);

  const put = (longitude, latitude, within) => {
    const area = map.ground.areaAt(longitude, latitude);
    if (!area) return forget(host.dataset.outside);
    pin.put(longitude, latitude, within);
    field('longitude').value = longitude.toFixed(6);
    field('latitude').value = latitude.toFixed(6);
    field('within').value = Math.ceil(within);
    field('area').value = area.code;
    said.textContent = host.dataset.found.replace('{place}', area.full).replace('{metres}', Math.ceil(within));
    map.ask();
  };
  const forget = (why) => {
    pin.at = null;
    for (const name of ['longitude', 'latitude', 'within']) field(name).value = '';
    said.textContent = why;
    map.ask();
  };

  // A finger is about ten pixels wide of the mark: how many metres that is depends on how close one looks.
  map.onTap = (px, py) => put(...map.placeAt(px, py), FINGER_PX * map.metresPerPixel);
  map.onEscape = () => forget('');
  field('area').addEventListener('change', () => {
    forget('');
    const area = map.ground.areas.find(({ code }) => code === field('area').value);
    if (area) map.fit(map.ground.boxOf(area));
  });
  const here = host.querySelector('[data-here]');
  here.hidden = !('geolocation' in navigator);
  here.addEventListener('click', () => {
    said.textContent = host.dataset.looking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => { map.moveTo(coords.longitude, coords.latitude, CLOSE); put(coords.longitude, coords.latitude, coords.accuracy); },
      () => { said.textContent = host.dataset.notFound; },
      { enableHighAccuracy: true, timeout: 15_000 },
    );
  });
  if (field('longitude').value) {
    const [longitude, latitude] = [+field('longitude').value, +field('latitude').value];
    map.moveTo(longitude, latitude, CLOSE);
    put(longitude, latitude, +field('within').value);
  }
  host.dataset.ready = 'yes';
}

/** One pin and the circle within which the place is; no pins of others while somebody places theirs. */
class Pin {
  put(longitude, latitude, within) { this.at = { x: worldX(longitude), y: worldY(latitude), within }; }

  draw(context, map) {
    if (!this.at) return;
    const x = map.screenX(this.at.x), y = map.screenY(this.at.y);
    context.beginPath();
    context.arc(x, y, Math.max(4, this.at.within / map.metresPerPixel), 0, 2 * Math.PI);
    context.fillStyle = context.strokeStyle = map.colour('brand');
    context.globalAlpha = 0.16;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 1.5;
    context.stroke();
    context.beginPath();
    context.moveTo(x, y);
    context.bezierCurveTo(x - 4, y - 12, x - 13, y - 15, x - 13, y - 25);
    context.arc(x, y - 25, 13, Math.PI, 0);
    context.bezierCurveTo(x + 13, y - 15, x + 4, y - 12, x, y);
    context.fill();
    context.strokeStyle = map.colour('surface');
    context.lineWidth = 2;
    context.stroke();
    context.beginPath();
    context.arc(x, y - 25, 5, 0, 2 * Math.PI);
    context.fillStyle = map.colour('surface');
    context.fill();
  }
}
