// @ts-check
import { html, svg, nothing } from './vendor/lit-html.js'

/** @typedef {import('./vendor/lit-html.js').TemplateResult} Template */

const ears = {
  pointed: svg`<path class="fur" d="M13 28 17 7 31 19Z M51 28 47 7 33 19Z"/><path class="muzzle" d="M18 20 19.5 12 25 18Z M46 20 44.5 12 39 18Z"/>`,
  round: svg`<circle class="fur" cx="17" cy="18" r="9"/><circle class="fur" cx="47" cy="18" r="9"/><circle class="muzzle" cx="17" cy="18" r="4.5"/><circle class="muzzle" cx="47" cy="18" r="4.5"/>`,
  long: svg`<path class="fur" d="M20 24Q13 2 23 3 31 5 30 22Z M44 24Q51 2 41 3 33 5 34 22Z"/><path class="muzzle" d="M23 19Q19 7 23.5 7 27 9 27 19Z M41 19Q45 7 40.5 7 37 9 37 19Z"/>`,
  floppy: svg`<path class="dark" d="M17 22Q5 20 8 38 11 46 18 38Z M47 22Q59 20 56 38 53 46 46 38Z"/>`,
  big: svg`<circle class="fur" cx="13" cy="24" r="11"/><circle class="fur" cx="51" cy="24" r="11"/><circle class="muzzle" cx="13" cy="24" r="6"/><circle class="muzzle" cx="51" cy="24" r="6"/>`,
  tufts: svg`<path class="fur" d="M15 27 14 9 27 19Z M49 27 50 9 37 19Z"/>`,
  none: nothing,
}
const head = svg`<circle class="fur" cx="32" cy="36" r="20"/>`
const eyes = svg`<circle class="ink" cx="25" cy="33" r="2.6"/><circle class="ink" cx="39" cy="33" r="2.6"/>`
const snout = svg`<ellipse class="muzzle" cx="32" cy="43.5" rx="10" ry="8"/><path class="ink" d="M28.5 40h7l-3.5 3.6z"/>`
const whiskers = svg`<path class="line" d="M20 42 10 40M20 45.5 11 47.5M44 42l10-2M44 45.5l9 2"/>`

