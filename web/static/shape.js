// @ts-check
/** @import { Shape } from './types.js' */

// What the window leaves for the table decides its shape. The table's letters are as large as the browser's settings say, as long as 20 of them fit the window's width and 23 its
// height (app.css); so each size here is one of the letters, or else a ratio of the window, at which the letters no longer grow.
const wide = matchMedia('(min-width: 44em), (min-aspect-ratio: 189/100)')
const middling = matchMedia('(min-width: 30em), (min-aspect-ratio: 129/100)')
const tall = matchMedia('(min-height: 40em), (min-height: 37em) and (min-width: 60em), (max-aspect-ratio: 10/20)')
const upright = matchMedia('(min-height: 40em), (max-aspect-ratio: 10/20)')

/** @returns {Shape} */
export function shape() {
  if (wide.matches && tall.matches) return 'around'
  if (!wide.matches && upright.matches) return 'upright'
  return wide.matches || middling.matches ? 'flat' : 'small'
}

/** Calls when the shape may have changed. @param {() => void} listener */
export function onShape(listener) {
  for (const query of [wide, middling, tall, upright]) query.addEventListener('change', listener)
}
