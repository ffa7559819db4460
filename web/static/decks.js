// @ts-check
/** @import { Card, Setup } from './types.js' */
import { t } from './i18n.js'

/** How many cards a deck has, and how long a card and a deck's name may be, in characters; internal/poker/deck_own.go decides. */
export const FEWEST = 2
export const MOST = 30
export const LONGEST = 16
export const NAME = 50

/** What setup.deck says of a deck of one's own. */
export const OWN = 'own'

/** The decks that the server knows by name. @type {Record<string, string[]>} */
export const KNOWN = Object.fromEntries(Object.entries({
  fibonacci: '1 2 3 5 8 13 21 coffee', 'modified-fibonacci': '0 ½ 1 2 3 5 8 13 20 40 100 ? coffee', powers: '0 1 2 4 8 16 32 64 ? coffee',
  't-shirt': 'XS S M L XL XXL ? coffee', fist: '1 2 3 4 5', hours: '1 2 4 8 16 24 40 ? coffee',
}).map(([name, cards]) => [name, cards.split(' ')]))

/** What a deck is called. @param {string} name */
export const deckName = (name) => name in KNOWN ? t(/** @type {import('./i18n.js').Key} */ (`deck.${name}`)) : name

/**
 * The cards that somebody has typed: with blanks or commas between them, or, where cards have blanks in them, with semicolons. One comma in a word is a decimal one: 0,5 is a card.
 * @param {string} text @returns {string[]}
 */
export function typedCards(text) {
  const words = text.includes(';') ? text.split(';') : text.split(/\s+/).flatMap((word) => {
    const bare = word.replace(/^,+|,+$/g, '')
    return bare.split(',').length > 2 || /[^\d,−-]/.test(bare) ? bare.split(',') : [bare]
  })
  return words.map((w) => w.trim()).filter((w) => w).map((w) => (w.toLowerCase() === 'coffee' ? 'coffee' : w))
}

/** How a deck is typed. @param {Card[]} cards */
export function asTyped(cards) {
  const values = cards.map((c) => c.value)
  return values.some((v) => /[\s,]/.test(v) && !/^\d+,\d+$/.test(v)) ? values.join('; ') : values.join(' ')
}

/** What is wrong with the cards; empty if they make a deck. @param {string[]} cards */
export function wrongCards(cards) {
  const long = cards.find((c) => [...c].length > LONGEST)
  if (long) return t('deck.long', { card: long, n: LONGEST })
  const twice = cards.find((c, i) => cards.indexOf(c) < i)
  if (twice) return t('deck.twice', { card: twice })
  if (cards.length < FEWEST || cards.length > MOST) return t('deck.size', { least: FEWEST, most: MOST, n: cards.length })
  return ''
}

/** The deck that was chosen, as the server takes it. @param {Pick<Setup, 'deck'|'own'>} setup */
export const chosenDeck = ({ deck, own }) => deck === OWN ? { name: own.name.trim() || t('deck.own'), cards: typedCards(own.text).map((value) => ({ value })) } : { name: deck in KNOWN ? deck : 'fibonacci' }