/** @type {Record<string, {hue: number, face: Template}>} */
const SET = {
  cat: { hue: 168, face: svg`${ears.pointed}${head}${snout}${eyes}${whiskers}` },
  bear: { hue: 28, face: svg`${ears.round}${head}${snout}${eyes}` },
  rabbit: { hue: 262, face: svg`${ears.long}${head}${snout}${eyes}<path class="white" d="M30 47h4v4h-4z"/>` },
  dog: { hue: 340, face: svg`${head}${ears.floppy}${snout}${eyes}<path class="tongue" d="M30 48h4v3.5q-2 3-4 0z"/>` },
  fox: { hue: 48, face: svg`${ears.pointed}${head}<path class="white" d="M12.5 38Q22 56 32 56T51.5 38Q44 38 32 46 20 38 12.5 38Z"/>${eyes}<circle class="ink" cx="32" cy="46" r="3"/>` },
  panda: { hue: 88, face: svg`<circle class="ink" cx="17" cy="18" r="8.5"/><circle class="ink" cx="47" cy="18" r="8.5"/><circle class="white" cx="32" cy="36" r="20"/><ellipse class="ink" cx="24.5" cy="33" rx="5" ry="6" transform="rotate(25 24.5 33)"/><ellipse class="ink" cx="39.5" cy="33" rx="5" ry="6" transform="rotate(-25 39.5 33)"/><circle class="white" cx="25" cy="32.5" r="1.8"/><circle class="white" cx="39" cy="32.5" r="1.8"/><path class="ink" d="M29 42h6l-3 3.2z"/>` },
  owl: { hue: 305, face: svg`${ears.tufts}${head}<circle class="white" cx="24" cy="33" r="7.5"/><circle class="white" cx="40" cy="33" r="7.5"/><circle class="ink" cx="24.5" cy="33" r="3.4"/><circle class="ink" cx="39.5" cy="33" r="3.4"/><path class="beak" d="M28.5 39h7L32 46z"/>` },
  frog: { hue: 140, face: svg`<circle class="fur" cx="21" cy="21" r="8.5"/><circle class="fur" cx="43" cy="21" r="8.5"/><ellipse class="fur" cx="32" cy="38" rx="22" ry="17"/><circle class="white" cx="21" cy="21" r="5"/><circle class="white" cx="43" cy="21" r="5"/><circle class="ink" cx="21.5" cy="21.5" r="2.6"/><circle class="ink" cx="42.5" cy="21.5" r="2.6"/><path class="line" d="M18 41q14 10 28 0"/>` },
  koala: { hue: 230, face: svg`${ears.big}${head}${eyes}<rect class="ink" x="27.5" y="34" width="9" height="12" rx="4.5"/><path class="line" d="M27 49q5 3 10 0"/>` },
  pig: { hue: 5, face: svg`<path class="dark" d="M14 29 15 13 28 19Z M50 29 49 13 36 19Z"/>${head}${eyes}<ellipse class="muzzle" cx="32" cy="43" rx="8.5" ry="6.5"/><circle class="ink" cx="29" cy="43" r="1.7"/><circle class="ink" cx="35" cy="43" r="1.7"/>` },
  mouse: { hue: 205, face: svg`${ears.big}<path class="fur" d="M13 34Q14 18 32 18T51 34Q50 48 32 56 14 48 13 34Z"/>${eyes}<circle class="ink" cx="32" cy="50" r="3"/>${whiskers}` },
  lion: { hue: 70, face: svg`<circle class="dark" cx="32" cy="35" r="25"/><circle class="fur" cx="32" cy="36" r="17.5"/>${snout}${eyes}` },
  penguin: { hue: 274, face: svg`${head}<path class="white" d="M32 30Q24 22 18 31 16 54 32 55 48 54 46 31 40 22 32 30Z"/>${eyes}<path class="beak" d="M27 39h10l-5 6z"/>` },
  hedgehog: { hue: 355, face: svg`<path class="dark" d="M32 6 37 12 44 9 46 16 54 17 53 25 60 29 55 36 58 44 50 46H14L6 44 9 36 4 29 11 25 10 17 18 16 20 9 27 12Z"/><ellipse class="muzzle" cx="32" cy="39" rx="18" ry="17"/>${eyes}<circle class="ink" cx="32" cy="43" r="3.2"/><path class="line" d="M28 49q4 3 8 0"/>` },
  monkey: { hue: 40, face: svg`${ears.big}${head}<path class="muzzle" d="M32 30Q27 24 21 29 17 36 22 40 17 54 32 54T42 40Q47 36 43 29 37 24 32 30Z"/>${eyes}<path class="line" d="M27 46q5 4 10 0"/>` },
  octopus: { hue: 320, face: svg`<path class="fur" d="M12 34Q12 10 32 10T52 34Q52 42 50 52 46 58 42 52 38 58 34 53 32 52 30 53 26 58 22 52 18 58 14 52 12 42 12 34Z"/>${eyes}<path class="line" d="M28 40q4 3 8 0"/>` },
}

/** The faces to choose from. */
export const AVATARS = Object.keys(SET)

/** One of them, by chance. */
export const someAvatar = () => AVATARS[Math.floor(Math.random() * AVATARS.length)]

/**
 * The face of somebody. An avatar that is not of our set came from another client: its emoji is shown if it begins with one, else the name's initial.
 * @param {string} avatar @param {string} name @returns {Template}
 */
export function face(avatar, name) {
  const ours = Object.hasOwn(SET, avatar) ? SET[avatar] : null
  const hue = ours?.hue ?? hash(avatar + name) % 360
  const inside = ours?.face ?? svg`<text x="32" y="34" class="initial" text-anchor="middle" dominant-baseline="central">${sign(avatar) || sign(name, /[\p{L}\p{N}]/u).toUpperCase() || '?'}</text>`
  return html`<svg viewBox="0 0 64 64" width="64" class="avatar" .style=${`--h:${hue}`} aria-hidden="true"><circle cx="32" cy="32" r="32" class="bg"/>${inside}</svg>`
}

/** The first character as people see it, if it matches. @param {string} text @param {RegExp} kind */
function sign(text, kind = /\p{Extended_Pictographic}/u) {
  const [first] = new Intl.Segmenter().segment(text.trimStart().slice(0, 40))
  return first && kind.test(first.segment) && first.segment.length <= 16 ? first.segment : ''
}

/** @param {string} text */
function hash(text) {
  let h = 7
  for (let i = 0; i < text.length; i++) h = (h * 31 + text.charCodeAt(i)) >>> 0
  return h
}
