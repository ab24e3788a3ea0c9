// What lies in a box, asked of the city where somebody looks: again only elsewhere, or closer where there was more.

export const EVERYWHERE = [-180, -90, 180, 90];
const EDGES = ['west', 'south', 'east', 'north'];

/** What stands at an address, in the language of the page; null if it does not come. */
export async function asked(path) {
  const headers = { 'accept-language': document.documentElement.lang };
  const answer = path ? await fetch(path, { headers }).catch(() => null) : null;
  return answer?.ok ? answer.json() : null;
}

export class InBox {
  /** `path` is asked with the edges of a box, and answers with `more` if that was not all. */
  constructor(path) { this.path = path; }

  /** The answer for a box; undefined if it is known, or somebody has looked elsewhere meanwhile; null if none came. */
  async of(box) {
    if (same(box, this.asking)) return undefined;
    this.asking = null;
    if (this.holds(box)) return undefined;
    this.asking = box;
    const found = await asked(this._address(box));
    if (this.asking !== box) return undefined;
    this.asking = null;
    this.held = found && { box, more: found.more };
    return found;
  }

  /** Whether all of a box was told, or as much of just this one as there will be. */
  holds(box) {
    const { held } = this;
    if (!held) return false;
    return held.more ? same(box, held.box) : inside(box, held.box);
  }

  _address(box) {
    const edges = box.map((edge, i) => `${EDGES[i]}=${edge.toFixed(5)}`).join('&');
    return `${this.path}${this.path.includes('?') ? '&' : '?'}${edges}`;
  }
}

/** Whether a box lies within another. */
export function inside(box, other) {
  return box.every((edge, i) => (i < 2 ? edge >= other[i] : edge <= other[i]));
}

function same(one, other) {
  return Boolean(other) && one.every((edge, i) => edge === other[i]);
}
