// @ts-check
/** @import { Card } from './types.js' */

/** How long the next letter of a card may take, in milliseconds. */
export const SOON = 900

/** The ways to type a card, in capitals: as it is written, and as its number. A fraction is typed with a slash, too. @param {Card} card @returns {string[]} */
function spellings({ value, number }) {
  if (value === 'coffee') return ['C', 'COFFEE']
  const numbers = number === null ? [] : [String(number), String(number).replace('.', ','), value.normalize('NFKD').replace('\u2044', '/').replace('\u2212', '-')]
  return [...new Set([value, ...numbers])].map((s) => s.toUpperCase())
}

/** Which cards begin so; the second says which of them are no longer than that. @param {Card[]} cards @param {string} typed */
function found(cards, typed) {
  const begun = cards.filter((c) => spellings(c).some((s) => s.startsWith(typed)))
  return { begun, whole: begun.find((c) => spellings(c).includes(typed)) }
}

/** The cards of the deck by what is typed: 1 is the 1, a 3 soon after makes it the 13, X alone is nothing yet where there are XS and XL. */
export class TypeAhead {
  constructor() {
    this.typed = ''
    this.at = 0
    /** The card that was named last. @type {string|null} */
    this.named = null
  }

  /**
   * One more key. A card that is named by its beginning alone is named once, however much more of it is typed.
   * @param {string} key @param {Card[]} cards @param {number} now in milliseconds
   * @returns {{card: string|null, used: boolean}} card: what it names; used: whether it is part of a card at all
   */
  type(key, cards, now) {
    const letter = key.toUpperCase()
    const going = this.goes(letter, cards, now)
    this.typed = going ? this.typed + letter : letter
    if (!going) this.named = null
    this.at = now
    const { begun, whole } = found(cards, this.typed)
    const card = whole?.value ?? (begun.length === 1 ? begun[0].value : null)
    const again = card !== null && card === this.named
    this.named = card ?? this.named
    return { card: again ? null : card, used: begun.length > 0 }
  }

  /** Whether the key goes on with what was typed just now. @param {string} key @param {Card[]} cards @param {number} now */
  goes = (key, cards, now) => !!this.typed && now - this.at < SOON && found(cards, this.typed + key.toUpperCase()).begun.length > 0
}

/** What to type for a card at least, to be shown on it. @param {Card[]} cards @param {Card} card */
export function least(cards, card) {
  const [spelled] = spellings(card).filter((s) => /^[\x21-\x7e]+$/.test(s)).sort((a, b) => a.length - b.length)
  if (!spelled) return ''
  if (spelled.length <= 3) return spelled
  for (let n = 1; n < spelled.length; n++) if (found(cards, spelled.slice(0, n)).begun.length === 1) return spelled.slice(0, n)
  return spelled
}
